/** Processes that stand still with partitions in their hands, so that nobody else can go on. */
import type { Database } from '../database/database.ts';

/**
 * Ends the sessions of such processes, where the database does not do it by itself. It ends a session that stands idle in
 * the middle of an SQL transaction (`idle_in_transaction_session_timeout`); but one whose client does not take the answer
 * to a question out of the socket is busy by its book, for ever where that is a Unix socket. After the same time it is put
 * out by whoever finds that nothing can be claimed. Its process, woken, finds a broken connection, and nothing was kept.
 */
export async function endStandstill(database: Database): Promise<void> {
  if (database.engine === 'embedded') return; // there is nobody else
  await database.rows(
    `select pg_terminate_backend(a.pid) from pg_stat_activity a
     where a.datname = current_database() and a.usename = current_user and a.pid <> pg_backend_pid()
       and a.state = 'active' and a.wait_event = 'ClientWrite'
       and a.query_start < clock_timestamp() - nullif(current_setting('idle_in_transaction_session_timeout'), '0')::interval
       and exists (
         select from pg_locks l where l.pid = a.pid and l.granted and l.mode = 'RowShareLock'
           and l.relation in ('partition'::regclass, 'progress'::regclass)
       )`,
  );
}
