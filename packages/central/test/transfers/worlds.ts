/** Sets of phones' records as nobody's phone writes them: whatever may be said, in whatever mixture. */
import { amountOf, type JournalRecord } from '@retap/model';
import { phoneMedium } from '@retap/protocol';
import fc from 'fast-check';
import type { Heard } from '../../src/transfers/anew.ts';

const PHONES = 3;
const SERIALS = 7;
const HOUR = 3_600_000;
export const FIRST_TIME = 1_000_000_000;

/** Of one phone, by its place among the three. */
type Step =
  | { readonly what: 'open' | 'observe' | 'cash-out'; readonly amount: number }
  | { readonly what: 'pay' | 'stray'; readonly to: number; readonly amount: number }
  | { readonly what: 'take'; readonly of: number; readonly serial: number; readonly amount: number }
  | {
      readonly what: 'refund';
      readonly to: number;
      readonly of: number;
      readonly serial: number;
      readonly amount: number;
    }
  | { readonly what: 'ordered'; readonly action: number; readonly kind: 'refill' | 'refund'; readonly amount: number };

const place = fc.integer({ min: 0, max: PHONES - 1 });
const serial = fc.integer({ min: 1, max: SERIALS });
const amount = fc.constantFrom(100, 100, 200);

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 1,
    arbitrary: fc.record({ what: fc.constantFrom('open', 'observe', 'cash-out'), amount: fc.constantFrom(0, 5) }),
  },
  { weight: 6, arbitrary: fc.record({ what: fc.constant('pay'), to: place, amount }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('stray'), to: place, amount }) },
  { weight: 6, arbitrary: fc.record({ what: fc.constant('take'), of: place, serial, amount }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('refund'), to: place, of: place, serial, amount }) },
  {
    weight: 2,
    arbitrary: fc.record({
      ...{ what: fc.constant('ordered'), action: fc.integer({ min: 1, max: 2 }), amount },
      kind: fc.constantFrom('refill', 'refund'),
    }),
  },
) as fc.Arbitrary<Step>;

interface Written {
  readonly step: Step;
  /** After the one before. */
  readonly afterMs: number;
  readonly status: 'successful' | 'unverified' | 'unsuccessful';
  /** Whether it read what the one before it wrote. */
  readonly follows: boolean;
  readonly counter: number | null;
  readonly received: boolean;
}

const written: fc.Arbitrary<Written> = fc.record({
  step,
  afterMs: fc.constantFrom(1, 60_000, 11 * 60_000, 15 * 60_000, 20 * HOUR, 80 * HOUR),
  status: fc.constantFrom('successful', 'successful', 'successful', 'unverified', 'unsuccessful'),
  follows: fc.constantFrom(true, true, true, false),
  counter: fc.constantFrom(null, null, null, 3),
  received: fc.constantFrom(true, true, true, true, false),
});

export interface Journals {
  readonly journals: readonly (readonly Written[])[];
  readonly registered: readonly boolean[];
  readonly orders: readonly {
    readonly of: number;
    readonly serial: number;
    readonly kind: 'refill' | 'refund';
    readonly amount: number;
  }[];
  readonly reclaimed: readonly { readonly of: number; readonly serial: number }[];
  readonly said: readonly { readonly of: number; readonly afterMs: number; readonly lastSerial: number }[];
  readonly asOfMs: number;
}

export const journals: fc.Arbitrary<Journals> = fc.record({
  journals: fc.array(fc.array(written, { maxLength: SERIALS }), { minLength: PHONES, maxLength: PHONES }),
  registered: fc.array(fc.boolean(), { minLength: PHONES, maxLength: PHONES }),
  orders: fc.uniqueArray(
    fc.record({ of: place, serial: fc.integer({ min: 1, max: 2 }), kind: fc.constantFrom('refill', 'refund'), amount }),
    { selector: ({ of, serial: one }) => `${of} ${one}`, maxLength: 4 },
  ),
  reclaimed: fc.uniqueArray(fc.record({ of: place, serial }), {
    selector: ({ of, serial: one }) => `${of} ${one}`,
    maxLength: 2,
  }),
  said: fc.array(
    fc.record({
      of: place,
      afterMs: fc.constantFrom(0, 15 * 60_000, 30 * HOUR),
      lastSerial: fc.integer({ min: 0, max: SERIALS }),
    }),
    { maxLength: 3 },
  ),
  asOfMs: fc.constantFrom(0, 15 * 60_000, 73 * HOUR, 200 * HOUR, 600 * HOUR),
});

export interface World {
  readonly phones: readonly number[];
  readonly records: readonly JournalRecord[];
  readonly heard: Heard;
  readonly said: readonly { readonly terminal: number; readonly saidAt: number; readonly lastSerial: number }[];
  readonly orders: readonly {
    readonly medium: string;
    readonly serial: number;
    readonly kind: string;
    readonly amount: number;
  }[];
  readonly reclaimed: readonly { readonly terminal: number; readonly serial: number }[];
  readonly asOf: number;
}

