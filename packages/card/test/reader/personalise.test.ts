/** Personalisation and key change, cut at every point: whatever happened, doing it again finishes it. */
import { amountOf, firstAccount } from '@retap/model';
import { describe, expect, test } from 'vitest';
import { issuerKeys } from '../../src/diversification.ts';
import { personalise, rekey } from '../../src/personalise.ts';
import { KEY_PURPOSES, type KeyPurpose } from '../../src/port.ts';
import { exchange } from '../../src/reader/session.ts';
import {
  accountOn,
  blankImage,
  deskAt,
  everyPurpose,
  factoryImage,
  insert,
  LIMITS,
  MEDIUM,
  mediumAt,
  NOTHING_MORE,
  openedImage,
  START,
  storeOf,
  TERMINAL,
} from './desk.ts';

/** Opens an account on a personalised card, with keys of one version only. */
async function isUsable(image: Uint8Array, version: number): Promise<boolean> {
  const keys = storeOf({ debit: [version], refill: [version], read: [version] });
  const medium = mediumAt(insert(image).channel, { keys });
  if ((await medium.authenticate('refill')) !== 'authenticated') return false;
  const { answer } = await medium.open(firstAccount(MEDIUM, amountOf(100), START, TERMINAL));
  if (answer !== 'committed') return false;
  return (await medium.authenticate('read')) === 'authenticated';
}

async function keyVersions(image: Uint8Array): Promise<number[]> {
  const { channel } = insert(image);
  const versions: number[] = [];
  const ask = async (number: number) => {
    const answer = await exchange(channel, 0x64, Uint8Array.of(number));
    if (answer.outcome === 'answered') versions.push(answer.data[0]!);
  };
  await ask(0);
  await exchange(channel, 0x5a, Uint8Array.of(0x52, 0x54, 0x50));
  for (let number = 0; number < 5; number += 1) await ask(number);
  return versions;
}

describe('personalise', () => {
  test('a card from the factory gets its application and keys, all of the newest version', async () => {
    const image = await blankImage();
    expect(await isUsable(image, 1)).toBe(true);
    expect(await keyVersions(image)).toEqual([1, 1, 1, 1, 1, 1]);
  });

  test('a card that has all of it, even an account, stays as it is', async () => {
    const image = await openedImage();
    const { memory, channel } = insert(image);
    const codes = new Set<number>();
    const transmit = (command: Uint8Array) => {
      codes.add(command[1]!);
      return channel.transmit(command);
    };
    expect(await personalise(deskAt({ uid: channel.uid, transmit }))).toBe('personalised');
    expect(memory.read()).toEqual(image);
    // Select, authenticate, and what asks. A key that is written anew wears the card.
    expect(codes).toEqual(new Set([0x5a, 0x64, 0x71, 0xaf, 0x45, 0x6a, 0x6f, 0xf5]));
  });

  test('torn before or after every exchange, the next time finishes it', async () => {
    const image = factoryImage();
    const whole = insert(image);
    await personalise(deskAt(whole.channel));
    const { exchanges } = whole.channel;
    for (let exchange = 0; exchange < exchanges; exchange += 1) {
      for (const when of ['before', 'after'] as const) {
        const { memory, channel } = insert(image);
        channel.restore({ exchange, when });
        expect(await personalise(deskAt(channel))).toBe('torn');
        channel.restore();
        expect(await personalise(deskAt(channel)), `${when} ${exchange}`).toBe('personalised');
        expect(await isUsable(memory.read(), 1)).toBe(true);
      }
    }
  });

  test('without power after every write of the card, the next time finishes it', async () => {
    const image = factoryImage();
    const whole = insert(image);
    await personalise(deskAt(whole.channel));
    for (let writes = 0; writes < whole.memory.writes; writes += 1) {
      const { memory, channel } = insert(image);
      memory.powerCutAfterWrites(writes);
      expect(await personalise(deskAt(channel))).toBe('torn');
      memory.restorePower();
      channel.restore();
      expect(await personalise(deskAt(channel)), `write ${writes}`).toBe('personalised');
      expect(await isUsable(memory.read(), 1)).toBe(true);
    }
  });

  test('torn again and again, one exchange further each time, it ends all the same', async () => {
    const { memory, channel } = insert(factoryImage());
    let outcome = 'torn';
    let times = 0;
    for (; outcome === 'torn' && times < 100; times += 1) {
      channel.restore({ exchange: times, when: 'after' });
      outcome = await personalise(deskAt(channel));
    }
    expect(outcome).toBe('personalised');
    expect(times).toBeGreaterThan(20);
    expect(await isUsable(memory.read(), 1)).toBe(true);
  });

  test('limits that a value file cannot hold are refused before the card is touched', async () => {
    const { channel } = insert(factoryImage());
    for (const limits of [
      { ...LIMITS, maximumBalance: 2 ** 31 },
      { ...LIMITS, minimumBalance: -(2 ** 31) - 1 },
      { ...LIMITS, minimumBalance: 1 },
      { ...LIMITS, maximumBalance: 10.5 },
    ]) {
      expect(await personalise({ ...deskAt(channel), limits })).toBe('limits-out-of-range');
    }
    expect(channel.exchanges).toBe(0);
  });

  test.each(KEY_PURPOSES)('an issuer without a %s key touches no card', async (missing) => {
    const { channel } = insert(factoryImage());
    const all = everyPurpose(1);
    const keys = issuerKeys({
      ...all,
      versions: (purpose: KeyPurpose) => (purpose === missing ? [] : all.versions(purpose)),
    });
    expect(await personalise({ ...deskAt(channel), keys })).toBe('key-missing');
    expect(channel.exchanges).toBe(0);
  });

  test('the card of another issuer, and one of ours with other limits, are left alone', async () => {
    const image = await blankImage();
    const { memory, channel } = insert(image);
    expect(await personalise(deskAt(channel, everyPurpose(9)))).toBe('foreign');
    expect(await personalise({ ...deskAt(channel), limits: { ...LIMITS, maximumBalance: 5 } })).toBe('foreign');
    expect(await personalise({ ...deskAt(channel), mode: 'mac' })).toBe('foreign');
    expect(memory.read()).toEqual(image);
  });

  test('nobody without the card master key creates applications on it', async () => {
    const { channel } = insert(await blankImage());
    const create = Uint8Array.of(1, 2, 3, 0x0f, 0x81);
    expect(await exchange(channel, 0xca, create)).toEqual({ outcome: 'refused', status: 0x91ae });
    channel.restore();
    const factory = insert(factoryImage());
    expect((await exchange(factory.channel, 0xca, create)).outcome).toBe('answered');
  });
});

