/** A cause that is known and need not be heard of for a time. Nothing wakes it: whoever reads looks at the time. */
import type { Time } from '@retap/model';
import { appendAudit } from '../audit/append.ts';
import type { Database } from '../database/database.ts';
import type { Reason } from '../registry/port.ts';
import { OPEN } from './groups.ts';
import type { AlertCause, Silence } from './port.ts';

export function silence(
  database: Database,
  cause: AlertCause,
  until: Time,
  { who, why }: Reason,
  at: Time,
): Promise<Silence | null> {
  return database.transaction(async (sql) => {
    const entry = { at, who, what: 'alert.silenced', object: `alert group ${cause}` };
    const [open] = await sql.rows(`select from alert_case where cause = $1 and ${OPEN} limit 1`, [cause]);
    if (!open) {
      await appendAudit(sql, { ...entry, outcome: 'refused', detail: { why, until, refusal: 'group-unknown' } });
      return null;
    }
    const [before] = await sql.rows<Silence>(
      'select until, at, who, why from alert_silence where cause = $1 for update',
      [cause],
    );
    // The same once more is nothing new, whoever says it.
    if (before?.until === until && before.why === why && until > at) return before;
    await sql.rows(
      `insert into alert_silence values ($1, $2, $3, $4, $5)
       on conflict (cause) do update set until = excluded.until, at = excluded.at, who = excluded.who, why = excluded.why`,
      [cause, until, at, who, why],
    );
    await appendAudit(sql, { ...entry, outcome: 'done', detail: { why, until } });
    return { until, at, who, why };
  });
}

export function unsilence(database: Database, cause: AlertCause, who: string, at: Time): Promise<boolean> {
  return database.transaction(async (sql) => {
    const [gone] = await sql.rows<{ until: Time }>('delete from alert_silence where cause = $1 returning until', [
      cause,
    ]);
    if (!gone || gone.until <= at) return false;
    const entry = { at, who, what: 'alert.unsilenced', object: `alert group ${cause}` };
    await appendAudit(sql, { ...entry, outcome: 'done', detail: { until: gone.until } });
    return true;
  });
}