/** Most of what refers to a payment refers to one that there is. */
function aimed(drawn: Journals): Journals {
  const payments = drawn.journals.flatMap((journal, of) =>
    journal.flatMap(({ step: one }, index) =>
      'to' in one && one.what !== 'stray' ? [{ ...one, of, serial: index + 1 }] : [],
    ),
  );
  const hit = <One extends { serial: number }>(
    one: One,
    among: readonly { of: number; serial: number; amount: number }[],
  ): One => {
    const target = among[one.serial % Math.max(1, among.length)];
    return target === undefined || one.serial === SERIALS ? one : { ...one, of: target.of, serial: target.serial };
  };
  return {
    ...drawn,
    reclaimed: [
      ...new Map(
        drawn.reclaimed.map((one) => hit(one, payments)).map((one) => [`${one.of} ${one.serial}`, one]),
      ).values(),
    ],
    journals: drawn.journals.map((journal, at) => {
      const toIt = payments.filter(({ to }) => to === at);
      return journal.map((each) => ('of' in each.step ? { ...each, step: hit(each.step, toIt) } : each));
    }),
  };
}

/** @param base number before that of the first phone */
export function worldOf(mixture: Journals, base: number): World {
  const drawn = aimed(mixture);
  const phoneAt = (at: number) => base + 1 + at;
  const records = drawn.journals.flatMap((journal, at) => recordsOf(journal, phoneAt(at), phoneAt));
  const said = drawn.said.map(({ of, afterMs, lastSerial }) => ({
    ...{ terminal: phoneAt(of), saidAt: FIRST_TIME + afterMs, lastSerial },
  }));
  const orders = drawn.orders.map(({ of, ...order }) => ({ medium: phoneMedium(phoneAt(of)), ...order }));
  const reclaimed = drawn.reclaimed.map((one) => ({ terminal: phoneAt(one.of), serial: one.serial }));
  const phones = drawn.journals.map((_, at) => phoneAt(at));
  const greatest = new Map<number, { saidAt: number; lastSerial: number }>();
  for (const { terminal, saidAt, lastSerial } of said) {
    const before = greatest.get(terminal) ?? { saidAt: 0, lastSerial: 0 };
    const [at, last] = [Math.max(before.saidAt, saidAt), Math.max(before.lastSerial, lastSerial)];
    greatest.set(terminal, { saidAt: at, lastSerial: last });
  }
  return {
    ...{ phones, records, said, orders, reclaimed, asOf: FIRST_TIME + drawn.asOfMs },
    heard: {
      orders: new Map(orders.map(({ medium, serial: one, ...order }) => [`${medium} ${one}`, order])),
      reclaimed: new Set(reclaimed.map((one) => `${one.terminal}-${one.serial}`)),
      // Who wished for something back is registered.
      phones: new Set(
        phones.filter((phone, at) => drawn.registered[at] || reclaimed.some((one) => one.terminal === phone)),
      ),
      said: greatest,
    },
  };
}

function recordsOf(journal: readonly Written[], phone: number, phoneAt: (at: number) => number): JournalRecord[] {
  let time = FIRST_TIME;
  const records: JournalRecord[] = [];
  for (const [index, { step: one, afterMs, status, follows, counter, received }] of journal.entries()) {
    const lastTime = follows ? time : Math.max(0, time - 90_000);
    time += afterMs;
    const identity = { terminal: phone, serial: index + 1, time };
    const read = { lastTime, lastTerminal: phone, ...(counter === null ? {} : { mediumSerial: counter }) };
    const record = recordOf(
      one,
      { ...identity, ...read, status, medium: phoneMedium(phone), balance: amountOf(1_000) },
      phoneAt,
    );
    if (received) records.push(record);
  }
  return records;
}

function recordOf(
  one: Step,
  common: Omit<JournalRecord & { type: 'debit' }, 'type' | 'amount'>,
  phoneAt: (at: number) => number,
): JournalRecord {
  const medium = (at: number) => phoneMedium(phoneAt(at));
  const { terminal, serial: own, time, medium: account } = common;
  switch (one.what) {
    case 'open': {
      const balance = amountOf(one.amount);
      return {
        type: 'open',
        terminal,
        serial: own,
        time,
        medium: account,
        amount: balance,
        balance,
        status: 'successful',
      };
    }
    case 'observe': {
      const { status: _, ...read } = common;
      return { ...read, type: 'observation' };
    }
    case 'cash-out':
      return { ...common, type: 'debit', amount: amountOf(-one.amount), counterparty: 'centre', reason: 'cash-out' };
    case 'pay':
      return {
        ...common,
        type: 'debit',
        amount: amountOf(-one.amount),
        counterparty: medium(one.to),
        reason: 'payment-1',
      };
    case 'stray':
      return { ...common, type: 'debit', medium: medium(one.to), amount: amountOf(-one.amount) };
    case 'take': {
      const refersTo = { terminal: phoneAt(one.of), serial: one.serial };
      return { ...common, type: 'refill', amount: amountOf(one.amount), refersTo, reason: 'received' };
    }
    case 'refund': {
      const refersTo = { terminal: phoneAt(one.of), serial: one.serial };
      const amount = amountOf(-one.amount);
      return { ...common, type: 'debit', amount, counterparty: medium(one.to), refersTo, reason: 'refund' };
    }
    case 'ordered':
      return {
        ...common,
        type: 'refill',
        amount: amountOf(one.amount),
        action: { serial: one.action, kind: one.kind },
      };
  }
}
