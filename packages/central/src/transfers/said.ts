/** What phones said of themselves, signed. */
import type { TerminalNumber, Time } from '@retap/model';
import type { Sql } from '../database/database.ts';

export interface Said {
  readonly terminal: TerminalNumber;
  /** It makes no record before this time any more. */
  readonly saidAt: Time;
  readonly lastSerial: number;
}

/**
 * The greatest of each, so that in whatever order they come the same is kept. Of a phone that once said more than it says now, all
 * that it ever said to have has to be here before anything is concluded from its silence.
 */
export async function keepSaid(sql: Sql, { terminal, saidAt, lastSerial }: Said): Promise<void> {
  await sql.rows(
    `insert into phone_said as s values ($1, $2, $3)
     on conflict (terminal) do update set said_at = greatest(s.said_at, excluded.said_at),
       last_serial = greatest(s.last_serial, excluded.last_serial)
     where (s.said_at, s.last_serial) is distinct from
       (greatest(s.said_at, excluded.said_at), greatest(s.last_serial, excluded.last_serial))`,
    [terminal, saidAt, lastSerial],
  );
}
