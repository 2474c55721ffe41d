/** The three ways to the same rows, each timed alone; the bench alternates them. */
import { openCentral } from '@retap/central';
import type pg from 'pg';
import type { Shell } from '../shell.ts';
import { copyRows, encoded } from './raw-copy.ts';
import type { Workload } from './workload.ts';

/** Records of the slow way: its rate needs no more. */
export const ONE_BY_ONE_MAX = 2_000;

/** All seconds are of the work alone: no schema, no encoding of what stands ready beforehand. */
export async function fullProcessing(database: string, { pieces, records }: Workload, shell: Shell): Promise<number> {
  const central = await openCentral({ database, now: shell.now });
  try {
    const start = shell.elapsed();
    for (const body of pieces) {
      await central.receive([{ form: 'journal', body }]);
      while ((await central.reconcile()) > 0);
    }
    const seconds = (shell.elapsed() - start) / 1_000;
    const totals = await central.totals(shell.now());
    if (totals.records !== records.length || totals.waiting > 0)
      throw new Error('the centre did not process every record');
    return seconds;
  } finally {
    await central.close();
  }
}

export async function rawCopy(client: pg.Client, { records }: Workload, shell: Shell): Promise<number> {
  await client.query('drop table if exists raw_record; create table raw_record (like record including all)');
  const chunks = encoded(records);
  const start = shell.elapsed();
  await copyRows(client, chunks);
  const seconds = (shell.elapsed() - start) / 1_000;
  const { rows } = await client.query<{ count: string }>('select count(*) from raw_record');
  if (Number(rows[0]?.count) !== records.length) throw new Error('COPY did not keep every row: its rate means nothing');
  return seconds;
}

/** What many systems do: for each record one SQL transaction that keeps it and moves its account. */
export async function oneByOne(client: pg.Client, { records }: Workload, shell: Shell): Promise<number> {
  await client.query(`
    drop table if exists raw_record, raw_account;
    create table raw_record (like record including all);
    create table raw_account (medium text primary key, balance bigint not null, last_time bigint not null)`);
  const some = records.slice(0, ONE_BY_ONE_MAX);
  const ids = new Map<string, number>();
  const start = shell.elapsed();
  for (const record of some) {
    const id = ids.get(record.medium) ?? ids.size + 1;
    ids.set(record.medium, id);
    await client.query('begin');
    await client.query(
      `insert into raw_record (time, last_time, amount, balance, receipt, terminal, serial, medium_id, type, status, has_log, extras)
       values ($1, $2, $3, $4, 1, $5, $6, $7, $8, $9, false, false) on conflict do nothing`,
      [
        record.time,
        record.type === 'open' ? null : record.lastTime,
        record.type === 'observation' ? null : record.amount,
        record.balance,
        record.terminal,
        record.serial,
        id,
        record.type,
        record.type === 'observation' ? null : record.status,
      ],
    );
    await client.query(
      `insert into raw_account values ($1, $2, $3)
       on conflict (medium) do update set balance = excluded.balance, last_time = excluded.last_time`,
      [record.medium, record.balance, record.time],
    );
    await client.query('commit');
  }
  return (shell.elapsed() - start) / 1_000;
}
