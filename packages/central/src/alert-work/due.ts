/** What falls due as time passes, without any record: found by the indices of due times, from the last look on. */
import type { Time } from '@retap/model';
import type { Sql } from '../database/database.ts';

/**
 * Notes the subjects of what became late between two looks.
 * @param from, to of the times that became late: from ≤ time < to @returns how many
 */
export async function touchDue(sql: Sql, from: Time, to: Time): Promise<number> {
  if (from >= to) return 0;
  const media = await sql.rows(
    `insert into alert_touched (medium_id)
     select medium_id from condition where kind = 'missing-transaction' and since >= $1 and since < $2
     union
     select medium_id from pending_validation where time >= $1 and time < $2
     union
     select medium_id from account where opens = 0 and first_time >= $1 and first_time < $2
     union
     select medium_id from transfer_doubt where kind = 'refill-unbacked' and time >= $1 and time < $2
     returning id`,
    [from, to],
  );
  const terminals = await sql.rows(
    `insert into alert_touched (terminal)
     select distinct terminal from journal_run where first_serial > 1 and first_time >= $1 and first_time < $2
     returning id`,
    [from, to],
  );
  return media.length + terminals.length;
}

/**
 * A time in the future is one no longer when the clock has come near it. What waits to be looked at is not noted once more: it stays
 * a case until then, and of many that came due at once each look would note all, and take some.
 * @param horizon latest time that is no alert
 */
export async function touchCaughtUp(sql: Sql, horizon: Time): Promise<void> {
  await sql.rows(
    `insert into alert_touched (medium_id)
     select distinct m.id from alert_case c join medium m on m.medium = c.medium
     join record r on r.terminal = c.terminal and r.serial = (c.alert::json ->> 'serial')::integer
     where c.kind = 'future-time' and c.state <> 'cured' and r.time <= $1
       and not exists (select from alert_touched t where t.medium_id = m.id)`,
    [horizon],
  );
}
