import { amountOf, type JournalRecord } from '@retap/model';
import { encodeSignedPayload, signedBatch } from '@retap/protocol';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Central, openCentral, type ReceivedBatch } from '../src/index.ts';
import { type ChainClaim, chainBreaks } from '../src/registry/chain.ts';
import { Device, ENROLLED, verifySignature } from './device.ts';
import { embeddedDirectory } from './embedded-directory.ts';
import { findings } from './incremental.ts';

const CONFIGURATION = { maxDelay: 1_000_000, clockTolerance: 120_000, minimumBalance: amountOf(0) };

let central: Central;
let terminals = 0;
beforeAll(async () => {
  central = await openCentral({ database: embeddedDirectory(), now: () => 1_000, verifySignature });
  await central.registry.settle(ENROLLED);
});
afterAll(async () => {
  expect(await findings(central, 0, CONFIGURATION)).toEqual([]);
  await central.close();
});

const device = (records: number): Promise<Device> => {
  terminals += 1;
  return new Device(terminals).work(records).join(central);
};
/** The same terminal and key, with another record in the place of one: an old copy of its journal that lived on. */
function twinOf(one: Device, serial: number): Device {
  const twin: Device = Object.assign(Object.create(Device.prototype), one, { journal: [...one.journal] });
  const record = twin.journal[serial - 1] as JournalRecord & { type: 'open' };
  twin.journal[serial - 1] = { ...record, amount: amountOf(7), balance: amountOf(7) };
  Object.defineProperty(twin, 'batch', { value: (from: number, to: number) => batchOf(one, twin, from, to) });
  return twin;
}
async function batchOf(key: Device, { terminal, journal, ...rest }: Device, from: number, to: number) {
  const before = Device.prototype.linkBefore.call({ terminal, journal, ...rest }, from);
  const payload = encodeSignedPayload({ terminal, from, before, records: journal.slice(from - 1, to) });
  return { form: 'signed', body: await signedBatch(payload, terminal, key.sign) } satisfies ReceivedBatch;
}
const breaksOf = async ({ terminal }: Device) =>
  (await central.integrityAlerts({ limit: 100 })).filter((alert) => alert.terminal === terminal);

describe('the hash chain of a journal', () => {
  test('holds over batches in any order, overlapping and repeated', async () => {
    const one = await device(12);
    for (const [from, to] of [
      [9, 12],
      [1, 4],
      [5, 8],
      [3, 10],
      [1, 4],
    ] as const) {
      await central.receive([await one.batch(from, to)]);
    }
    expect(await breaksOf(one)).toEqual([]);
  });

  test.each([
    ['before', 0],
    ['after', 1],
  ])('breaks where a record was changed, told %s the next batch came', async (_when, order) => {
    const one = await device(12);
    const twin = twinOf(one, 3);
    const batches = [await twin.batch(1, 4), await one.batch(5, 12)];
    for (const batch of order === 0 ? batches : batches.reverse()) await central.receive([batch]);
    expect(await breaksOf(one)).toEqual([{ kind: 'journal-chain-broken', terminal: one.terminal, serial: 5 }]);
  });

  test('breaks at its beginning where that is not the terminal’s', async () => {
    const one = await device(2);
    const foreign = Object.assign(Object.create(Device.prototype), one, { terminal: one.terminal + 1_000 });
    const before = Device.prototype.linkBefore.call(foreign, 1);
    const payload = encodeSignedPayload({ terminal: one.terminal, from: 1, before, records: one.journal });
    await central.receive([{ form: 'signed', body: await signedBatch(payload, one.terminal, one.sign) }]);
    expect(await breaksOf(one)).toEqual([{ kind: 'journal-chain-broken', terminal: one.terminal, serial: 1 }]);
  });

  test('is no part of the specification’s alerts, is counted, and rebuilt', async () => {
    const before = await central.integrityAlerts({ limit: 100 });
    expect(before.length).toBeGreaterThan(2);
    expect((await central.totals(0)).integrity?.alerts).toEqual({ 'journal-chain-broken': before.length });
    expect(await central.integrityAlerts({ limit: 1 })).toEqual(before.slice(0, 1));
    await central.rebuild();
    expect(await central.integrityAlerts({ limit: 100 })).toEqual(before);
  });
});

describe('breaks are a function of the set of claims', () => {
  const claim: fc.Arbitrary<ChainClaim> = fc.record({
    terminal: fc.integer({ min: 1, max: 3 }),
    serial: fc.integer({ min: 1, max: 4 }),
    link: fc.constantFrom('A', 'B'),
  });

  test('whatever the order and the repeats', () => {
    fc.assert(
      fc.property(fc.array(claim), fc.infiniteStream(fc.nat()), (claims, random) => {
        const shuffled = [...claims, ...claims]
          .map((each) => ({ each, at: random.next().value as number }))
          .sort((a, b) => a.at - b.at)
          .map(({ each }) => each);
        expect(chainBreaks(shuffled)).toEqual(chainBreaks(claims));
      }),
    );
  });

  test('those places of which two links are claimed, and no other', () => {
    fc.assert(
      fc.property(fc.array(claim), (claims) => {
        const broken = chainBreaks(claims).map(({ terminal, serial }) => `${terminal}-${serial}`);
        for (const { terminal, serial } of claims) {
          const links = new Set(
            claims.filter((c) => c.terminal === terminal && c.serial === serial).map((c) => c.link),
          );
          expect(broken.includes(`${terminal}-${serial}`)).toBe(links.size > 1);
        }
      }),
    );
  });
});
