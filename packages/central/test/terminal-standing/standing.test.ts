import { DEFAULT_CONFIGURATION, type JournalRecord } from '@retap/model';
import { encodeHeldLists, encodeTimeQuestion } from '@retap/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { told } from '../../../model/test/told.ts';
import { type Central, openCentral } from '../../src/index.ts';
import { watchAll } from '../alert-work/watching.ts';
import { Device, ENROLLED, REASON, verifySignature } from '../device.ts';
import { embeddedDirectory } from '../embedded-directory.ts';

const DAY = 86_400_000;
const start = DEFAULT_CONFIGURATION.maxDelay + 10_000;
let now = start;
let central: Central;
const devices = new Map<number, Device>();
const asked = { sort: 'terminal', descending: false, limit: 10 } as const;

async function deliver(records: readonly JournalRecord[]): Promise<void> {
  for (const record of records) devices.get(record.terminal)?.journal.push(record);
}

/** Terminal 3 has committed two transactions and sent none of them; of terminal 2 the second record is missing. */
beforeAll(async () => {
  central = await openCentral({ database: embeddedDirectory(), now: () => now, verifySignature });
  await central.registry.settle({ ...ENROLLED, licenceMs: 9 * DAY });
  for (const terminal of [1, 2, 3]) devices.set(terminal, await new Device(terminal).join(central));
  await deliver(
    told([
      '100: T1 opens A with 100',
      '300: T2 debits 10, of A, balance 60, from terminal 3 at 200',
      '310: T2 opens X with 1',
      '320: T2 reads, of A, balance 60, from terminal 3 at 200',
      `${start - 20}: T1 opens B with 100`,
      `${start - 5}: T2 debits 10, of B, balance 85, unverified, from terminal 3 at ${start - 10}`,
    ]),
  );
  await central.receive([await devices.get(1)!.batch(1, 2)]);
  await central.receive([await devices.get(2)!.batch(1, 1), await devices.get(2)!.batch(3, 4)]);
  await central.drain();
  await watchAll(central, now);
});
afterAll(() => central.close());

const flagsOf = async () =>
  Object.fromEntries(
    (await central.terminalStandings.page(asked)).terminals.map((each) => [each.terminal, each.flags]),
  );

describe('how a terminal does', () => {
  test('is told by what it sent, and by what media show of it', async () => {
    const { terminals, found } = await central.terminalStandings.page(asked);
    expect(found).toBe(3);
    expect(terminals[1]).toMatchObject({
      ...{ terminal: 2, state: 'active', seenAt: now, lastSerial: 4, missing: 1, flags: ['missing', 'alerts'] },
      owed: { transactions: 0, late: 0, amount: 0 },
      // Of three records one is an observation.
      rate: { unverified: 1, transactions: 2, peers: null, isFar: false },
    });
    expect(terminals[2]).toMatchObject({
      ...{ terminal: 3, seenAt: null, lastSerial: null, missing: 0, flags: ['owing', 'alerts'], cases: 1 },
      // Read twice, and owed once; the other one is not late yet. 100 − 60 − 10 = 30 are not explained of A.
      owed: { transactions: 2, late: 1, amount: 30 },
    });
  });

  test('and in detail', async () => {
    const two = await central.terminalStandings.detail(2);
    expect(two).toMatchObject({ standing: { terminal: 2 }, missing: [[2, 2]], newest: { deny: null } });
    expect((await central.terminalStandings.detail(3))?.standing).toEqual(
      (await central.terminalStandings.page(asked)).terminals[2],
    );
    expect(await central.terminalStandings.detail(9)).toBeNull();
  });

  test('with each transaction that it owes, page by page', async () => {
    const { owed, next } = await central.terminalStandings.owed(3, { limit: 1 });
    expect(owed).toEqual([{ medium: 'B', time: start - 10, late: false, amount: null }]);
    expect(await central.terminalStandings.owed(3, { limit: 1, before: next! })).toMatchObject({
      owed: [{ medium: 'A', time: 200, late: true, amount: -30 }],
    });
    expect(await central.terminalStandings.owed(3, { limit: 9 })).toMatchObject({ next: null });
    await expect(central.terminalStandings.owed(3, { limit: 9, before: 'x' })).rejects.toThrow(RangeError);
  });
});

test('its clock, its licence, its lists and how long it is silent are told while it is in service', async () => {
  const [one, two] = [devices.get(1)!, devices.get(2)!];
  const report = { offset: 61_000, delay: 10, measuredAt: now };
  const question = { terminal: 1, nonce: new Uint8Array(16), report };
  await central.registry.hearTimeQuestion(await encodeTimeQuestion(question, one.sign));
  await central.lists.deny('A', REASON);
  await central.lists.publish('deny', { sign: two.sign, validMs: DAY });
  expect(await flagsOf()).toMatchObject({ 1: ['clock', 'behind'], 2: ['missing', 'behind', 'alerts'] });
  const held = { terminal: 2, saidAt: now, versions: { deny: 1, actions: 0, limits: 0, tariff: 0 } };
  await central.lists.acknowledge(await encodeHeldLists(held, two.sign));
  expect(await flagsOf()).toMatchObject({ 1: ['clock', 'behind'], 2: ['missing', 'alerts'] });
  expect((await central.terminalStandings.page(asked)).terminals[1]).toMatchObject({
    versions: { deny: 1 },
    behind: {},
  });
  now += 7 * DAY;
  expect(await flagsOf()).toMatchObject({ 1: ['silent', 'clock', 'licence', 'behind'] });
  await central.registry.suspend(1, REASON);
  expect(await flagsOf()).toMatchObject({ 1: [] });
});
