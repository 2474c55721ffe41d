/** What the bench feeds: traffic as bodies, made before any clock starts. */
import type { ReceivedBatch } from '@retap/central';
import type { JournalRecord } from '@retap/model';
import { encodeBatch, RECORD_BYTES_MAX, writeRecord } from '@retap/protocol';
import { type ExceptionalCounts, Traffic, type TrafficOptions, type Upload } from './traffic.ts';

export interface Workload {
  readonly records: number;
  /** In order of arrival. */
  readonly batches: readonly ReceivedBatch[];
  readonly counts: ExceptionalCounts;
  /** The first records, as objects. */
  readonly first: readonly JournalRecord[];
}

export interface WorkloadOptions extends Omit<TrafficOptions, 'run'> {
  /** Records a batch. Up to {@link UPLOAD_MAX} it is the upload of one terminal; beyond, journals of many, one after the other. */
  readonly batch: number;
}

const UPLOAD_MAX = 2_000;
/** Records of each terminal in a batch of many. */
const RUN = 100;
const FIRST_KEPT = 20_000;

/** A batch, and how many records are in it. */
export interface CountedBatch {
  readonly batch: ReceivedBatch;
  readonly records: number;
}

export function workloadOf(options: WorkloadOptions): Workload {
  const traffic = trafficOf(options);
  const first: JournalRecord[] = [];
  const batches: ReceivedBatch[] = [];
  for (const uploads of gathered(traffic.uploads(), options.batch)) {
    batches.push(bodyOf(uploads));
    for (const upload of uploads) if (first.length < FIRST_KEPT) first.push(...upload);
  }
  return { records: options.records, batches, counts: traffic.counts, first };
}

/** One after the other, none kept. */
export function* batchesOf(options: WorkloadOptions): Generator<CountedBatch, undefined> {
  for (const uploads of gathered(trafficOf(options).uploads(), options.batch)) {
    yield { batch: bodyOf(uploads), records: uploads.reduce((sum, { length }) => sum + length, 0) };
  }
}

function trafficOf(options: WorkloadOptions): Traffic {
  return new Traffic({ ...options, run: runOf(options.batch) });
}

function runOf(batch: number): number {
  return batch > UPLOAD_MAX ? RUN : batch;
}

/** Uploads of which each group makes a batch: one where a batch is an upload, else so many records or a few less. */
function* gathered(uploads: Iterable<Upload>, batch: number): Generator<readonly Upload[]> {
  if (batch <= UPLOAD_MAX) {
    for (const upload of uploads) yield [upload];
    return;
  }
  let group: Upload[] = [];
  let records = 0;
  for (const upload of uploads) {
    if (records > 0 && records + upload.length > batch) {
      yield group;
      [group, records] = [[], 0];
    }
    group.push(upload);
    records += upload.length;
  }
  if (records > 0) yield group;
}

function bodyOf(uploads: readonly Upload[]): ReceivedBatch {
  const [only, ...others] = uploads;
  if (only && others.length === 0) return { form: 'batch', body: batchBody(only) };
  return { form: 'journal', body: journalBody(uploads.flat()) };
}

function batchBody(records: Upload): Uint8Array {
  const [first, last] = [records[0] as JournalRecord, records.at(-1) as JournalRecord];
  return encodeBatch({ terminal: first.terminal, from: first.serial, to: last.serial, records });
}

/** Bytes of a line, roughly. */
const LINE_BYTES = 256;
const LINE_FEED = 0x0a;

function journalBody(records: readonly JournalRecord[]): Uint8Array {
  let room = Buffer.allocUnsafe(records.length * LINE_BYTES + RECORD_BYTES_MAX);
  let at = 0;
  for (const record of records) {
    if (room.length - at < RECORD_BYTES_MAX) room = Buffer.concat([room], 2 * room.length);
    at = writeRecord(record, room, at);
    room[at] = LINE_FEED;
    at += 1;
  }
  return Uint8Array.from(room.subarray(0, at));
}
