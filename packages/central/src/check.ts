/** Check: derives the state anew from the stored batches, with the model, and compares it with what is stored. */
import {
  type Account,
  type Alert,
  type Configuration,
  identityOf,
  type JournalRecord,
  mediumState,
  type RecordIdentity,
  resolve,
  terminalAlerts,
} from '@retap/model';
import { keyOfAlert } from './alert-key.ts';
import { ProofCheck } from './check-proofs.ts';
import { accountRowsOf, derivedAccountRow, derivedRows, recordRowsOf } from './check-records.ts';
import { checkTransfers } from './check-transfers.ts';
import type { Sql } from './database/database.ts';
import { arrayOf } from './database/literal.ts';
import { type FirstReceived, firstReceivedOf } from './first-received.ts';
import type { Discrepancy, Progress, ProofJudge } from './port.ts';
import { allAlerts } from './read/alerts.ts';
import { accountsNamed } from './read/report.ts';
import { storedBatches } from './receive/repeats.ts';

/** Records held in memory at a time; the batches are read once for each so many. */
const RECORDS_A_SLICE = 200_000;
const BATCHES_A_PAGE = 50;
const MEDIA_A_PAGE = 2_000;

/** @param sql one snapshot of the database, for what arrives meanwhile would look like a difference */
export async function* checkState(
  sql: Sql,
  asOf: number,
  configuration: Configuration,
  judge: ProofJudge | undefined,
  onProgress: (progress: Progress) => void = () => {},
): AsyncGenerator<Discrepancy> {
  const [sizes] = await sql.rows<{ records: number; batches: number }>(
    'select (select coalesce(sum(accepted), 0) from batch) as records, (select count(*) from batch) as batches',
  );
  const slices = Math.max(1, Math.ceil((sizes?.records ?? 0) / RECORDS_A_SLICE));
  const total = (sizes?.batches ?? 0) * (slices + 2); // once to see what stands, and once for phones
  let done = 0;
  const batches = () =>
    eachBatch(sql, () => {
      done += 1;
      onProgress({ done, total });
    });

  const first = await firstReceivedOf(batches);
  const alerts = new Set<string>();
  for (const { terminal, serial } of first.conflicts)
    alerts.add(keyOfAlert({ kind: 'conflicting-record', terminal, serial }));
  for (const [terminal, records] of first.times) {
    for (const alert of terminalAlerts(terminal, records, asOf, configuration.maxDelay)) alerts.add(keyOfAlert(alert));
  }
  const media = new Set<string>();
  const proofs = judge ? await ProofCheck.of(sql, judge, configuration.clockTolerance) : null;
  for (let slice = 0; slice < slices; slice += 1) {
    const arrivals = await arrivalsOfSlice(batches(), first, slice, slices);
    const ofMedium = await reconciledAmong(sql, arrivals);
    if (proofs) yield* proofs.compareMedia(arrivals, ofMedium);
    for (const medium of ofMedium.keys()) media.add(medium);
    yield* compareMedia(sql, ofMedium, asOf, configuration, alerts);
  }
  yield* checkTransfers(sql, batches(), first.isKnown, asOf, configuration);
  yield* inventedAccounts(sql, media);
  yield* strayRecords(sql);
  yield* compareAlerts(sql, asOf, configuration, alerts);
  if (proofs) yield* proofs.compareAlerts();
}

async function* eachBatch(sql: Sql, onBatch: () => void) {
  for (let after = 0; ; ) {
    const page = await storedBatches(sql, after, BATCHES_A_PAGE);
    for (const batch of page) {
      yield batch;
      onBatch();
    }
    const last = page.at(-1);
    if (!last) return;
    after = last.receipt;
  }
}

type Batches = ReturnType<typeof eachBatch>;

export interface ReceivedRecord {
  readonly receipt: number;
  readonly record: JournalRecord;
}

/** The records of one slice of the media, each identity once. */
async function arrivalsOfSlice(batches: Batches, first: FirstReceived, slice: number, slices: number) {
  const ofMedium = new Map<string, ReceivedRecord[]>();
  for await (const { receipt, records } of batches) {
    for (const { position, record } of records) {
      if (sliceOf(record.medium, slices) !== slice || !first.stands(record, receipt, position)) continue;
      const found = ofMedium.get(record.medium);
      if (found) found.push({ receipt, record });
      else ofMedium.set(record.medium, [{ receipt, record }]);
    }
  }
  return ofMedium;
}

