/** Reads a journal after a restart, however the last run of the terminal ended. */
import type { JournalRecord, TerminalNumber, Time, TransactionRecord } from '@retap/model';
import { readFrames } from '@retap/protocol';
import { type JournalEntry, parseEntry } from './journal-entry.ts';
import { JournalError } from './port.ts';

export interface JournalContents {
  nextSerial: number;
  /** Time of the last record; 0 before the first. */
  time: Time;
  /** Acknowledged, but their media may come again. */
  kept: JournalRecord[];
  /** Settled, not acknowledged, in order of serial. */
  readonly records: JournalRecord[];
  /** On disk, and its medium perhaps written: the last record, not settled. */
  intent: TransactionRecord | null;
  /** Records up to this serial are sealed. */
  sealedTo: number;
  /** Bytes since the journal was written anew. */
  staleBytes: number;
}

export interface RecoveredJournal {
  readonly contents: JournalContents;
  /** Bytes that stand; what follows them is the append that a power cut tore. */
  readonly end: number;
  readonly torn: boolean;
}

/** No single append is longer: a record with sixteen log entries takes a quarter of it. */
const APPEND_BYTES_MAX = 16_384;

/** @throws JournalError `journal-damaged`, `journal-foreign` */
export function recoverJournal(bytes: Uint8Array, terminal: TerminalNumber): RecoveredJournal {
  const { frames, end, torn } = readFrames(bytes);
  if (torn) assertTorn(bytes.subarray(end), end);
  const contents: JournalContents = {
    nextSerial: 1,
    time: 0,
    kept: [],
    records: [],
    intent: null,
    sealedTo: 0,
    staleBytes: end,
  };
  frames.forEach((body, index) => {
    const entry = parseEntry(body);
    if ((entry.kind === 'start') !== (index === 0)) throw damaged(`entry ${index + 1} is "${entry.kind}"`);
    apply(contents, entry, terminal);
  });
  return { contents, end, torn };
}

/**
 * A power cut tears the last append and nothing else. Anything more is damage, and serials after it may be in use at the
 * centre: to go on would give them to other records.
 */
function assertTorn(tail: Uint8Array, end: number): void {
  let whole = tail.length > APPEND_BYTES_MAX;
  for (let at = 1; at < tail.length && !whole; at += 1) whole = readFrames(tail.subarray(at)).frames.length > 0;
  if (whole) throw damaged(`the bytes from ${end} on are not a torn end, records follow them`);
}

function apply(contents: JournalContents, entry: JournalEntry, terminal: TerminalNumber): void {
  switch (entry.kind) {
    case 'start':
      if (entry.terminal !== terminal) {
        throw new JournalError('journal-foreign', `this is the journal of terminal ${entry.terminal}, not ${terminal}`);
      }
      contents.nextSerial = entry.nextSerial;
      contents.time = entry.time;
      return;
    case 'intent':
    case 'record':
      applyRecord(contents, entry, terminal);
      return;
    case 'kept':
      contents.kept.push(entry.record);
      return;
    case 'outcome':
      if (contents.intent?.serial !== entry.serial) throw damaged(`an outcome without intent, serial ${entry.serial}`);
      contents.records.push({ ...contents.intent, status: entry.status });
      contents.intent = null;
      return;
    case 'sealed':
      if (entry.to >= contents.nextSerial) throw damaged(`a batch to serial ${entry.to}, which is not there`);
      contents.sealedTo = entry.to;
      return;
    case 'acknowledged':
      while (contents.records[0] && contents.records[0].serial <= entry.to) {
        contents.kept.push(contents.records.shift() as JournalRecord);
      }
  }
}

function applyRecord(
  contents: JournalContents,
  entry: Extract<JournalEntry, { kind: 'intent' | 'record' }>,
  terminal: TerminalNumber,
): void {
  const { record } = entry;
  const next = record.terminal === terminal && record.serial === contents.nextSerial && record.time > contents.time;
  if (!next || contents.intent) throw damaged(`record ${record.terminal}-${record.serial} does not follow`);
  contents.nextSerial = record.serial + 1;
  contents.time = record.time;
  if (entry.kind === 'intent') contents.intent = entry.record;
  else contents.records.push(record);
}

function damaged(what: string): JournalError {
  const advice = 'enrol the terminal anew, under a new number';
  return new JournalError('journal-damaged', `the journal is damaged: ${what}; ${advice}`);
}
