/** Tells what happens, in the SQL transaction in which it happens: it is told if that commits, and not otherwise. */
import type { Sql } from '../database/database.ts';
import type { NewEvent } from './port.ts';

/** Locks nothing, so it may stand anywhere in a transaction. */
export async function appendEvents(sql: Sql, events: readonly NewEvent[]): Promise<void> {
  if (events.length === 0) return;
  await sql.rows(
    `insert into event_waiting (at, type, data)
     select u.at, u.type, u.data from unnest($1::bigint[], $2::text[], $3::text[]) with ordinality as u (at, type, data, n)
     order by u.n`,
    [events.map(({ at }) => at), events.map(({ type }) => type), events.map(({ data }) => JSON.stringify(data))],
  );
}
