/** What a segment says: its checkpoint, and each entry after it. Written and read, an entry changes it in the same way. */
import {
  isTransaction,
  type JournalRecord,
  type TerminalNumber,
  type Time,
  type TransactionRecord,
} from '@retap/model';
import { nextLink } from './journal-chain.ts';
import { type Checkpoint, takeCheckpoint } from './journal-checkpoint.ts';
import { type JournalEntry, parseEntry } from './journal-entry.ts';
import { framesOf } from './journal-frame.ts';
import { damaged, type Sealer, type Sha256 } from './journal-port.ts';
import { settledOf } from './record-of.ts';

export interface SegmentState {
  readonly checkpoint: Checkpoint;
  nextSerial: number;
  time: Time;
  chain: string;
  acknowledgedTo: number;
  /** See {@link Checkpoint}. */
  sealed: readonly number[];
  unsentAmount: number;
  oldestTime: Time | null;
  /** On disk, and its medium perhaps written: the last record, not settled. */
  intent: TransactionRecord | null;
  /** Serials of the records that their persons were shown the end of, since the checkpoint. */
  readonly shown: Set<number>;
  /** Settled since the checkpoint, in order of serial, whatever became of them. */
  readonly records: JournalRecord[];
}

export interface JournalReading {
  readonly terminal: TerminalNumber;
  readonly sha256: Sha256;
  readonly sealer?: Sealer;
}

export interface ReadSegment {
  readonly state: SegmentState;
  readonly end: number;
  readonly torn: boolean;
}

/** @throws JournalError `journal-damaged`, `journal-foreign` */
export function readSegment(bytes: Uint8Array, segment: number, reading: JournalReading): ReadSegment {
  const { texts, end, torn } = framesOf(bytes, segment, reading.sealer);
  const state = stateOf(takeCheckpoint(texts, segment, reading.terminal));
  for (let next = texts.next(); !next.done; next = texts.next()) {
    const entry = parseEntry(next.value);
    const before = state.chain;
    apply(state, entry);
    if (entry.kind === 'outcome' || entry.kind === 'record') assertLinked(state, before, reading.sha256);
  }
  return { state, end, torn };
}

export function stateOf(checkpoint: Checkpoint): SegmentState {
  const { nextSerial, time, chain, acknowledgedTo, sealed, unsentAmount, oldestTime } = checkpoint;
  const counts = { nextSerial, time, chain, acknowledgedTo, sealed, unsentAmount, oldestTime };
  return { checkpoint, ...counts, intent: null, shown: new Set(), records: [] };
}

/** The checkpoint of the segment after this one. */
export function checkpointAfter(state: SegmentState, memory: string): Checkpoint {
  const { checkpoint, nextSerial, time, chain, acknowledgedTo, sealed, unsentAmount, oldestTime } = state;
  const counts = { nextSerial, time, chain, acknowledgedTo, sealed, unsentAmount, oldestTime };
  return { segment: checkpoint.segment + 1, terminal: checkpoint.terminal, ...counts, memory };
}

/** Records settled and not acknowledged. */
export function unsentCount({ nextSerial, intent, acknowledgedTo }: SegmentState): number {
  return nextSerial - 1 - (intent ? 1 : 0) - acknowledgedTo;
}

/** What is lost with an unsent record, if its terminal is. */
export function valueAtRisk(record: JournalRecord): number {
  return isTransaction(record) && record.status !== 'unsuccessful' ? Math.abs(record.amount) : 0;
}

/** @throws JournalError `journal-damaged` where the entry does not follow */
export function apply(state: SegmentState, entry: JournalEntry): void {
  switch (entry.kind) {
    case 'intent':
      advance(state, entry.record);
      state.intent = entry.record;
      return;
    case 'outcome':
      if (state.intent?.serial !== entry.serial) throw damaged(`an outcome without intent, serial ${entry.serial}`);
      settle(state, entry.record ?? settledOf(state.intent, entry.status, entry.proof), entry.chain);
      state.intent = null;
      return;
    case 'record':
      advance(state, entry.record);
      settle(state, entry.record, entry.chain);
      return;
    case 'shown':
      if (entry.serial !== state.records.at(-1)?.serial)
        throw damaged(`record ${entry.serial} was shown and is not the last`);
      state.shown.add(entry.serial);
      return;
    case 'sealed': {
      const isNew = entry.to > (state.sealed.at(-1) ?? state.acknowledgedTo);
      if (!isNew || entry.to > state.acknowledgedTo + unsentCount(state)) {
        throw damaged(`no record ${entry.to} to be sealed`);
      }
      state.sealed = [...state.sealed, entry.to];
      return;
    }
    case 'acknowledged':
      if (!state.sealed.includes(entry.to)) throw damaged(`record ${entry.to} was acknowledged and never sealed`);
      state.acknowledgedTo = entry.to;
      state.sealed = state.sealed.filter((end) => end > entry.to);
      state.unsentAmount = entry.unsentAmount;
      state.oldestTime = entry.oldestTime;
  }
}

function advance(state: SegmentState, record: JournalRecord): void {
  const { terminal } = state.checkpoint;
  const isNext = record.terminal === terminal && record.serial === state.nextSerial && record.time > state.time;
  if (!isNext || state.intent) throw damaged(`record ${record.terminal}-${record.serial} does not follow`);
  state.nextSerial = record.serial + 1;
  state.time = record.time;
}

function settle(state: SegmentState, record: JournalRecord, chain: string): void {
  state.chain = chain;
  state.records.push(record);
  state.unsentAmount += valueAtRisk(record);
  state.oldestTime ??= record.time;
}

/** @param before hash of the record before the last. @throws JournalError `journal-damaged` */
function assertLinked({ chain, records }: SegmentState, before: string, sha256: Sha256): void {
  const record = records.at(-1);
  if (record && nextLink(before, record, sha256) === chain) return;
  throw damaged(`record ${record?.terminal}-${record?.serial} does not fit the hash chain`);
}
