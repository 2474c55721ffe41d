/** Adds to the audit log. */
import type { Sql } from '../database/database.ts';
import { keptEntry, restOfLine } from './line.ts';
import type { AuditEntry } from './port.ts';

/**
 * The entry is in the log when the SQL transaction of `sql` commits, and not otherwise; it may be called anywhere in it, for
 * nothing is locked before the commit. For what was refused and changes nothing, outside of one.
 * @throws RangeError for a `what` that is no dotted word, a number that is no safe integer, or 64 KiB of detail
 */
export async function appendAudit(sql: Sql, entry: AuditEntry): Promise<void> {
  const kept = keptEntry(entry);
  await sql.rows(
    `insert into audit_waiting (at, who, what, object, outcome, detail, rest) values ($1, $2, $3, $4, $5, $6, $7)`,
    [kept.at, kept.who, kept.what, kept.object, kept.outcome, kept.detail, restOfLine(kept)],
  );
}
