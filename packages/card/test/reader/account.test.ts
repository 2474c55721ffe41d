/** The account as files of a card and back: what was written is what is read. */

import { amountOf, type HeldProduct, LOG_ENTRIES_MAX, type LogEntry, PRODUCTS_MAX, type Product } from '@retap/model';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { concat, toHex } from '../../src/bytes.ts';
import { type CommitContent, readerIdOf, terminalOfReaderId, writesOf } from '../../src/commit-writes.ts';
import { FILES, LAST, LOG_RECORD, LOG_TYPES, PRODUCT } from '../../src/layout.ts';
import { lastTransactionOf, logOf, piecesHeld, productsOf } from '../../src/reader/account.ts';
import { START } from './desk.ts';

const uint32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
/** Of a terminal, in a record. */
const number = fc.integer({ min: 1, max: 2 ** 31 - 1 });
const signed32 = fc.integer({ min: -(2 ** 31) + 1, max: 2 ** 31 - 1 }).map(amountOf);
const time = fc.integer({ min: 0, max: 2 ** 48 - 1 });
const byte = fc.integer({ min: 0, max: 255 });

const content: fc.Arbitrary<CommitContent> = fc.record(
  {
    type: fc.constantFrom(...LOG_TYPES),
    amount: signed32,
    balance: signed32,
    mediumSerial: number,
    terminal: number,
    time,
    held: byte,
    action: fc.record({ serial: uint32, kind: fc.constantFrom('block', 'unblock', 'refund') }),
  },
  { requiredKeys: ['type', 'amount', 'balance', 'mediumSerial', 'terminal', 'time', 'held'] },
);

const product: fc.Arbitrary<Product> = fc.record(
  {
    id: fc.tuple(uint32, uint32).map(([terminal, serial]) => `${terminal}-${serial}`),
    code: fc.stringMatching(/^[0-9A-Za-z._-]{1,16}$/),
    validFrom: time,
    validUntil: time,
    maxUses: fc.integer({ min: 1, max: 65_535 }),
  },
  { requiredKeys: ['id', 'code'] },
);

const BASE = {
  type: 'debit',
  amount: amountOf(-120),
  balance: amountOf(880),
  mediumSerial: 1,
  terminal: 17,
  time: START,
  held: 0,
} as const;

/** What the file holds after the writes of one transaction. */
function fileAfter(file: number, before: Uint8Array, written: CommitContent): Uint8Array {
  const bytes = Uint8Array.from(before);
  for (const write of writesOf(written) ?? []) {
    if (write.kind === 'data' && write.file === file) bytes.set(write.data, write.offset);
  }
  return bytes;
}

test('the last transaction is read as it was written', () => {
  fc.assert(
    fc.property(content, (written) => {
      const before = new Uint8Array(LAST.bytes).fill(0xa5);
      const read = lastTransactionOf(fileAfter(FILES.last, before, written).subarray(0, LAST.endWithAction));
      const { type, amount, balance, mediumSerial, terminal, time: at, held, action } = written;
      expect(read).toEqual({
        ...{ type, amount, balance, mediumSerial, terminal, time: at },
        isBlocked: action?.kind === 'block',
        // What a transaction has nothing to say of stays as it was.
        held: type === 'purchase' || action ? held : 0xa5,
        actionSerial: action ? action.serial : 0xa5a5a5a5,
      });
    }),
  );
});

test('products are read as they were bought, in the order of purchase', () => {
  const bought = fc.array(fc.record({ product, purchased: uint32, slot: fc.nat(PRODUCTS_MAX - 1) }), {
    maxLength: PRODUCTS_MAX,
  });
  fc.assert(
    fc.property(bought, fc.integer({ min: 0, max: 65_535 }), (all, uses) => {
      const bySlot = new Map(all.map((one) => [one.slot, one]));
      let file = new Uint8Array(PRODUCTS_MAX * PRODUCT.bytes).fill(0xa5);
      let held = 0;
      for (const { product: each, purchased, slot } of bySlot.values()) {
        held |= 1 << slot;
        const place = { slot, uses: 0, id: each.id };
        file = fileAfter(FILES.products, file, {
          ...BASE,
          mediumSerial: purchased,
          product: { ...place, bought: each },
        }) as typeof file;
        file = fileAfter(FILES.products, file, {
          ...BASE,
          type: 'validation',
          product: { ...place, uses },
        }) as typeof file;
      }
      const read = productsOf(
        concat(...piecesHeld(held).map(({ offset, length }) => file.slice(offset, offset + length))),
        held,
      );
      const expected = [...bySlot.values()].map(({ product: each }): HeldProduct => ({ ...each, uses }));
      expect(new Set(read.map((one) => one.product))).toEqual(new Set(expected));
      expect(read.map(({ purchased }) => purchased)).toEqual(
        read.map(({ purchased }) => purchased).sort((a, b) => a - b),
      );
    }),
  );
});