describe('rekey', () => {
  test("who holds up a thing with a card's number and keys of the factory is told no key", async () => {
    // Files and factory keys, as personalisation leaves them when it is torn: anybody can build that, with any number.
    let image = factoryImage();
    for (let exchange = 0; ; exchange += 1) {
      const { memory, channel } = insert(factoryImage());
      channel.restore({ exchange, when: 'before' });
      await personalise(deskAt(channel));
      const versions = await keyVersions(memory.read());
      if (versions.length === 6 && versions.slice(1).some((version) => version > 0)) break;
      image = memory.read();
    }
    expect((await keyVersions(image)).slice(1)).toEqual([0, 0, 0, 0, 0]);
    expect(await rekey(deskAt(insert(image).channel, everyPurpose(1, 2)))).toBe('foreign');
    expect(await personalise(deskAt(insert(image).channel, everyPurpose(1, 2)))).toBe('personalised');
  });

  const newer = everyPurpose(1, 2);

  test('all keys are brought to the newest version; the account stays', async () => {
    const image = await openedImage();
    const { memory, channel } = insert(image);
    expect(await rekey(deskAt(channel, newer))).toBe('rekeyed');
    expect(await keyVersions(memory.read())).toEqual([2, 2, 2, 2, 2, 2]);
    const before = await accountOn(image);
    const medium = mediumAt(insert(memory.read()).channel, { keys: storeOf({ debit: [2] }) });
    await medium.authenticate('debit');
    expect(await medium.read(NOTHING_MORE)).toEqual({ ...before, isLogRead: false });
    expect(await mediumAt(insert(memory.read()).channel).authenticate('debit')).toBe('foreign');
  });

  test('torn before or after every exchange, terminals with both versions open it, and the next time finishes it', async () => {
    const image = await blankImage();
    const whole = insert(image);
    await rekey(deskAt(whole.channel, newer));
    const { exchanges } = whole.channel;
    const both = storeOf({ read: [1, 2], debit: [1, 2], refill: [1, 2] });
    for (let exchange = 0; exchange < exchanges; exchange += 1) {
      for (const when of ['before', 'after'] as const) {
        const { memory, channel } = insert(image);
        channel.restore({ exchange, when });
        expect(await rekey(deskAt(channel, newer))).toBe('torn');
        const medium = mediumAt(insert(memory.read()).channel, { keys: both });
        for (const access of ['read', 'debit', 'refill'] as const) {
          expect(await medium.authenticate(access)).toBe('authenticated');
        }
        channel.restore();
        expect(await rekey(deskAt(channel, newer)), `${when} ${exchange}`).toBe('rekeyed');
        expect(await keyVersions(memory.read())).toEqual([2, 2, 2, 2, 2, 2]);
      }
    }
  });

  test('without power after every write of the card, the next time finishes it', async () => {
    const image = await blankImage();
    const whole = insert(image);
    await rekey(deskAt(whole.channel, newer));
    for (let writes = 0; writes < whole.memory.writes; writes += 1) {
      const { memory, channel } = insert(image);
      memory.powerCutAfterWrites(writes);
      expect(await rekey(deskAt(channel, newer))).toBe('torn');
      memory.restorePower();
      channel.restore();
      expect(await rekey(deskAt(channel, newer))).toBe('rekeyed');
      expect(await isUsable(memory.read(), 2)).toBe(true);
    }
  });

  test('an issuer that has lost the old keys does not get in, and breaks nothing', async () => {
    const image = await blankImage();
    const { memory, channel } = insert(image);
    expect(await rekey(deskAt(channel, everyPurpose(2)))).toBe('foreign');
    expect(memory.read()).toEqual(image);
  });
});
