/**
 * Stage one, by terminal: a batch becomes durable, each record is kept once, serials are checked; then it may be
 * acknowledged. All of it is one SQL transaction, so an acknowledged batch is a recorded one.
 */
import { createHash } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import type { TerminalNumber, Time } from '@retap/model';
import type { ParsedBatch, ParsedBody } from '@retap/protocol';
import type { Database, Sql } from '../database/database.ts';
import { arrayOf, columnsOf } from '../database/literal.ts';
import { appendEvents } from '../events/append.ts';
import type { Acknowledgement, ProofJudge, QuarantinedRecord, ReceivedBatch } from '../port.ts';
import { chainClaimsOf } from '../registry/chain.ts';
import type { Gate } from '../registry/gate.ts';
import { keepSightings } from '../registry/seen.ts';
import type { Recorded, Remembered } from '../remembered.ts';
import { lockProgress } from './progress.ts';
import { receivedOf } from './received.ts';
import { recordBatches } from './sql-store.ts';

interface Incoming {
  readonly batch: ReceivedBatch;
  readonly parsed: ParsedBody;
  /** Of form and body: a repeat of the same bytes is recognised by it. */
  readonly digest: string;
}

export interface Receiving {
  /** The wall clock. */
  readonly now: Time;
  readonly gate: Gate;
  readonly judge: ProofJudge | undefined;
  /** Of this process. */
  readonly remembered: Remembered;
}

/** @throws ProtocolError, AdmissionError: nothing of any batch is kept. */
export async function receive(
  database: Database,
  batches: readonly ReceivedBatch[],
  { now, gate, judge, remembered }: Receiving,
): Promise<Acknowledgement[]> {
  if (batches.length === 0) return [];
  const incoming: Incoming[] = [];
  for (const batch of batches) {
    incoming.push({ batch, parsed: await gate.read(database, batch, now), digest: digestOf(batch) });
  }
  const {
    acknowledgements,
    receipts: own,
    recorded,
  } = await database.transaction(async (sql) => {
    const progress = await lockProgress(sql);
    const speakers = await gate.admit(sql, batches, now);
    const receipts = await findRepeats(sql, incoming);
    const fresh: (Incoming & { receipt: number })[] = [];
    for (const one of incoming) {
      if (receipts.has(one.digest)) continue;
      const receipt = progress.received + fresh.length + 1;
      receipts.set(one.digest, receipt);
      fresh.push({ ...one, receipt });
    }
    let recorded: Recorded | null = null;
    if (fresh.length > 0) {
      await keep(sql, fresh, now);
      const received = progress.received + fresh.length;
      await sql.rows('update progress set received = $1', [received]);
      // While a rebuild is catching up, later batches wait for their turn: the first received stands.
      if (progress.recorded === progress.received) {
        recorded = await recordBatches(
          sql,
          fresh.map(({ receipt, parsed }) => ({ receipt, records: parsed.records, claims: chainClaimsOf(parsed) })),
          { judge, epoch: progress.epoch, media: remembered.media(progress.epoch) },
        );
      }
    }
    // Who recorded a batch may send it again, and must not make a terminal that is gone look as if it were at work.
    const news = new Set(fresh.map(({ batch }) => batch));
    const signed = batches.filter(({ form }) => form === 'signed');
    const seen = signed.map((batch, index) => ({ batch, terminal: speakers[index] as TerminalNumber }));
    await keepSightings(
      sql,
      seen.flatMap(({ batch, terminal }) => (news.has(batch) ? [{ terminal, sentAt: batch.sentAt }] : [])),
      now,
    );
    const acknowledgements = await acknowledge(
      sql,
      incoming.map(({ digest, parsed }) => ({ receipt: receipts.get(digest) as number, terminal: terminalOf(parsed) })),
      // While a rebuild is catching up, most of what was received is not recorded yet: nobody must send it again for that.
      progress.recorded === progress.received,
    );
    return { acknowledgements, receipts: fresh.map(({ receipt }) => receipt), recorded };
  });
  if (recorded) remembered.keepRecorded(recorded, own);
  return acknowledgements;
}

function digestOf({ form, body }: ReceivedBatch): string {
  return createHash('sha256').update(form).update('\0').update(body).digest('hex');
}

