/** The audit log of one database. */
import type { Time } from '@retap/model';
import type { Database } from '../database/database.ts';
import { appendAudit } from './append.ts';
import type { AuditLog } from './port.ts';
import { auditEntries } from './read.ts';

export function auditLogOf(database: Database, now: () => Time): AuditLog {
  return {
    entries: (query) => auditEntries(database, query),
    append: (entry) => appendAudit(database, { at: now(), ...entry }),
  };
}
