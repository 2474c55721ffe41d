/** A batch that somebody changed on its way: at both doors of the centre it changes nothing, and says why. */

import type { JournalRecord } from '@retap/model';
import { encodeSignedPayload, signedBatch } from '@retap/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Central, openCentral, type ReceivedBatch } from '../src/index.ts';
import { Device, ENROLLED, verifySignature } from './device.ts';
import { embeddedDirectory } from './embedded-directory.ts';

let central: Central;
let device: Device;
let other: Device;
let whole: Uint8Array;
let before: unknown;

beforeAll(async () => {
  central = await openCentral({ database: embeddedDirectory(), now: () => 1_000_000, verifySignature });
  await central.registry.settle(ENROLLED);
  device = await new Device(17).work(12).join(central);
  other = await new Device(18).work(6).join(central);
  await central.receive([await device.batch(1, 3)]);
  whole = (await device.batch(4, 6)).body;
  before = await state();
});
afterAll(() => central?.close());

async function state(): Promise<unknown> {
  await central.drain();
  return [await central.totals(0), await central.terminals(), await central.integrityAlerts({ limit: 10 })];
}

const signed = (body: Uint8Array): ReceivedBatch => ({ form: 'signed', body });
const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'taken',
    (error: { code?: string }) => error.code ?? String(error),
  );

/** How often each answer was given, by both doors alike. */
async function answers(bodies: Iterable<Uint8Array>, both: (index: number) => boolean): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  let index = 0;
  for (const body of bodies) {
    const code = await codeOf(central.verify(signed(body)));
    // The second door opens an SQL transaction: a part of them is enough.
    if (both(index)) expect(await codeOf(central.receive([signed(body)]))).toBe(code);
    counts.set(code, (counts.get(code) ?? 0) + 1);
    index += 1;
  }
  return counts;
}

describe('a batch changes nothing', () => {
  test('with any bit of any byte turned', async () => {
    const turned = Array.from({ length: whole.length * 8 }, (_, bit) =>
      whole.map((byte, at) => (at === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte)),
    );
    const counts = await answers(turned, (index) => index % 8 === 0);
    // A bit in the terminal's number makes it one of a terminal that has another key, or none.
    expect([...counts.keys()].sort()).toEqual(['batch-malformed', 'signature-invalid', 'terminal-unknown']);
    expect([...counts.values()].reduce((sum, count) => sum + count)).toBe(whole.length * 8);
  });

  test('cut off after any byte, or with one added', async () => {
    const cut = Array.from({ length: whole.length }, (_, length) => whole.subarray(0, length));
    const longer = [
      Uint8Array.from([...whole, 0]),
      Uint8Array.from([0, ...whole]),
      Uint8Array.from([...whole, ...whole]),
    ];
    expect(await answers([...cut, ...longer], (index) => index % 4 === 0)).toEqual(
      new Map([['batch-malformed', whole.length + longer.length]]),
    );
  });

  test('with records in another order, left out or put in twice, where the key that could sign that is not at hand', async () => {
    const [one, two, three] = device.journal.slice(3, 6) as [never, never, never];
    const bodies: Uint8Array[] = [];
    for (const journal of [
      [two, one, three],
      [one, three],
      [one, one, three],
      [one, two, three, three],
    ]) {
      const records = (journal as JournalRecord[]).map((record, index) => ({ ...record, serial: 4 + index }));
      const payload = encodeSignedPayload({ terminal: 17, from: 4, before: device.linkBefore(4), records });
      // Under the signature of the batch that it was made of, and of a terminal that may speak, for itself.
      const forged = await signedBatch(payload, 17, () => whole.slice(-64));
      bodies.push(forged, await signedBatch(payload, 17, other.sign));
    }
    expect(await answers(bodies, () => true)).toEqual(new Map([['signature-invalid', bodies.length]]));
  });

  test("of another terminal under one's own name and key", async () => {
    const payload = encodeSignedPayload({
      terminal: 17,
      from: 4,
      before: device.linkBefore(4),
      records: device.journal.slice(3, 6),
    });
    const stolen = await signedBatch(payload, 18, other.sign);
    expect(await codeOf(central.receive([signed(stolen)]))).toBe('terminal-mismatch');
  });

  test('that is sent again; none of what was tried before has changed anything', async () => {
    const again = await device.batch(1, 3);
    expect(await central.receive([again])).toMatchObject([{ receipt: 1, accepted: 3 }]);
    expect(await state()).toEqual(before);
    expect(await central.receive([signed(whole)])).toMatchObject([{ receipt: 2, accepted: 3 }]);
  });
});
