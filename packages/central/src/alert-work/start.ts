/** The first look, and the first one after a rebuild: everything of which an alert may be read, and every case. */
import type { Sql } from '../database/database.ts';
import { lockProgress } from '../receive/progress.ts';

/**
 * From here on what changes is noted. Whoever is receiving or reconciling just now does not note it yet, so we wait for
 * them to end, and only then read what there is.
 * @param sql a transaction that holds the lock of the watch
 */
export async function startWatch(sql: Sql, horizon: number): Promise<void> {
  await lockProgress(sql);
  await sql.rows('select from partition order by id for update');
  await sql.rows('update alert_watch set started = true');
  await sql.script(`
    delete from alert_touched; -- not truncate, which the service's role may not
    insert into alert_touched (medium_id)
      select medium_id from condition union select medium_id from clone_member union select medium_id from pending_validation
      union select medium_id from account where opens <> 1 union select medium_id from record where balance < 0
      union select medium_id from transfer_doubt
      union select m.id from alert_case c join medium m on m.medium = c.medium where c.state <> 'cured';
    insert into alert_touched (terminal)
      select terminal from journal_run where first_serial > 1 union select terminal from time_disorder
      union select terminal from conflict union select terminal from chain_break union select terminal from terminal_clock
      union select terminal from alert_case where medium is null and terminal is not null and state <> 'cured';
  `);
  await sql.rows(
    `insert into alert_touched (medium_id) select medium_id from account
     where max_time > $1 and (select latest_time from progress) > $1`,
    [horizon],
  );
  await touchProofs(sql);
}

/** All media of which the cards' proofs say something, or did. */
export async function touchProofs(sql: Sql): Promise<void> {
  await sql.script(`
    insert into alert_touched (medium_id)
      select medium_id from proof where verdict in ('invalid', 'missing')
      union select medium_id from proof where verdict = 'none' and contradicted
      union select medium_id from proof where reader_differs
      union select medium_id from proof_repeated union select medium_id from proof_shift where least < greatest
      union select m.id from alert_case c join medium m on m.medium = c.medium
        where c.kind like 'proof-%' and c.state <> 'cured';
  `);
}
