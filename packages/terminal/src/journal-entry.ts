/** What the frames of a journal say: one word, then what belongs to it. Text, so that a person can read a journal. */
import {
  COMMIT_STATUSES,
  type CommitStatus,
  type JournalRecord,
  type TerminalNumber,
  type Time,
  type TransactionRecord,
} from '@retap/model';
import { formatRecord, parseJournalLine } from '@retap/protocol';
import { JournalError } from './port.ts';

export type JournalEntry =
  /** First frame: whose journal it is, and what came before the frames that follow. */
  | { readonly kind: 'start'; readonly terminal: TerminalNumber; readonly nextSerial: number; readonly time: Time }
  /** The medium is about to be written; without an outcome nobody knows whether it was. */
  | { readonly kind: 'intent'; readonly record: TransactionRecord }
  | { readonly kind: 'outcome'; readonly serial: number; readonly status: CommitStatus }
  /** A record that needs no outcome. */
  | { readonly kind: 'record'; readonly record: JournalRecord }
  /** An acknowledged record that is kept because its medium may come again. */
  | { readonly kind: 'kept'; readonly record: JournalRecord }
  | { readonly kind: 'sealed'; readonly from: number; readonly to: number }
  | { readonly kind: 'acknowledged'; readonly to: number };

export function formatEntry(entry: JournalEntry): Uint8Array {
  switch (entry.kind) {
    case 'start':
      return encode(`start ${entry.terminal} ${entry.nextSerial} ${entry.time}`);
    case 'outcome':
      return encode(`outcome ${entry.serial} ${entry.status}`);
    case 'sealed':
      return encode(`sealed ${entry.from} ${entry.to}`);
    case 'acknowledged':
      return encode(`acknowledged ${entry.to}`);
    default:
      return encode(`${entry.kind} ${formatRecord(entry.record)}`);
  }
}

/** @throws JournalError `journal-damaged`: the frame is whole, so nothing but another program can have written it */
export function parseEntry(body: Uint8Array): JournalEntry {
  const text = decode(body);
  const [kind, ...words] = text.split(' ');
  switch (kind) {
    case 'intent':
    case 'record':
    case 'kept':
      return parseRecordEntry(kind, text.slice(kind.length + 1));
    case 'start':
      return {
        kind,
        terminal: integer(words[0], text),
        nextSerial: integer(words[1], text),
        time: integer(words[2], text),
      };
    case 'outcome': {
      const status = COMMIT_STATUSES.find((word) => word === words[1]);
      if (status === undefined) throw damaged(text);
      return { kind, serial: integer(words[0], text), status };
    }
    case 'sealed':
      return { kind, from: integer(words[0], text), to: integer(words[1], text) };
    case 'acknowledged':
      return { kind, to: integer(words[0], text) };
    default:
      throw damaged(text);
  }
}

function parseRecordEntry(kind: 'intent' | 'record' | 'kept', line: string): JournalEntry {
  const parsed = parseJournalLine(line);
  if ('reason' in parsed) throw damaged(parsed.reason);
  const { record } = parsed;
  if (kind !== 'intent') return { kind, record };
  if (record.type === 'open' || record.type === 'observation') throw damaged(line);
  return { kind, record };
}

function integer(word: string | undefined, text: string): number {
  const value = Number(word);
  if (word === undefined || !/^\d+$/.test(word) || !Number.isSafeInteger(value)) throw damaged(text);
  return value;
}

function damaged(what: string): JournalError {
  const shown = what.length > 80 ? `${what.slice(0, 80)}…` : what;
  return new JournalError('journal-damaged', `not an entry of a terminal's journal: ${shown}`);
}

/** All strings of a record are ASCII, and TextEncoder is no part of the language: browsers and Node each type their own. */
function encode(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code > 0x7f) throw new RangeError(`not ASCII, so not of a record: ${text}`);
    bytes[index] = code;
  }
  return bytes;
}

function decode(bytes: Uint8Array): string {
  // In pieces: an argument list has a limit.
  let text = '';
  for (let from = 0; from < bytes.length; from += 4096) {
    text += String.fromCharCode(...bytes.subarray(from, from + 4096));
  }
  return text;
}
