/** What many systems do: for each record one SQL transaction that keeps it and moves its account. */
import type { JournalRecord } from '@retap/model';
import pg from 'pg';
import type { Shell } from '../shell.ts';

const CONNECTIONS = 8;

interface Column {
  readonly name: string;
  readonly type: string;
}

/**
 * @param records the first of those that the centre in this schema has
 * @returns records a second
 */
export async function oneByOne(
  url: string,
  client: pg.Client,
  records: readonly JournalRecord[],
  shell: Shell,
): Promise<number> {
  await client.query(`
    drop table if exists single_record, single_account;
    create table single_record (like record including all);
    create table single_account (medium text primary key, balance bigint not null, last_time bigint not null)`);
  const columns = await columnsOf(client);
  const rows = await rowsOf(client, columns, records);
  const places = columns.map(({ type }, index) => `$${index + 1}::${type}`);
  const insert = `insert into single_record (${columns.map(({ name }) => `"${name}"`).join(', ')}) values (${places.join(', ')})`;
  const clients = await Promise.all(Array.from({ length: CONNECTIONS }, () => connected(url)));
  try {
    let next = 0;
    const work = async (own: pg.Client): Promise<void> => {
      for (let at = next++; at < records.length; at = next++) {
        const { medium, balance, time } = records[at] as JournalRecord;
        await own.query('begin');
        await own.query({ name: 'keep', text: insert, values: rows[at] as string[] });
        await own.query({ name: 'move', text: MOVE, values: [medium, balance, time] });
        await own.query('commit');
      }
    };
    const start = shell.elapsed();
    await Promise.all(clients.map(work));
    return records.length / ((shell.elapsed() - start) / 1_000);
  } finally {
    await Promise.all(clients.map((own) => own.end()));
    await client.query('drop table single_record, single_account');
  }
}

const MOVE = `insert into single_account values ($1, $2, $3)
  on conflict (medium) do update set balance = excluded.balance, last_time = excluded.last_time`;

async function connected(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return client;
}

async function columnsOf(client: pg.Client): Promise<Column[]> {
  const { rows } = await client.query<Column>(
    `select attname as name, format_type(atttypid, atttypmod) as type from pg_attribute
     where attrelid = 'record'::regclass and attnum > 0 and not attisdropped and attgenerated = '' order by attnum`,
  );
  return rows;
}

/** As the centre has made them, in the order of the records. */
async function rowsOf(
  client: pg.Client,
  columns: readonly Column[],
  records: readonly JournalRecord[],
): Promise<(string | null)[][]> {
  const { rows } = await client.query<Record<string, string | null>>({
    text: `select ${columns.map(({ name }) => `r."${name}"::text`).join(', ')}
      from unnest($1::integer[], $2::integer[]) with ordinality as k (terminal, serial, place)
      join record r on r.terminal = k.terminal and r.serial = k.serial order by k.place`,
    values: [records.map(({ terminal }) => terminal), records.map(({ serial }) => serial)],
  });
  if (rows.length !== records.length) throw new Error(`the centre has ${rows.length} of ${records.length} records`);
  return rows.map((row) => columns.map(({ name }) => row[name] ?? null));
}
