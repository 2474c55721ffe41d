/** The bench of a tap, as a user runs it. */
import { describe, expect, test } from 'vitest';
import { retap } from './retap.ts';

describe('retap bench-tap', () => {
  test('counts each kind of tap, and times debits in this process', async () => {
    const { status, stdout } = await retap(['bench-tap', '--taps', '10', '--format', 'json']);
    expect(status).toBe(0);
    const { costs, times } = JSON.parse(stdout);
    // The reader's promise: a debit on the fast way, with everything a person needs to be let through.
    expect(costs[0]).toMatchObject({ kind: 'debit', exchanges: 10, bytes: 460 });
    const byKind = Object.fromEntries(costs.map((cost: { kind: string; bytes: number }) => [cost.kind, cost.bytes]));
    expect(byKind['debit, MAC mode']).toBeLessThan(byKind.debit);
    expect(byKind['debit, log read']).toBeGreaterThan(byKind.debit);
    for (const { total, own } of times) {
      expect(own.p50).toBeGreaterThan(0);
      expect(total.p50).toBeGreaterThan(own.p50);
    }
  });

  test('a reader without the port of its card is a question', async () => {
    const { status, stderr } = await retap(['bench-tap', '--reader', 'Gate 0']);
    expect(status).toBe(1);
    expect(stderr).toContain('--vpcd');
  });
});
