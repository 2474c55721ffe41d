import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeSignedPayload, itemsOfSequence, openSignedBatch, ProtocolError, signedBatch } from '../../src/index.ts';

const batchOf = (serial: number): Promise<Uint8Array> => {
  const record = { terminal: 7, serial, type: 'open', medium: 'M1', time: serial, balance: 0 } as const;
  const payload = encodeSignedPayload({
    terminal: 7,
    from: serial,
    before: 'AB'.repeat(32),
    records: [record as never],
  });
  return signedBatch(payload, 7, () => new Uint8Array(64).fill(serial));
};

function taken(bytes: Uint8Array): { readonly items: Uint8Array[]; readonly fault: unknown } {
  const items: Uint8Array[] = [];
  try {
    for (const { bytes: item } of itemsOfSequence(bytes)) items.push(item);
    return { items, fault: null };
  } catch (fault) {
    return { items, fault };
  }
}

test('batches come apart as they were put together', async () => {
  const batches = await Promise.all([1, 2, 300].map(batchOf));
  const { items, fault } = taken(Buffer.concat(batches));
  expect(fault).toBeNull();
  expect(items.map((item) => Buffer.from(item))).toEqual(batches.map((batch) => Buffer.from(batch)));
  expect(items.map((item) => openSignedBatch(item).terminal)).toEqual([7, 7, 7]);
  expect(taken(new Uint8Array())).toEqual({ items: [], fault: null });
});

test('cut at any byte, those before stand, and it says where', async () => {
  const [one, two] = [await batchOf(1), await batchOf(2)];
  const whole = Buffer.concat([one, two]);
  for (let length = 1; length < whole.length; length += 1) {
    const { items, fault } = taken(whole.subarray(0, length));
    expect(items).toHaveLength(length < one.length ? 0 : 1);
    if (length === one.length) expect(fault).toBeNull();
    else expect(fault).toMatchObject({ code: 'sequence-damaged', message: expect.stringMatching(/^from byte \d+ on/) });
  }
});

describe('whatever the bytes are', () => {
  test('the items are the bytes, in order, or it is damaged', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const { items, fault } = taken(bytes);
        const all = Buffer.concat(items);
        expect(all.equals(Buffer.from(bytes.subarray(0, all.length)))).toBe(true);
        if (fault === null) expect(all.length).toBe(bytes.length);
        else expect(fault).toBeInstanceOf(ProtocolError);
      }),
    );
  });

  test.each([
    ['nested without end', new Uint8Array(1_000_000).fill(0x81)],
    ['an array of 2^53 items', Uint8Array.of(0x9b, 0, 0x20, 0, 0, 0, 0, 0, 0)],
    ['text of 2^64 bytes', Uint8Array.of(0x7b, ...new Uint8Array(8).fill(255))],
    ['of no definite length', Uint8Array.of(0x9f, 0x01, 0xff)],
  ])('%s ends at once', (_what, bytes) => {
    expect(taken(bytes)).toMatchObject({ items: [], fault: { code: 'sequence-damaged' } });
  });
});
