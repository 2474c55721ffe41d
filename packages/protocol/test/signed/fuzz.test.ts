/**
 * Bytes and values of any kind: a reader gives records or a ProtocolError, whatever it is given. A failure prints its
 * seed and path, with which fast-check runs it again.
 */
import { deflateRawSync } from 'node:zlib';
import { openSignedBatch, ProtocolError, parseRecord, parseSignedPayload } from '@retap/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Cbor, decodeCbor, encodeCbor } from '../../src/signed/cbor.ts';
import { arbitraryRecord } from '../arbitrary-record.ts';
import { damaged, damages } from '../damage.ts';
import { BEFORE, bytesOf, listIn, payloadOf, runOf, signedOf, TAPS } from './runs.ts';

/** Runs a reader; what it gives stands, a ProtocolError is an answer too, and nothing else is. */
function answered<Value>(read: () => Value): Value | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof ProtocolError) return null;
    throw error;
  }
}

/** All that is read is a record of its place, and is written as it was read. */
function expectSound(given: Uint8Array): void {
  const parsed = answered(() => parseSignedPayload(given));
  if (parsed === null) return;
  const { records, rejected, from, to, terminal } = parsed;
  expect(records.length + rejected.length).toBe(to - from + 1);
  for (const { position, record } of records) {
    expect(record).toMatchObject({ terminal, serial: from + position - 1 });
    expect(parseRecord({ ...record })).toEqual({ record });
  }
  for (const { reason } of rejected) expect(reason).toMatch(/^[\x20-\x7e…]{1,300}$/);
}

const payload = payloadOf(TAPS.slice(0, 1));
const entries = listIn(payload)[5] as Uint8Array;

function payloadWith(body: Uint8Array, packing: number): Uint8Array {
  return encodeCbor([1, 17, 5, bytesOf(BEFORE), packing, body]);
}

const scalar = fc.oneof(
  fc.integer({ min: -30, max: 300 }),
  fc.maxSafeInteger(),
  fc.string(),
  fc.constantFrom('04A1B2C3D4E580', '{"terminal":17}', JSON.stringify(TAPS[0])),
  fc.uint8Array({ maxLength: 40 }),
  fc.constant(null),
);
const value: fc.Arbitrary<Cbor> = fc.oneof(scalar, fc.array(fc.oneof(scalar, fc.array(scalar, { maxLength: 6 }))));
/** An entry of a real record with some of its values replaced. */
const entry = fc
  .tuple(arbitraryRecord, fc.array(fc.tuple(fc.nat(14), value), { maxLength: 3 }))
  .map(([record, changes]) => {
    const body = listIn(payloadOf(runOf([record], 17, 5)))[5] as Uint8Array;
    // Deflated ones are left out: there are enough others.
    const found = decodeCbor(body)?.value;
    const [first] = Array.isArray(found) ? found : [];
    if (!Array.isArray(first)) return 0;
    const changed: Cbor[] = [...first];
    for (const [at, replacement] of changes) changed[at % changed.length] = replacement;
    return changed;
  });
const safely = { numRuns: 1000 } as const;

describe('whatever the bytes are', async () => {
  const whole = await signedOf(payloadOf(TAPS));

  it('a damaged batch is opened or refused', () => {
    fc.assert(
      fc.property(damages, (steps) => {
        const opened = answered(() => openSignedBatch(damaged(whole, steps)));
        if (opened) expectSound(opened.payload);
      }),
      safely,
    );
  });

  it('a damaged payload is read or refused', () => {
    fc.assert(
      fc.property(damages, (steps) => expectSound(damaged(payload, steps))),
      safely,
    );
  });

  it('damaged records are read or refused', () => {
    fc.assert(
      fc.property(damages, (steps) => expectSound(payloadWith(damaged(entries, steps), 0))),
      safely,
    );
  });

  it('damaged records that were deflated are read or refused', () => {
    fc.assert(
      fc.property(damages, (steps) => {
        expectSound(payloadWith(Uint8Array.from(deflateRawSync(damaged(entries, steps))), 1));
      }),
      safely,
    );
  });

  it('a damaged deflate stream is read or refused', () => {
    const stream = Uint8Array.from(deflateRawSync(encodeCbor(new Array(400).fill(0))));
    fc.assert(
      fc.property(damages, (steps) => expectSound(payloadWith(damaged(stream, steps), 1))),
      safely,
    );
  });

  it('noise is refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (noise) => {
        expect(answered(() => openSignedBatch(noise))).toBeNull();
        expectSound(noise);
        expectSound(payloadWith(noise, 0));
        expectSound(payloadWith(noise, 1));
      }),
      safely,
    );
  });
});

describe('whatever the values are', () => {
  it('records are read or rejected one by one', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(value, entry), { maxLength: 6 }), (values) => {
        expectSound(payloadWith(encodeCbor(values), 0));
      }),
      safely,
    );
  });

  it('only one packing of a record is read', () => {
    let read = 0;
    fc.assert(
      fc.property(entry, (changed) => {
        const given = encodeCbor([changed]);
        const records = answered(() => parseSignedPayload(payloadWith(given, 0)))?.records ?? [];
        const [found] = records;
        if (!found) return;
        read += 1;
        const again = parseSignedPayload(payloadOf([found.record]));
        expect(again.records).toEqual(records);
        const body = listIn(payloadOf([found.record])).slice(4);
        if (body[0] === 0) expect(body[1]).toEqual(given);
      }),
      safely,
    );
    expect(read).toBeGreaterThan(20);
  });

  it('the head is read or refused', () => {
    fc.assert(
      fc.property(fc.array(value, { maxLength: 7 }), (head) => expectSound(encodeCbor(head))),
      safely,
    );
    fc.assert(
      fc.property(fc.nat(5), value, (at, replacement) => {
        const head = listIn(payload).with(at, replacement);
        expectSound(encodeCbor(head));
      }),
      safely,
    );
  });
});
