import { describe, expect, test } from 'vitest';
import { peerRates, rateAmong } from '../../src/terminal-standing/peers.ts';

const torn = (unverified: number, transactions: number, role: 'gate' | 'refill' = 'gate') => ({
  ...{ role, unverified, transactions },
});

describe('a terminal among its peers', () => {
  // Shares 0, 1 %, 2 %, 4 %: the lower middle is 1 %. The fifth has too few transactions to count, the sixth another role.
  const peers = peerRates([
    ...[torn(0, 100), torn(1, 100), torn(2, 100), torn(4, 100), torn(9, 19), torn(50, 100, 'refill')],
  ]);

  test.each([
    ['three times the median and no more', torn(30, 1_000), false],
    ['more than three times', torn(31, 1_000), true],
    ['more than three times, but only four', torn(4, 100), false],
    ['five of few', torn(5, 10), true],
    ['nothing at all', torn(0, 0), false],
    ['as many as are usual in its role', torn(50, 100, 'refill'), false],
  ])('%s', (_, own, isFar) => {
    expect(rateAmong(peers, own).isFar).toBe(isFar);
  });

  test('is told what is usual; without any peer nothing is', () => {
    expect(rateAmong(peers, torn(0, 5))).toEqual({ unverified: 0, transactions: 5, peers: 0.01, isFar: false });
    expect(rateAmong(peerRates([torn(9, 9)]), torn(9, 9))).toMatchObject({ peers: null, isFar: false });
  });
});
