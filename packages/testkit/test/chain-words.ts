/** Records for tests of the oracle, said as they happen: an opening, and taps after a record. */
import type { OracleRecord } from '../src/index.ts';

type Told = Partial<Record<string, unknown>>;

/** T1 opens medium M with a balance of 100 at 100. */
export function opening(told: Told = {}): OracleRecord {
  const base = { terminal: 1, serial: 1, type: 'open', medium: 'M', time: 100, amount: 100, balance: 100 };
  return { ...base, status: 'successful', ...told } as OracleRecord;
}

/** T2 debits 10, a hundred milliseconds after the record whose commit the medium shows. */
export function debit(after: OracleRecord, told: Told = {}): OracleRecord {
  const amount = told.amount === undefined ? -10 : Number(told.amount);
  const read = { medium: after.medium, lastTime: after.time, lastTerminal: after.terminal };
  const base = { terminal: 2, serial: 1, type: 'debit', ...read, time: after.time + 100, status: 'successful' };
  return { ...base, amount, balance: after.balance + amount, ...told } as OracleRecord;
}

export function purchase(after: OracleRecord, product: object, told: Told = {}): OracleRecord {
  return debit(after, { type: 'purchase', product: { id: 'p', code: 'DAY', ...product }, ...told });
}

export function validation(after: OracleRecord, told: Told = {}): OracleRecord {
  return debit(after, { type: 'validation', productId: 'p', amount: 0, ...told });
}

/** A terminal reads the medium as the record left it, and changes nothing. */
export function observation(after: OracleRecord, told: Told = {}): OracleRecord {
  const { amount: _, status: __, ...read } = debit(after, { amount: 0, ...told }) as unknown as Record<string, unknown>;
  return { ...read, type: 'observation' } as unknown as OracleRecord;
}
