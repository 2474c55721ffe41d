/** When a terminal was last heard of, and how its clock stands. */
import type { TerminalNumber, Time } from '@retap/model';
import type { Sql } from '../database/database.ts';
import { columnsOf } from '../database/literal.ts';
import { appendEvents } from '../events/append.ts';

export interface Sighting {
  readonly terminal: TerminalNumber;
  /** By the terminal's clock, as the upload came; undefined where it does not say. */
  readonly sentAt: Time | undefined;
}

/** @param now by the centre's clock */
export async function keepSightings(sql: Sql, sightings: readonly Sighting[], now: Time): Promise<void> {
  const last = [...new Map(sightings.map((sighting) => [sighting.terminal, sighting])).values()];
  if (last.length === 0) return;
  const rows = await sql.rows<{ terminal: TerminalNumber; is_first: boolean }>(
    `insert into terminal_seen (terminal, seen_at, clock_offset)
     select * from unnest($1::integer[], $2::bigint[], $3::bigint[])
     on conflict (terminal) do update
       set seen_at = excluded.seen_at, clock_offset = coalesce(excluded.clock_offset, terminal_seen.clock_offset)
     returning terminal, xmax = 0 as is_first`,
    columnsOf(
      last,
      (l) => l.terminal,
      () => now,
      // offset = the centre's clock − the terminal's, the way of the upload in it
      (l) => (l.sentAt === undefined ? null : now - l.sentAt),
    ),
  );
  const first = rows.filter(({ is_first }) => is_first);
  await appendEvents(
    sql,
    first.map(({ terminal }) => ({ at: now, type: 'terminal.seen-first', data: { terminal } })),
  );
}
