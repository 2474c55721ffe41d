/** Checkpoints: what the centre's identity has signed of the log. */
import type { Time } from '@retap/model';
import { encodeAuditCheckpoint, type Sign } from '@retap/protocol';
import type { Database, Sql } from '../database/database.ts';
import { CentralError } from '../error.ts';
import type { KeptCheckpoint } from './port.ts';

/** The newest checkpoint, made anew where the log has grown; null for an empty log. */
export class Checkpoints {
  readonly #database: Database;
  /** Signed by this process: not even the database can make it sign another history after that. */
  #signed: KeptCheckpoint | null = null;

  constructor(database: Database) {
    this.#database = database;
  }

  /** @throws CentralError `audit-log-rewritten` where the log is not the one that was signed before */
  async sign(sign: Sign, at: Time): Promise<KeptCheckpoint | null> {
    const database = this.#database;
    const newest = await newestCheckpoint(database);
    for (const before of [this.#signed, newest]) if (before) await expectExtended(database, before);
    // What is committed never changes, so no lock is needed: whatever comes meanwhile is for the next checkpoint.
    const [last] = await database.rows<{ log: Buffer; size: number; head: Buffer }>(
      'select l.id as log, a.id as size, a.hash as head from audit a, audit_log l order by a.id desc limit 1',
    );
    if (!last) return null;
    if (newest && last.size <= newest.size) return newest;
    const made = { size: last.size, head: Uint8Array.from(last.head), at };
    const document = await encodeAuditCheckpoint({ ...made, log: Uint8Array.from(last.log) }, sign);
    // Another process may have signed the same size in this moment: the first one stands.
    await database.rows('insert into audit_checkpoint values ($1, $2, $3, $4) on conflict do nothing', [
      ...[made.size, made.at, Buffer.from(made.head), Buffer.from(document)],
    ]);
    this.#signed = { ...made, document };
    return newestCheckpoint(database);
  }
}

async function expectExtended(sql: Sql, { size, head }: KeptCheckpoint): Promise<void> {
  const [entry] = await sql.rows<{ hash: Buffer }>('select hash from audit where id = $1', [size]);
  if (entry && Buffer.compare(entry.hash, head) === 0) return;
  throw new CentralError(
    'audit-log-rewritten',
    `the audit log does not hold the entry ${size} that was signed; somebody has changed it in the database. ` +
      "'retap audit verify' with a checkpoint kept elsewhere says what differs",
  );
}

export async function newestCheckpoint(sql: Sql): Promise<KeptCheckpoint | null> {
  return (await checkpointsFrom(sql, 0, Number.MAX_SAFE_INTEGER, 'desc limit 1'))[0] ?? null;
}

/** Of sizes from `first` to `last`. */
export async function checkpointsFrom(
  sql: Sql,
  first: number,
  last: number,
  order: 'asc' | 'desc limit 1' = 'asc',
): Promise<KeptCheckpoint[]> {
  const rows = await sql.rows<{ size: number; at: Time; head: Buffer; document: Buffer }>(
    `select size, at, head, document from audit_checkpoint where size between $1 and $2 order by size ${order}`,
    [first, last],
  );
  return rows.map(({ size, at, head, document }) => ({
    ...{ size, at, head: Uint8Array.from(head), document: Uint8Array.from(document) },
  }));
}