async function findRepeats(sql: Sql, incoming: readonly Incoming[]): Promise<Map<string, number>> {
  const rows = await sql.rows<{ digest: string; receipt: number }>(
    `select encode(digest, 'hex') as digest, receipt from batch
     where digest in (select decode(d, 'hex') from unnest($1::text[]) d)`,
    [arrayOf(incoming.map((one) => one.digest))],
  );
  return new Map(rows.map((row) => [row.digest, row.receipt]));
}

const FAST = { level: 1 };
/** What is signed is deflated inside: to try it again takes long and gains nothing. */
const STORED = { level: 0, memLevel: 1, windowBits: 9 };

const BATCHES_A_STATEMENT = 200;

async function keep(sql: Sql, fresh: readonly (Incoming & { receipt: number })[], receivedAt: number): Promise<void> {
  for (let from = 0; from < fresh.length; from += BATCHES_A_STATEMENT) {
    const some = fresh.slice(from, from + BATCHES_A_STATEMENT);
    const places = some.map(
      (_, i) => `($${5 * i + 2}, $1, $${5 * i + 3}, $${5 * i + 4}, $${5 * i + 5}, $${5 * i + 6})`,
    );
    const values = some.flatMap(({ receipt, batch, digest, parsed }) => [
      receipt,
      batch.form,
      Buffer.from(digest, 'hex'),
      parsed.records.length,
      deflateRawSync(batch.body, batch.form === 'signed' ? STORED : FAST),
    ]);
    await sql.rows(
      `insert into batch (receipt, received_at, form, digest, accepted, body) values ${places.join(', ')}`,
      [receivedAt, ...values],
    );
  }
  const bad = fresh.flatMap(({ receipt, parsed }) => parsed.rejected.map((rejected) => ({ receipt, ...rejected })));
  if (bad.length === 0) return;
  await sql.rows(
    `insert into quarantine (receipt, position, reason)
     select * from unnest($1::bigint[], $2::integer[], $3::text[])`,
    [
      ...columnsOf(
        bad,
        (b) => b.receipt,
        (b) => b.position,
      ),
      bad.map((b) => b.reason.replaceAll('\0', '�')),
    ],
  );
  const spoiled = fresh.filter(({ parsed }) => parsed.rejected.length > 0);
  await appendEvents(
    sql,
    spoiled.map(({ receipt, parsed }) => ({
      at: receivedAt,
      type: 'batch.quarantined',
      data: { receipt, terminal: 'terminal' in parsed ? parsed.terminal : null, records: parsed.rejected.length },
    })),
  );
}

/** Whose journal the records of a body are of; null where it may be several'. */
function terminalOf(parsed: ParsedBody): TerminalNumber | null {
  return 'terminal' in parsed ? (parsed as ParsedBatch).terminal : null;
}

interface Acknowledged {
  readonly receipt: number;
  readonly terminal: TerminalNumber | null;
}

/** From what is stored, so that a repeat is answered like the first time; only what is received of the journal is as of now. */
async function acknowledge(
  sql: Sql,
  acknowledged: readonly Acknowledged[],
  isRecorded: boolean,
): Promise<Acknowledgement[]> {
  const wanted = arrayOf(acknowledged.map(({ receipt }) => receipt));
  const batches = await sql.rows<{ receipt: number; accepted: number }>(
    'select receipt, accepted from batch where receipt = any($1::bigint[])',
    [wanted],
  );
  const quarantined = await sql.rows<QuarantinedRecord & { receipt: number }>(
    'select receipt, position, reason from quarantine where receipt = any($1::bigint[]) order by receipt, position',
    [wanted],
  );
  const received = await receivedOf(sql, isRecorded ? acknowledged.flatMap(({ terminal }) => terminal ?? []) : []);
  const accepted = new Map(batches.map((row) => [row.receipt, row.accepted]));
  return acknowledged.map(({ receipt, terminal }) => ({
    receipt,
    accepted: accepted.get(receipt) as number,
    quarantined: quarantined
      .filter((row) => row.receipt === receipt)
      .map(({ position, reason }) => ({ position, reason })),
    received: terminal === null ? null : (received.get(terminal) ?? null),
  }));
}