/** Of these, as far as their partition has reconciled. */
async function reconciledAmong(sql: Sql, ofMedium: ReadonlyMap<string, readonly ReceivedRecord[]>) {
  const cursors = await sql.rows<{ medium: string; reconciled: number }>(
    `select m.medium, p.reconciled from medium m join partition p on p.id = partition_of(m.id) where m.medium = any($1::text[])`,
    [arrayOf(ofMedium.keys())],
  );
  const [behind] = await sql.rows<{ reconciled: number }>('select min(reconciled) as reconciled from partition');
  const reconciled = new Map(cursors.map((row) => [row.medium, row.reconciled]));
  return new Map(
    [...ofMedium].flatMap(([medium, arrivals]) => {
      // A medium that the tables do not know should be there as soon as all partitions are past its records.
      const cursor = reconciled.get(medium) ?? behind?.reconciled ?? 0;
      const records = arrivals.filter(({ receipt }) => receipt <= cursor).map(({ record }) => record);
      return records.length > 0 ? [[medium, records] as const] : [];
    }),
  );
}

function sliceOf(medium: string, slices: number): number {
  let hash = 0;
  for (let i = 0; i < medium.length; i += 1) hash = (Math.imul(hash, 31) + medium.charCodeAt(i)) >>> 0;
  return hash % slices;
}

async function* compareMedia(
  sql: Sql,
  ofMedium: ReadonlyMap<string, readonly JournalRecord[]>,
  asOf: number,
  configuration: Configuration,
  alerts: Set<string>,
): AsyncGenerator<Discrepancy> {
  const media = [...ofMedium.keys()].sort();
  for (let from = 0; from < media.length; from += MEDIA_A_PAGE) {
    const some = media.slice(from, from + MEDIA_A_PAGE);
    const accounts = new Map((await accountsNamed(sql, some)).map((account) => [account.medium, account]));
    const accountRows = await accountRowsOf(sql, some);
    const rows = await recordRowsOf(sql, some);
    for (const medium of some) {
      const records = ofMedium.get(medium) ?? [];
      const derived = mediumState(medium, records, asOf, configuration);
      const resolution = resolve(records, configuration.clockTolerance);
      for (const alert of derived.alerts) alerts.add(keyOfAlert(alert));
      yield* difference<Account>(`account ${medium}`, accounts.get(medium) ?? null, derived.account);
      yield* difference(`account row ${medium}`, accountRows.get(medium), derivedAccountRow(records, resolution));
      for (const { status, ...transaction } of derived.transactions) {
        const identity = identityOf(transaction);
        const stored = rows.get(identity);
        yield* difference(
          `transaction ${identity}`,
          stored ? { medium: stored.row.medium, status: stored.resolved } : null,
          { medium, status },
        );
      }
      for (const [identity, row] of derivedRows(records, resolution)) {
        yield* difference(`record ${identity}`, rows.get(identity)?.row, row);
        rows.delete(identity);
      }
    }
    for (const [identity, { row }] of rows) yield { subject: `record ${identity}`, stored: row, derived: null };
  }
}

function* difference<Part>(subject: string, stored: Part | null | undefined, derived: Part): Generator<Discrepancy> {
  if (JSON.stringify(stored) !== JSON.stringify(derived)) yield { subject, stored: stored ?? null, derived };
}

/** Accounts of media that no stored batch names. */
async function* inventedAccounts(sql: Sql, derived: ReadonlySet<string>): AsyncGenerator<Discrepancy> {
  for (let after = ''; ; ) {
    const rows = await sql.rows<{ medium: string }>(
      `select m.medium from medium m where m.medium > $1 and exists (select from account a where a.medium_id = m.id)
       order by m.medium limit $2`,
      [after, MEDIA_A_PAGE],
    );
    const invented = rows.map((row) => row.medium).filter((medium) => !derived.has(medium));
    for (const account of await accountsNamed(sql, invented)) {
      yield { subject: `account ${account.medium}`, stored: account, derived: null };
    }
    const last = rows.at(-1);
    if (!last) return;
    after = last.medium;
  }
}

/** Records that report no commit and of which nothing is concluded: by medium they are not found. */
async function* strayRecords(sql: Sql): AsyncGenerator<Discrepancy> {
  const rows = await sql.rows<RecordIdentity>(
    `select r.terminal, r.serial from record r join partition p on p.id = partition_of(r.medium_id)
     left join uncommitted u on u.terminal = r.terminal and u.serial = r.serial
     where r.status is distinct from 'successful' and u.terminal is null and r.receipt <= p.reconciled`,
  );
  for (const identity of rows) yield { subject: `record ${identityOf(identity)}`, stored: identity, derived: null };
}

async function* compareAlerts(
  sql: Sql,
  asOf: number,
  configuration: Configuration,
  derived: Set<string>,
): AsyncGenerator<Discrepancy> {
  for await (const alert of allAlerts(sql, { asOf, configuration })) {
    const key = keyOfAlert(alert);
    if (!derived.delete(key)) yield { subject: `alert ${alert.kind}`, stored: alert, derived: null };
  }
  for (const key of derived) {
    const alert = JSON.parse(key) as Alert;
    yield { subject: `alert ${alert.kind}`, stored: null, derived: alert };
  }
}
