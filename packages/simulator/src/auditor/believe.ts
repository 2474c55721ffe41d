/** Reads what a centre believes, and names a state by its hash. */
import { createHash } from 'node:crypto';
import type { Configuration, Time } from '@retap/model';
import type { AuditedCentral } from './central.ts';
import type { Belief } from './sight.ts';

/** Once the centre has reconciled all that it received. */
export async function beliefOf(central: AuditedCentral, asOf: Time, configuration: Configuration): Promise<Belief> {
  await central.drain();
  const report = central.report(asOf, configuration);
  try {
    const accounts = await listed(report.accounts());
    const transactions = await listed(report.transactions());
    return { asOf, accounts, transactions, alerts: await listed(report.alerts()) };
  } finally {
    await report.close();
  }
}

/** Equal for equal states; the order of alerts and of keys means nothing. */
export function digestOf({ accounts, transactions, alerts }: Belief): string {
  const hash = createHash('sha256');
  for (const account of accounts) hash.update(canonical(account));
  for (const transaction of transactions) hash.update(canonical(transaction));
  for (const alert of alerts.map(canonical).sort()) hash.update(alert);
  return hash.digest('hex');
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, each]) => `${key}:${canonical(each)}`).join(',')}}`;
}

async function listed<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
}
