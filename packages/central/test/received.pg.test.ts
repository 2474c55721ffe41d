/** What the centre says it has of a journal, against a set of serials. */
import { encodeStateQuestion, MISSING_MAX, type ReceivedSerials, type SerialRange } from '@retap/protocol';
import { startPostgres, type TestPostgres } from '@retap/testkit';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Central, openCentral } from '../src/index.ts';
import { sqlIn } from './database.ts';
import { Device, ENROLLED, LICENCE_MS, REASON, verifySignature } from './device.ts';

let postgres: TestPostgres;
let database: string;
let central: Central;
let now = 1_000;
let terminals = 100;
beforeAll(async () => {
  postgres = await startPostgres();
  database = await postgres.createDatabase();
  central = await openCentral({ database, now: () => now, verifySignature });
  await central.registry.settle(ENROLLED);
});
afterAll(async () => {
  await central?.close();
  await postgres?.stop();
});

const joined = (records: number): Promise<Device> => {
  terminals += 1;
  return new Device(terminals).work(records).join(central);
};
const questionOf = ({ terminal, sign }: Device, from: number, to: number): Promise<Uint8Array> =>
  encodeStateQuestion({ terminal, saidAt: now, from, to }, sign);
const asked = async (device: Device, from: number, to: number): Promise<ReceivedSerials | null> =>
  central.received(await questionOf(device, from, to));

/** The holes of a set, the newest first. */
function holes(has: ReadonlySet<number>, from: number, to: number): SerialRange[] {
  const found: [number, number][] = [];
  for (let serial = to; serial >= from; serial -= 1) {
    const open = found.at(-1);
    if (has.has(serial)) continue;
    if (open?.[0] === serial + 1) open[0] = serial;
    else found.push([serial, serial]);
  }
  return found.slice(0, MISSING_MAX);
}

test('whatever was received in whatever order, an acknowledgement and an answer tell exactly that', async () => {
  const range = fc
    .tuple(fc.integer({ min: 1, max: 30 }), fc.nat(6))
    .map(([from, more]) => [from, Math.min(30, from + more)] as const);
  await fc.assert(
    fc.asyncProperty(fc.array(range, { minLength: 1, maxLength: 8 }), range, async (batches, [from, to]) => {
      const device = await joined(30);
      const has = new Set<number>();
      for (const [first, last] of batches) {
        const [acknowledgement] = await central.receive([await device.batch(first, last)]);
        for (let serial = first; serial <= last; serial += 1) has.add(serial);
        const highest = Math.max(...has);
        expect(acknowledgement?.received).toEqual({ last: highest, missing: holes(has, 1, highest) });
      }
      const last = Math.max(...has);
      expect(await asked(device, from, to)).toEqual({ last, missing: holes(has, from, to) });
      expect(await asked(device, 1, 40)).toEqual({ last, missing: holes(has, 1, 40) });
    }),
    { numRuns: 25 },
  );
});

test('of more holes than can be told of, the newest are told; older ones are found by asking below them', async () => {
  const count = 2 * MISSING_MAX + 30;
  const device = await joined(count);
  const has = new Set(Array.from({ length: count / 2 }, (_, at) => 2 * at + 2));
  const batches = await Promise.all([...has].map((serial) => device.batch(serial, serial)));
  const acknowledgements = await central.receive(batches);
  expect(acknowledgements.at(-1)?.received).toEqual({ last: count, missing: holes(has, 1, count) });
  const answer = await asked(device, 1, count + 9);
  expect(answer).toEqual({ last: count, missing: holes(has, 1, count + 9) });
  expect(answer?.missing).toHaveLength(MISSING_MAX);
  const below = (answer?.missing.at(-1)?.[0] ?? 0) - 1;
  expect((await asked(device, 1, below))?.missing).toEqual(holes(has, 1, below));
  expect(below).toBeGreaterThan(20);
});

test('nobody is told that all is missing while a rebuild has yet to record it', async () => {
  const device = await joined(6);
  await central.receive([await device.batch(1, 3)]);
  // As `rebuild` leaves it where it was killed.
  await sqlIn(database, 'truncate journal_run');
  await sqlIn(database, 'update progress set recorded = 0');
  expect(await asked(device, 1, 3)).toBeNull();
  const [acknowledgement] = await central.receive([await device.batch(4, 6)]);
  expect(acknowledgement).toMatchObject({ accepted: 3, received: null });
  await central.rebuild();
  expect(await asked(device, 1, 6)).toEqual({ last: 6, missing: [] });
});

describe('a question', () => {
  test('of a terminal of which nothing was received is answered: all is missing', async () => {
    expect(await asked(await joined(0), 3, 9)).toEqual({ last: 0, missing: [[3, 9]] });
  });

  test('is answered to its terminal alone, while that one may speak', async () => {
    const device = await joined(3);
    const code = (question: Promise<Uint8Array>): Promise<string> =>
      question
        .then((bytes) => central.received(bytes))
        .then(
          () => 'answered',
          (error: { code: string }) => error.code,
        );
    expect(await code(questionOf(device, 1, 3))).toBe('answered');
    expect(await code(questionOf(new Device(device.terminal), 1, 3))).toBe('signature-invalid');
    expect(await code(questionOf(new Device(99_999), 1, 3))).toBe('terminal-unknown');
    const bytes = await questionOf(device, 1, 3);
    for (let at = 0; at < bytes.length; at += 1) {
      const turned = bytes.slice();
      turned[at] = (turned[at] as number) ^ 0x10;
      expect(['state-question-malformed', 'signature-invalid', 'terminal-unknown']).toContain(
        await code(Promise.resolve(turned)),
      );
    }
    await central.registry.suspend(device.terminal, REASON);
    expect(await code(questionOf(device, 1, 3))).toBe('terminal-suspended');
    await central.registry.resume(device.terminal, REASON);
    now += LICENCE_MS;
    expect(await code(questionOf(device, 1, 3))).toBe('licence-expired');
    await central.registry.revoke(device.terminal, REASON);
    expect(await code(questionOf(device, 1, 3))).toBe('terminal-revoked');
  });
});
