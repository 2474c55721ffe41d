/** The audit log of one database. */
import type { Time } from '@retap/model';
import type { Database } from '../database/database.ts';
import { appendAudit } from './append.ts';
import { Checkpoints, newestCheckpoint } from './checkpoint.ts';
import { exportLines } from './export.ts';
import type { AuditLog } from './port.ts';
import { auditEntries } from './read.ts';

export function auditLogOf(database: Database, now: () => Time): AuditLog {
  const checkpoints = new Checkpoints(database);
  return {
    entries: (query) => auditEntries(database, query),
    append: (entry) => appendAudit(database, { at: now(), ...entry }),
    checkpoint: (sign) => checkpoints.sign(sign, now()),
    newestCheckpoint: () => newestCheckpoint(database),
    lines: (from, count) => exportLines(database, from, count),
  };
}
