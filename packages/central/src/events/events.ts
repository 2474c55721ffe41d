/**
 * The events in the database. Whoever tells one only adds it to those that wait, so that no two transactions wait for each
 * other by it; one process at a time then gives positions. So positions have no holes, and none becomes visible after a
 * greater one: who has read up to a position has missed nothing.
 */
import type { Database } from '../database/database.ts';
import type { Event, Events, EventType } from './port.ts';

/** Whoever holds it gives positions. */
const PLACE_LOCK = 1919251572;
const PLACED_A_STEP = 2_000;
const FORGOTTEN_A_STEP = 20_000;

export function eventsOf(database: Database): Events {
  return {
    place: () => place(database),
    async last() {
      const [row] = await database.rows<{ last: number }>('select last from event_place');
      return row?.last ?? 0;
    },
    async first() {
      const [row] = await database.rows<{ first: number }>(
        'select coalesce((select min(position) from event), (select last + 1 from event_place)) as first',
      );
      return row?.first ?? 1;
    },
    async after(position, { types, limit }) {
      const rows = await database.rows<{ position: number; at: number; type: EventType; data: string }>(
        `select position, at, type, data from event
         where position > $1 and ($2::text[] is null or type = any($2)) order by position limit $3`,
        [position, types ? [...types] : null, limit],
      );
      return rows.map((row): Event => ({ ...row, data: JSON.parse(row.data) }));
    },
    async forget({ before, countMax }) {
      const [row] = await database.rows<{ count: number }>(
        `with gone as (
           delete from event where position in (
             select position from event
             where position <= (select last from event_place) - $2::bigint
               or position < (select min(position) from event where at >= $1)
               or not exists (select from event where at >= $1)
             order by position limit $3)
           returning 1)
         select count(*) as count from gone`,
        [before, countMax, FORGOTTEN_A_STEP],
      );
      return row?.count ?? 0;
    },
  };
}

function place(database: Database): Promise<number> {
  return database.transaction(async (sql) => {
    const [waiting] = await sql.rows('select from event_waiting limit 1');
    if (!waiting) return 0;
    const [lock] = await sql.rows<{ held: boolean }>('select pg_try_advisory_xact_lock($1) as held', [PLACE_LOCK]);
    if (!lock?.held) return 0; // another process is at it
    const [row] = await sql.rows<{ last: number }>('select last from event_place');
    if (!row) throw new Error('the row of places is missing');
    const placed = await sql.rows(
      `with moved as (
         delete from event_waiting where id in (select id from event_waiting order by id limit $2) returning *)
       insert into event (position, at, type, data)
       select $1::bigint + row_number() over (order by id), at, type, data from moved returning position`,
      [row.last, PLACED_A_STEP],
    );
    await sql.rows('update event_place set last = last + $1', [placed.length]);
    return placed.length;
  });
}
