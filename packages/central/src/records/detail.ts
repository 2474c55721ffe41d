/** One record with all that is known of it (docs/console.md, "A record"). */
import { inflateRawSync } from 'node:zlib';
import type { Amount, CommitStatus, RecordIdentity } from '@retap/model';
import type { BatchForm } from '@retap/protocol';
import type { Sql } from '../database/database.ts';
import { chainOf } from '../read/chain.ts';
import { FACT, type FactRow, factOf } from '../reconcile/sql/fact-row.ts';
import { evidenceOf } from './evidence.ts';
import { RESOLVED } from './list.ts';
import type { ProofOfRecord, RecordDetail, RecordLine } from './port.ts';
import { foundInBody } from './raw.ts';

const CONFLICTS_MAX = 20;

interface Row extends FactRow {
  readonly medium: string;
  readonly receipt: number;
  readonly reconciled: boolean;
  readonly status_now: CommitStatus | null;
  readonly received_at: number;
  readonly form: BatchForm;
  readonly digest: string;
  readonly accepted: number;
  readonly quarantined: number;
  readonly body: Buffer;
}

/** @param clockTolerance of the database, in milliseconds */
export async function recordDetail(
  sql: Sql,
  identity: RecordIdentity,
  clockTolerance: number,
): Promise<RecordDetail | null> {
  const [row] = await sql.rows<Row>(
    `select ${FACT}, m.medium, r.receipt, p.reconciled >= r.receipt as reconciled, ${RESOLVED} as status_now,
       b.received_at, b.form, encode(b.digest, 'hex') as digest, b.accepted, b.body,
       (select count(*)::integer from quarantine q where q.receipt = b.receipt) as quarantined
     from record r join medium m on m.id = r.medium_id join partition p on p.id = partition_of(r.medium_id)
     join batch b on b.receipt = r.receipt
     left join uncommitted u on u.terminal = r.terminal and u.serial = r.serial
     left join account a on a.medium_id = r.medium_id and r.type = 'open'
     where r.terminal = $1 and r.serial = $2`,
    [identity.terminal, identity.serial],
  );
  if (!row) return null;
  const body = inflateRawSync(row.body);
  const found = foundInBody(row.form, body, identity);
  if (!found) throw new Error(`batch ${row.receipt} does not hold record ${identity.terminal}-${identity.serial}`);
  // The chain's page that begins with this record.
  const before = `${row.time}-${row.terminal}-${row.serial + 1}`;
  const [link] = row.reconciled ? (await chainOf(sql, row.medium, { before, limit: 1 })).links : [];
  return {
    line: lineOf(row),
    ...found,
    node: link?.node ?? false,
    predecessor: link?.predecessor ?? null,
    synchronization: link?.synchronization ?? null,
    batch: {
      receipt: row.receipt,
      receivedAt: row.received_at,
      form: row.form,
      digest: row.digest.toUpperCase(),
      size: body.length,
      accepted: row.accepted,
      quarantined: row.quarantined,
    },
    evidence: row.reconciled ? await evidenceOf(sql, factOf(row), clockTolerance) : [],
    proof: await proofOf(sql, identity),
    conflicts: await sql.rows(
      'select receipt, position from conflict where terminal = $1 and serial = $2 order by receipt, position limit $3',
      [identity.terminal, identity.serial, CONFLICTS_MAX],
    ),
  };
}

function lineOf(row: Row): RecordLine {
  const { terminal, serial, type, medium, time, status, reconciled, receipt } = row;
  const [amount, balance] = [row.amount as Amount | null, row.balance as Amount];
  const identity = { terminal, serial, type, medium, time, amount, balance };
  return { ...identity, reported: status, status: row.status_now, reconciled, receipt };
}

async function proofOf(sql: Sql, { terminal, serial }: RecordIdentity): Promise<ProofOfRecord | null> {
  const [row] = await sql.rows<ProofOfRecord>(
    `select verdict, counter, reader_differs as "readerDiffers", settled, contradicted from proof
     where terminal = $1 and serial = $2`,
    [terminal, serial],
  );
  return row ?? null;
}
