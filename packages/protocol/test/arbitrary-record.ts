/** Records of every type with every optional key there or not, for property tests. */
import { type Amount, COMMIT_STATUSES, type JournalRecord } from '@retap/model';
import fc from 'fast-check';

const number = fc.integer({ min: 1, max: 2 ** 31 - 1 });
const count = fc.integer({ min: 0, max: 2 ** 31 - 1 });
const time = fc.integer({ min: 0, max: 2 ** 48 - 1 });
const amount = fc.integer({ min: -(2 ** 40), max: 2 ** 40 }) as fc.Arbitrary<Amount>;
const name = fc.stringMatching(/^[0-9A-Za-z._-]{1,64}$/);
const hexadecimal = fc.stringMatching(/^[0-9A-Fa-f]{1,64}$/);
const status = fc.constantFrom(...COMMIT_STATUSES);

const every = { terminal: number, serial: number, medium: name, time, balance: amount };
const reading = {
  ...every,
  lastTime: time,
  lastTerminal: number,
  mediumSerial: count,
  log: fc.array(
    fc.record(
      { time, terminal: number, amount, balance: amount, mediumSerial: count },
      { requiredKeys: ['time', 'terminal', 'amount', 'balance'] },
    ),
    { maxLength: 16 },
  ),
};
const transaction = {
  ...reading,
  amount,
  status,
  proof: fc.record(
    { counter: fc.maxSafeInteger(), mac: hexadecimal, previousReader: hexadecimal },
    { requiredKeys: ['counter', 'mac'] },
  ),
  action: fc.record({ serial: number, kind: name }),
  reason: name,
  counterparty: name,
  refersTo: fc.record({ terminal: number, serial: number }),
};
const product = fc.record(
  { id: name, code: name, validFrom: time, validUntil: time, maxUses: number },
  { requiredKeys: ['id', 'code'] },
);

const READ = ['terminal', 'serial', 'type', 'medium', 'time', 'balance', 'lastTime', 'lastTerminal'] as const;
const BOOKED = [...READ, 'amount', 'status'] as const;
const typed = <Type extends string>(type: Type) => ({ type: fc.constant(type) });

export const arbitraryRecord: fc.Arbitrary<JournalRecord> = fc.oneof(
  fc
    .record({ ...every, ...typed('open'), status: fc.constant('successful' as const) })
    .map((record) => ({ ...record, amount: record.balance })),
  fc.record({ ...transaction, ...typed('refill') }, { requiredKeys: [...BOOKED] }),
  fc.record({ ...transaction, ...typed('debit') }, { requiredKeys: [...BOOKED] }),
  fc.record({ ...transaction, ...typed('purchase'), product }, { requiredKeys: [...BOOKED, 'product'] }),
  fc.record({ ...transaction, ...typed('validation'), productId: name }, { requiredKeys: [...BOOKED, 'productId'] }),
  fc.record({ ...reading, ...typed('observation') }, { requiredKeys: [...READ] }),
) as fc.Arbitrary<JournalRecord>;

/** The same value with the keys of every object in another order. */
export function reversedKeys<Value>(value: Value): Value {
  if (Array.isArray(value)) return value.map(reversedKeys) as Value;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, reversedKeys(inner)]);
  return Object.fromEntries(entries.reverse()) as Value;
}
