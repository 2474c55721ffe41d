/** Counts over the registry. Phones are not of the fleet: they come and go as their owners like, and hold no lists. */
import type { Time } from '@retap/model';
import type { Sql } from '../database/database.ts';
import type { Fleet, FleetOptions } from './port.ts';

export async function fleetOf(sql: Sql, options: FleetOptions, now: Time): Promise<Fleet> {
  const [states, active, missing, behind] = await Promise.all([
    countsBy(sql, `select state::text as name, count(*) from terminal t where ${OF_FLEET} group by state`),
    activeTerminals(sql, options, now),
    terminalsWithMissing(sql),
    countsBy(sql, BEHIND),
  ]);
  return { terminals: states, ...active, withMissing: missing, behind };
}

const OF_FLEET = "t.role not in ('person', 'merchant')";

/** A terminal that never said which versions it holds is behind, too. */
const BEHIND = `
  select newest.kind::text as name, count(*) filter (where coalesce(h.version, 0) < newest.version) as count
  from (select kind, max(version) as version from list_version group by kind) newest
  cross join terminal t
  left join list_held h on h.terminal = t.terminal and h.kind = newest.kind
  where t.state = 'active' and ${OF_FLEET} group by newest.kind`;

async function countsBy(sql: Sql, text: string): Promise<Readonly<Record<string, number>>> {
  const rows = await sql.rows<{ name: string; count: number }>(text);
  return Object.fromEntries(rows.map(({ name, count }) => [name, count]));
}

type Active = Pick<Fleet, 'silent' | 'licenceExpired' | 'licenceEnding' | 'clockOff' | 'clockOffsetMax'>;

/** As the terminal has measured and signed it; only of one that never did, what came with an upload, the way of the upload in it. */
const OFFSET = 'coalesce(c.clock_offset, s.clock_offset)';

async function activeTerminals(sql: Sql, { silentMs, endingMs, clockOffMs }: FleetOptions, now: Time): Promise<Active> {
  const [row] = await sql.rows<Active>(
    `select count(*) filter (where coalesce(s.seen_at, t.issued_at) < $1) as silent,
       count(*) filter (where t.expires_at <= $2) as "licenceExpired",
       count(*) filter (where t.expires_at > $2 and t.expires_at <= $3) as "licenceEnding",
       count(*) filter (where abs(${OFFSET}) > $4) as "clockOff",
       max(abs(${OFFSET})) as "clockOffsetMax"
     from terminal t left join terminal_seen s on s.terminal = t.terminal
     left join terminal_clock c on c.terminal = t.terminal where t.state = 'active' and ${OF_FLEET}`,
    [now - silentMs, now, now + endingMs, clockOffMs],
  );
  if (!row) throw new Error('counts without a row');
  return row;
}

async function terminalsWithMissing(sql: Sql): Promise<number> {
  const [row] = await sql.rows<{ count: number }>(
    `select count(*) from (
       select terminal from journal_run group by terminal
       having max(last_serial)::bigint > sum(last_serial::bigint - first_serial + 1)) t`,
  );
  return row?.count ?? 0;
}
