import type { JournalRecord } from '@retap/model';
import { expect } from 'vitest';

const NAME = /^[0-9A-Za-z._-]{1,64}$/;
const COMMON = ['terminal', 'serial', 'type', 'medium', 'time', 'balance'];
const READ = [...COMMON, 'lastTime', 'lastTerminal', 'mediumSerial?', 'log?'];
const REMARKS = ['reason?', 'counterparty?', 'refersTo?', 'action?', 'proof?'];
const EXECUTED = [...READ, 'amount', 'status', ...REMARKS];
const KEYS: Record<JournalRecord['type'], readonly string[]> = {
  open: [...COMMON, 'amount', 'status'],
  observation: READ,
  refill: EXECUTED,
  debit: EXECUTED,
  purchase: [...EXECUTED, 'product'],
  validation: [...EXECUTED, 'productId'],
};

/** The table of the specification's "Records": no record that breaks it may come out of a generator. */
export function expectWellFormed(record: JournalRecord): void {
  const said = JSON.stringify(record);
  const keys = KEYS[record.type];
  const unknown = Object.keys(record).filter((key) => !keys.includes(key) && !keys.includes(`${key}?`));
  const missing = keys.filter((key) => !key.endsWith('?') && !(key in record));
  expect([unknown, missing], said).toEqual([[], []]);
  const integers: [number | undefined, number, number][] = [
    [record.terminal, 1, 2 ** 31 - 1],
    [record.serial, 1, 2 ** 31 - 1],
    [record.time, 0, 2 ** 48 - 1],
    [record.balance, -(2 ** 40), 2 ** 40],
  ];
  if (record.type !== 'observation') integers.push([record.amount, -(2 ** 40), 2 ** 40]);
  if (record.type === 'open') expect(record.balance).toBe(record.amount);
  else {
    integers.push([record.lastTime, 0, 2 ** 48 - 1], [record.lastTerminal, 1, 2 ** 31 - 1]);
    if ('mediumSerial' in record) integers.push([record.mediumSerial, 0, 2 ** 31 - 1]);
    for (const entry of record.log ?? []) {
      integers.push(
        [entry.time, 0, 2 ** 48 - 1],
        [entry.terminal, 1, 2 ** 31 - 1],
        [entry.balance, -(2 ** 40), 2 ** 40],
      );
    }
    expect(record.log?.length ?? 0).toBeLessThanOrEqual(16);
  }
  for (const [value, low, high] of integers) {
    const inRange = Number.isInteger(value) && !Object.is(value, -0) && Number(value) >= low && Number(value) <= high;
    expect(inRange, said).toBe(true);
  }
  const names = [record.medium];
  if (record.type === 'purchase') names.push(record.product.id, record.product.code);
  if (record.type === 'validation') names.push(record.productId);
  for (const name of names) expect(name).toMatch(NAME);
  if ('status' in record) expect(['successful', 'unsuccessful', 'unverified']).toContain(record.status);
}
