/**
 * What the frames after a segment's checkpoint say: one word, then what belongs to it. Text, so that a person can read a
 * journal that is not sealed.
 */
import {
  COMMIT_STATUSES,
  type CommitProof,
  type CommitStatus,
  type JournalRecord,
  type Time,
  type TransactionRecord,
} from '@retap/model';
import { formatRecord, parseJournalLine, writeAscii, writeRecord } from '@retap/protocol';
import { damaged, type JournalError } from './journal-port.ts';

export type JournalEntry =
  /** The medium is about to be written; without an outcome nobody knows whether it was. */
  | { readonly kind: 'intent'; readonly record: TransactionRecord }
  /** `chain`: hash of the settled record. */
  | {
      readonly kind: 'outcome';
      readonly serial: number;
      readonly status: CommitStatus;
      readonly chain: string;
      readonly proof?: CommitProof;
      /** The settled record, where it is known already: who writes the entry had to make it for the hash. */
      readonly record?: TransactionRecord;
    }
  /** A record that needs no outcome. */
  | { readonly kind: 'record'; readonly record: JournalRecord; readonly chain: string }
  /** The person was shown how the tap of the last record ended. */
  | { readonly kind: 'shown'; readonly serial: number }
  /** A batch of the records not acknowledged, up to this serial, is on its way. */
  | { readonly kind: 'sealed'; readonly to: number }
  /** The centre has all up to this serial. The rest says what is left: its records may be in earlier segments. */
  | {
      readonly kind: 'acknowledged';
      readonly to: number;
      readonly unsentAmount: number;
      readonly oldestTime: Time | null;
    };

export function formatEntry(entry: JournalEntry): string {
  switch (entry.kind) {
    case 'intent':
      return `intent ${formatRecord(entry.record)}`;
    case 'outcome': {
      const said = `outcome ${entry.serial} ${entry.status} ${entry.chain}`;
      return entry.proof ? `${said} ${JSON.stringify(entry.proof)}` : said;
    }
    case 'record':
      return `record ${entry.chain} ${formatRecord(entry.record)}`;
    case 'shown':
      return `shown ${entry.serial}`;
    case 'sealed':
      return `sealed ${entry.to}`;
    case 'acknowledged':
      return `acknowledged ${entry.to} ${entry.unsentAmount} ${entry.oldestTime ?? '-'}`;
  }
}

/** Writes what {@link formatEntry} says, ASCII. @returns where it ends; beyond the room where it did not fit */
export function writeEntry(entry: JournalEntry, room: Uint8Array, at: number): number {
  if (entry.kind === 'intent') return writeRecord(entry.record, room, writeAscii('intent ', room, at));
  if (entry.kind === 'record') return writeRecord(entry.record, room, writeAscii(`record ${entry.chain} `, room, at));
  return writeAscii(formatEntry(entry), room, at);
}

/** @throws JournalError `journal-damaged`: the frame is whole, so nothing but another program can have written it */
export function parseEntry(text: string): JournalEntry {
  const [kind, first, second, third] = text.split(' ', 4);
  switch (kind) {
    case 'intent': {
      const record = recordOf(text.slice('intent '.length));
      if (record.type === 'open' || record.type === 'observation') throw notAnEntry(text);
      return { kind, record };
    }
    case 'outcome': {
      const status = COMMIT_STATUSES.find((word) => word === second);
      if (status === undefined || third === undefined) throw notAnEntry(text);
      const outcome = { kind, serial: integer(first, text), status, chain: third } as const;
      const proof = text.slice(['outcome', first, second, third, ''].join(' ').length);
      return proof === '' ? outcome : { ...outcome, proof: proofOf(proof) };
    }
    case 'record':
      if (first === undefined) throw notAnEntry(text);
      return { kind, chain: first, record: recordOf(text.slice(`record ${first} `.length)) };
    case 'shown':
      return { kind, serial: integer(first, text) };
    case 'sealed':
      return { kind, to: integer(first, text) };
    case 'acknowledged': {
      const oldestTime = third === '-' ? null : integer(third, text);
      return { kind, to: integer(first, text), unsentAmount: integer(second, text), oldestTime };
    }
    default:
      throw notAnEntry(text);
  }
}

function recordOf(line: string): JournalRecord {
  const parsed = parseJournalLine(line);
  if ('reason' in parsed) throw notAnEntry(parsed.reason);
  return parsed.record;
}

/** Its values need no check: the chain goes over them. */
function proofOf(text: string): CommitProof {
  try {
    return JSON.parse(text) as CommitProof;
  } catch {
    throw notAnEntry(text);
  }
}

function integer(word: string | undefined, text: string): number {
  const value = Number(word);
  if (word === undefined || !/^\d+$/.test(word) || !Number.isSafeInteger(value)) throw notAnEntry(text);
  return value;
}

export function notAnEntry(text: string): JournalError {
  const shown = text.length > 80 ? `${text.slice(0, 80)}…` : text;
  return damaged(`"${shown}" is not an entry of a terminal's journal`);
}
