import { createHash, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import { amountOf, type JournalRecord, type TransactionRecord } from '@retap/model';
import {
  applyDelta,
  encodeBatch,
  encodeHeldLists,
  encodeList,
  openDelta,
  openList,
  type Tariff,
} from '@retap/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Central, openCentral } from '../../src/index.ts';
import { embeddedDirectory } from '../embedded-directory.ts';

const CENTRE = generateKeyPairSync('ed25519').privateKey;
const DEVICE = generateKeyPairSync('ed25519').privateKey;
const by =
  (key: typeof CENTRE) =>
  (bytes: Uint8Array): Uint8Array =>
    sign(null, bytes, key);
const rawPublicKey = Uint8Array.from(createPublicKey(DEVICE).export({ format: 'der', type: 'spki' }).subarray(12));
const sha256 = (bytes: Uint8Array): Uint8Array => Uint8Array.from(createHash('sha256').update(bytes).digest());
const REASON = { who: 'ana', why: 'reported stolen' };
const DAY = 86_400_000;
const PUBLICATION = { sign: by(CENTRE), validMs: 7 * DAY };
const START = 1_780_000_000_000;

let now = START;
let central: Central;

beforeAll(async () => {
  const verifySignature = (key: Uint8Array, bytes: Uint8Array, signature: Uint8Array): boolean =>
    Buffer.compare(key, rawPublicKey) === 0 && verify(null, bytes, createPublicKey(DEVICE), signature);
  central = await openCentral({ database: embeddedDirectory(), now: () => now, verifySignature });
  await central.registry.settle({ admission: 'enrolled', centre: new Uint8Array(32), licenceMs: 365 * DAY });
  const codeDigest = createHash('sha256').update('code').digest();
  const invitation = { terminal: 17, codeDigest, validMs: DAY, as: { role: 'gate', name: 'gate 17' } } as const;
  await central.registry.invite(invitation, REASON);
  const toBeSigned = Uint8Array.of(1);
  await central.registry.enrol({ codeDigest, publicKey: rawPublicKey, signature: by(DEVICE)(toBeSigned), toBeSigned });
});

beforeEach(() => {
  now += 1;
});

afterAll(() => central.close());

describe('the deny list', () => {
  test('has nothing to publish before anything was denied', async () => {
    expect(await central.lists.publish('deny', PUBLICATION)).toBeNull();
    expect(await central.lists.newest('deny')).toBeNull();
  });

  test('takes a medium once, and gives it back once', async () => {
    expect(await central.lists.deny('M2', REASON)).toBe('added');
    expect(await central.lists.deny('M2', REASON)).toEqual({ refusal: 'denied-already' });
    expect(await central.lists.deny('M1', REASON)).toBe('added');
    expect((await central.lists.working()).deny).toEqual(['M1', 'M2']);
    expect(await central.lists.undeny('M2', { who: 'bor', why: 'found' })).toBe('removed');
    expect(await central.lists.undeny('M2', REASON)).toEqual({ refusal: 'not-denied' });
    expect((await central.lists.history('deny')).map(({ what, entry, who, why }) => [what, entry, who, why])).toEqual([
      ['added', 'M2', 'ana', 'reported stolen'],
      ['added', 'M1', 'ana', 'reported stolen'],
      ['removed', 'M2', 'bor', 'found'],
    ]);
  });

  test('is published when it differs, and only then; each version says what it said for ever', async () => {
    const first = await central.lists.publish('deny', PUBLICATION);
    expect(first).toMatchObject({ isNew: true, list: { version: 1 } });
    now += DAY;
    expect(await central.lists.publish('deny', PUBLICATION)).toEqual({ list: first?.list, isNew: false });
    await central.lists.deny('M3', REASON);
    const second = await central.lists.publish('deny', PUBLICATION);
    expect(second).toMatchObject({ isNew: true, list: { version: 2, issuedAt: now, expiresAt: now + 7 * DAY } });
    expect(openList(second!.list.document).list.entries).toEqual(['M1', 'M3']);
    expect(openList(first!.list.document).list.entries).toEqual(['M1']);
    expect(await central.lists.newest('deny')).toEqual(second!.list);
  });

  test('of which half its time is over is published anew, though it says the same', async () => {
    now += 3.4 * DAY;
    expect(await central.lists.publish('deny', PUBLICATION)).toMatchObject({ isNew: false, list: { version: 2 } });
    now += 0.2 * DAY;
    expect(await central.lists.publish('deny', PUBLICATION)).toMatchObject({ isNew: true, list: { version: 3 } });
  });

  test('takes no name that no list could hold', async () => {
    await expect(central.lists.deny('M 1', REASON)).rejects.toThrow(RangeError);
    expect((await central.lists.working()).deny).toEqual(['M1', 'M3']);
  });

  test('that two publish at once has one new version', async () => {
    await central.lists.deny('M4', REASON);
    const both = await Promise.all([
      central.lists.publish('deny', PUBLICATION),
      central.lists.publish('deny', PUBLICATION),
    ]);
    expect(both.map((each) => [each?.list.version, each?.isNew])).toEqual([
      [4, true],
      [4, false],
    ]);
  });
});

/** A record of a terminal that carried an action out, or tried to. */
function carrying(
  medium: string,
  serial: number,
  action: number,
  status: 'successful' | 'unsuccessful',
): TransactionRecord {
  const lastTime = START - 100 + serial;
  return {
    ...{ terminal: 99, serial, type: 'refill', medium, time: lastTime + 1, lastTime, lastTerminal: 98, status },
    ...{ amount: amountOf(100), balance: amountOf(100), action: { serial: action, kind: 'refund' } },
  };
}

/** A centre of its own, that takes unsigned batches. */
async function withOpenCentre(work: (open: Central) => Promise<void>): Promise<void> {
  const open = await openCentral({ database: embeddedDirectory(), now: () => START });
  try {
    await work(open);
  } finally {
    await open.close();
  }
}

test('an action waits until a record shows that it was carried out; then it leaves the list, and its serial is used up', () =>
  withOpenCentre(async (open) => {
    const { lists } = open;
    const receive = async (record: JournalRecord) => {
      await open.receive([
        {
          form: 'batch',
          body: encodeBatch({ terminal: 99, from: record.serial, to: record.serial, records: [record] }),
        },
      ]);
      await open.drain();
    };
    const refund = { medium: 'M1', kind: 'refund', amount: amountOf(100) } as const;
    expect(await lists.order(refund, REASON)).toEqual({ ...refund, serial: 1 });
    expect(await lists.order({ medium: 'M1', kind: 'block' }, REASON)).toMatchObject({ serial: 2 });
    expect(await lists.order({ medium: 'M0', kind: 'block' }, REASON)).toMatchObject({ serial: 1 });
    await receive(carrying('M1', 1, 1, 'unsuccessful'));
    await receive(carrying('M0', 2, 2, 'successful')); // of another serial than the one ordered here
    expect((await lists.actions()).map(({ action, state }) => [action.medium, action.serial, state])).toEqual([
      ['M0', 1, 'waits'],
      ['M1', 1, 'waits'],
      ['M1', 2, 'waits'],
    ]);
    expect((await lists.publish('actions', PUBLICATION))?.isNew).toBe(true);
    expect((await lists.publish('actions', PUBLICATION))?.isNew).toBe(false);
    await receive(carrying('M1', 3, 1, 'successful'));
    expect((await lists.actions()).map(({ state }) => state)).toEqual(['waits', 'done', 'waits']);
    const published = await lists.publish('actions', PUBLICATION);
    expect(openList(published!.list.document).list.entries).toEqual([
      { medium: 'M0', serial: 1, kind: 'block' },
      { medium: 'M1', serial: 2, kind: 'block' },
    ]);
    // 2 was carried out for M0 by an order from elsewhere: it is never given again.
    expect(await lists.order({ medium: 'M0', kind: 'unblock' }, REASON)).toMatchObject({ serial: 3 });
    await open.rebuild();
    expect((await lists.actions()).map(({ state }) => state)).toEqual(['waits', 'waits', 'done', 'waits']);
  }));

test('limits are replaced whole, and published when they differ', () =>
  withOpenCentre(async ({ lists }) => {
    expect(await lists.limit({ dayTapsMax: 20, minimumBalance: -100 }, REASON)).toBe('set');
    expect(await lists.limit({ minimumBalance: -100, dayTapsMax: 20 }, REASON)).toBe('unchanged');
    expect((await lists.publish('limits', PUBLICATION))?.list.version).toBe(1);
    expect(await lists.limit({ dayTapsMax: 10 }, REASON)).toBe('set');
    const published = await lists.publish('limits', PUBLICATION);
    expect(openList(published!.list.document).list).toMatchObject({ version: 2, entries: { dayTapsMax: 10 } });
    await expect(async () => lists.limit({ dayTapsMax: -1 }, REASON)).rejects.toThrow(RangeError);
  }));

test('differences to the newest version are kept from the ten before it, where they are shorter', () =>
  withOpenCentre(async ({ lists }) => {
    const publish = async (): Promise<Uint8Array> => (await lists.publish('deny', PUBLICATION))!.list.document;
    for (let number = 0; number < 60; number += 1) await lists.deny(`M${number}`, REASON);
    const documents = [await publish()];
    for (let version = 2; version <= 12; version += 1) {
      await lists.undeny(`M${version}`, REASON);
      await lists.deny(`N${version}`, REASON);
      documents.push(await publish());
    }
    const newest = documents.at(-1) as Uint8Array;
    expect([await lists.delta('deny', 1), await lists.delta('deny', 12)]).toEqual([null, null]);
    for (let from = 2; from <= 11; from += 1) {
      const found = await lists.delta('deny', from);
      expect([found?.version, (found?.document.length ?? 0) < newest.length]).toEqual([12, true]);
      const { delta, toBeSigned, signature } = openDelta(found!.document);
      expect(verify(null, toBeSigned, createPublicKey(CENTRE), signature)).toBe(true);
      expect(applyDelta(openList(documents[from - 1] as Uint8Array).list, delta, sha256)).toEqual(newest);
    }
    // The list is then shorter than what would have to be said of it.
    for (const medium of (await lists.working()).deny) await lists.undeny(medium, REASON);
    await publish();
    expect(await lists.delta('deny', 12)).toBeNull();
    expect(await lists.delta('limits', 1)).toBeNull();
  }));

test('tariffs are replaced whole, and published when they differ; an empty list says that there is none any more', () =>
  withOpenCentre(async ({ lists }) => {
    const name = { sl: 'Vožnja', en: 'Ride' };
    const tariff = (ride: number): Tariff => ({
      ...{ validFrom: START, currency: 'EUR', products: [] },
      fares: [{ code: 'ride', name, amount: amountOf(ride) }],
      parts: [{ role: 'validator', terminals: [], defaultOffer: 1, offers: [{ kind: 'debit', fare: 'ride' }] }],
    });
    expect(await lists.publish('tariff', PUBLICATION)).toBeNull();
    expect(await lists.setTariffs([tariff(130)], REASON)).toBe('set');
    expect(await lists.setTariffs([tariff(130)], REASON)).toBe('unchanged');
    expect((await lists.publish('tariff', PUBLICATION))?.list.version).toBe(1);
    expect((await lists.publish('tariff', PUBLICATION))?.isNew).toBe(false);
    await expect(lists.setTariffs([tariff(130), tariff(140)], REASON)).rejects.toThrow(RangeError);
    expect((await lists.working()).tariff).toEqual([tariff(130)]);
    expect(await lists.setTariffs([], REASON)).toBe('set');
    const published = await lists.publish('tariff', PUBLICATION);
    expect(openList(published!.list.document).list).toMatchObject({ version: 2, entries: [] });
    expect((await lists.history('tariff')).map(({ what, who }) => [what, who])).toEqual([
      ['set', 'ana'],
      ['set', 'ana'],
    ]);
  }));

describe('what a terminal holds', () => {
  const say = async (saidAt: number, deny: number, key = DEVICE, terminal = 17): Promise<unknown> => {
    const statement = await encodeHeldLists(
      { terminal, saidAt, versions: { deny, actions: 0, limits: 0, tariff: 0 } },
      by(key),
    );
    return central.lists.acknowledge(statement).catch((error) => error.code);
  };
  const held = async () =>
    (await central.lists.status()).terminals.map(({ terminal, versions }) => [terminal, versions.deny]);

  test('is nothing before it said so', async () => {
    const { newest, terminals } = await central.lists.status();
    expect(newest).toEqual({
      ...{ actions: null, limits: null, tariff: null },
      deny: { version: 4, issuedAt: expect.any(Number), expiresAt: newest.deny!.issuedAt + 7 * DAY },
    });
    // Behind by all that there ever was, but not for longer than it has been a terminal.
    expect(terminals).toEqual([
      {
        ...{ terminal: 17, versions: { deny: 0, actions: 0, limits: 0, tariff: 0 }, at: null },
        behind: { deny: { versions: 4, since: START + 3 } },
      },
    ]);
  });

  test('is what it said last, by its own clock, whatever order that came in', async () => {
    expect(await say(START + 10, 3)).toBe(17);
    expect(await held()).toEqual([[17, 3]]);
    expect(await say(START + 5, 1)).toBe(17);
    expect(await held()).toEqual([[17, 3]]);
    expect(await say(START + 20, 2)).toBe(17); // its disk was replaced
    expect(await held()).toEqual([[17, 2]]);
  });

  test('is said by itself alone', async () => {
    expect(await say(START + 30, 9, CENTRE)).toBe('signature-invalid');
    expect(await say(START + 30, 9, DEVICE, 18)).toBe('terminal-unknown');
    const list = { kind: 'deny', version: 1, issuedAt: 0, expiresAt: 1, entries: [] } as const;
    await expect(central.lists.acknowledge(await encodeList(list, by(DEVICE)))).rejects.toMatchObject({
      code: 'held-lists-malformed',
    });
    expect(await held()).toEqual([[17, 2]]);
  });

  test('keeps a centre that was restored from giving a version again', async () => {
    await say(START + 40, 40);
    await central.lists.deny('M9', REASON);
    expect((await central.lists.publish('deny', PUBLICATION))?.list.version).toBe(41);
    // A stolen terminal cannot use the numbers up.
    await say(START + 41, 2 ** 31 - 1);
    await central.lists.deny('M10', REASON);
    expect((await central.lists.publish('deny', PUBLICATION))?.list.version).toBe(42);
  });

  test('is not heard of one that is suspended, or whose licence has expired', async () => {
    await central.registry.suspend(17, REASON);
    expect(await say(START + 50, 41)).toBe('terminal-suspended');
    await central.registry.resume(17, REASON);
    const { expiresAt } = (await central.registry.terminal(17))!;
    now = expiresAt!;
    expect(await say(START + 50, 41)).toBe('licence-expired');
    expect(await held()).toEqual([[17, 2 ** 31 - 1]]);
  });
});