describe('the log', () => {
  const small = fc.integer({ min: -1000, max: 1000 }).map(amountOf);
  const commits = fc.array(fc.record({ amount: small, time, terminal: number }), { minLength: 1, maxLength: 20 });

  test('balance and counter of every entry follow from the newest', () => {
    fc.assert(
      fc.property(commits, (all) => {
        let balance = amountOf(0);
        const written = all.map((commit, mediumSerial): CommitContent => {
          balance = amountOf(balance + commit.amount);
          return { ...BASE, ...commit, type: mediumSerial === 0 ? 'open' : 'debit', balance, mediumSerial };
        });
        const kept = written.slice(-LOG_ENTRIES_MAX);
        const last = lastTransactionOf(fileAfter(FILES.last, new Uint8Array(LAST.bytes), written.at(-1)!));
        if (last === null || last === 'blank') throw new Error('there is a last transaction');
        const expected = kept.map(({ amount, balance: w, time: at, terminal, mediumSerial }): LogEntry => {
          return { time: at, terminal, amount, balance: w, mediumSerial };
        });
        expect(logOf(concat(...kept.map(recordOf)), last)).toEqual(expected.reverse());
        if (kept.length > 1) expect(logOf(concat(...kept.slice(1).map(recordOf)), last)).toBeNull();
      }),
    );
  });

  test('a newest entry that is not the last transaction contradicts it', () => {
    const open: CommitContent = {
      ...BASE,
      type: 'open',
      amount: amountOf(500),
      balance: amountOf(500),
      mediumSerial: 0,
    };
    const last = lastTransactionOf(fileAfter(FILES.last, new Uint8Array(LAST.bytes), open));
    if (last === null || last === 'blank') throw new Error('there is a last transaction');
    expect(logOf(recordOf(open), last)).toHaveLength(1);
    for (const other of [{ time: START + 1 }, { terminal: 18 }, { amount: amountOf(499) }]) {
      expect(logOf(recordOf({ ...open, ...other }), last)).toBeNull();
    }
    expect(logOf(new Uint8Array(0), last)).toBeNull();
    // An opening of 500 that leaves 600 would have begun with 100.
    expect(logOf(recordOf(open), { ...last, balance: amountOf(600) })).toBeNull();
  });

  function recordOf(written: CommitContent): Uint8Array {
    const record = writesOf(written)?.find(({ kind }) => kind === 'record');
    if (record?.kind !== 'record') throw new Error('every transaction has an entry');
    return concat(record.data, new Uint8Array(LOG_RECORD.bytes - record.data.length));
  }
});

describe('bytes', () => {
  const hex = (written: CommitContent) =>
    writesOf(written)?.map((write) => (write.kind === 'value' ? `${write.code} ${write.amount}` : toHex(write.data)));

  test('a debit: value, last transaction, log; least significant byte first', () => {
    // START = 1 800 000 000 000 = 01A3185C5000
    expect(hex(BASE)).toEqual([
      '220 120',
      `03${'01000000'}${'11000000'}${'00505C18A301'}${'88FFFFFF'}${'70030000'}FF0000`,
      `03${'11000000'}${'00505C18A301'}${'88FFFFFF'}`,
    ]);
  });

  test('a free ride touches no value file; an action blocks by a bit of the type', () => {
    const free = hex({ ...BASE, amount: amountOf(0), held: 5, action: { serial: 9, kind: 'block' } });
    expect(free).toHaveLength(2);
    expect(free?.[0]).toMatch(/^83.*FF00000509000000$/);
  });

  test('a purchase writes its slot, a validation its id and uses', () => {
    const place = { slot: 2, uses: 0, id: '17-4711' };
    const bought = { id: '17-4711', code: 'day', maxUses: 10, validUntil: START };
    expect(hex({ ...BASE, type: 'purchase', held: 4, product: { ...place, bought } })?.[2]).toBe(
      `1100000067120000000001000000${'0A00'}02${'000000000000'}${'00505C18A301'}${'646179'.padEnd(32, '0')}`,
    );
    expect(hex({ ...BASE, amount: amountOf(0), type: 'validation', product: { ...place, uses: 3 } })?.[1]).toBe(
      '11000000671200000300',
    );
  });

  test('what a card has no room for is not written', () => {
    const amount = (value: number) => ({ amount: amountOf(value) });
    const tooMuch = [
      amount(2 ** 31),
      amount(-(2 ** 31)),
      { balance: amountOf(2 ** 31) },
      { mediumSerial: 2 ** 32 },
      { time: 2 ** 48 },
    ];
    const products = [
      { uses: 65_536 },
      { id: 'P1' },
      { bought: { id: '1-1', code: '' } },
      { bought: { id: '1-1', code: 'c', maxUses: 0 } },
    ];
    for (const change of tooMuch) expect(writesOf({ ...BASE, ...change })).toBeNull();
    for (const change of products) {
      expect(writesOf({ ...BASE, product: { slot: 0, uses: 1, id: '1-1', ...change } })).toBeNull();
    }
    expect(writesOf({ ...BASE, action: { serial: -1, kind: 'block' } })).toBeNull();
  });

  test('a file that no terminal of ours wrote', () => {
    expect(lastTransactionOf(new Uint8Array(31))).toBe('blank');
    expect(lastTransactionOf(Uint8Array.from({ length: 31 }, (_, at) => (at === 30 ? 1 : 0)))).toBeNull();
    expect(lastTransactionOf(new Uint8Array(31).fill(0x7f))).toBeNull();
    expect(lastTransactionOf(new Uint8Array(31).fill(0x80))).toBeNull();
  });

  test('the reader identity of a terminal', () => {
    expect(toHex(readerIdOf(4711))).toBe('52455441506712000000000000000000');
    expect(terminalOfReaderId(readerIdOf(4711))).toBe(4711);
    for (const id of [
      new Uint8Array(16),
      readerIdOf(1).subarray(1),
      concat(readerIdOf(1), [0]),
      readerIdOf(1).fill(1, 12),
    ]) {
      expect(terminalOfReaderId(id)).toBeNull();
    }
  });
});
