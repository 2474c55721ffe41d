import { describe, expect, test } from 'vitest';
import { readCommitCount, viewCard } from '../../src/reader/card-view.ts';
import { blankImage, factoryImage, insert, openedImage, randomBytes, storeOf, TERMINAL_KEYS } from './desk.ts';

async function viewOf(image: Uint8Array) {
  const view = await viewCard(insert(image).channel);
  if (typeof view === 'string') throw new Error(`the card is ${view}`);
  return view;
}

describe('what a card says to anybody', () => {
  test('from the factory: no application, and the key of the factory', async () => {
    expect(await viewOf(factoryImage())).toEqual({
      ...{ hardware: '12.0', software: '12.0', applications: [], piccVersion: 0, account: null },
    });
  });

  test('personalised: the application, the versions of its keys, its files', async () => {
    const { applications, piccVersion, account } = await viewOf(await blankImage());
    expect([applications, piccVersion]).toEqual([['525450'], 1]);
    expect(account?.keyVersions).toEqual({
      ...{ master: 1, read: 1, refill: 1, debit: 1, 'transaction-mac-configuration': 1 },
    });
    const files = account?.files.map(({ number, kind, mode, bytes }) => [number, kind, mode, bytes]);
    expect(files).toEqual([
      [1, 'backup', 'full', 32],
      [2, 'backup', 'full', 384],
      [3, 'value', 'full', undefined],
      [4, 'cyclic', 'full', 16],
      [15, 'transaction-mac', 'mac', undefined],
    ]);
    expect(account?.files[2]?.between).toEqual({ minimum: -500, maximum: 100_000 });
    expect(account?.files[2]?.rights).toEqual({ read: 3, write: 'never', readWrite: 2, change: 0 });
    expect(account?.files[3]?.recordsMax).toBe(8);
    expect(account?.files[4]?.keyVersion).toBe(1);
  });

  test('the mode of its files', async () => {
    const { account } = await viewOf(await blankImage('mac'));
    expect(account?.files.map(({ mode }) => mode)).toEqual(['mac', 'mac', 'mac', 'mac', 'mac']);
  });

  test('a card that leaves at any exchange is unreadable, and unchanged', async () => {
    const image = await blankImage();
    const whole = insert(image);
    await viewCard(whole.channel);
    for (let exchange = 0; exchange < whole.channel.exchanges; exchange += 1) {
      const { memory, channel } = insert(image);
      channel.restore({ exchange, when: 'after' });
      expect(await viewCard(channel)).toBe('unreadable');
      expect(memory.read()).toEqual(image);
    }
  });
});

describe('the count of commits', () => {
  test('counts the opening', async () => {
    expect(await readCommitCount(insert(await blankImage()).channel, TERMINAL_KEYS, randomBytes())).toBe(0);
    expect(await readCommitCount(insert(await openedImage()).channel, TERMINAL_KEYS, randomBytes())).toBe(1);
  });

  test('needs the read key, and a card of ours', async () => {
    const { channel } = insert(await openedImage());
    expect(await readCommitCount(channel, storeOf({ debit: [1] }), randomBytes())).toBe('key-missing');
    expect(await readCommitCount(insert(factoryImage()).channel, TERMINAL_KEYS, randomBytes())).toBe('foreign');
  });
});
