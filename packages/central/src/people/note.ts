/** What people did, in the audit log. */
import type { Time } from '@retap/model';
import { appendAudit } from '../audit/append.ts';
import type { AuditDetail } from '../audit/port.ts';
import type { Sql } from '../database/database.ts';
import type { Reason } from '../registry/port.ts';

/** What somebody did to somebody, or to themselves; in the SQL transaction of the change. */
export function noteChange(
  sql: Sql,
  what: string,
  name: string,
  { who, why }: Reason,
  at: Time,
  detail: Readonly<Record<string, AuditDetail>> = {},
): Promise<void> {
  const told = why === '' ? detail : { ...detail, why };
  return appendAudit(sql, { at, who, what, object: `person ${name}`, outcome: 'done', detail: told });
}

/** What somebody does to themselves. */
export function bySelf(name: string): Reason {
  return { who: `@${name}`, why: '' };
}
