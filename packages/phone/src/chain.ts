/** The hash chain over a phone's journal: every terminal's (docs/tap.md), with a hash that a browser makes in its own time. */
import type { JournalRecord, TerminalNumber } from '@retap/model';
import { formatRecord, hexDigits, writeAscii } from '@retap/protocol';
import type { JournalEntry, PhoneOptions } from './port.ts';

type Sha256 = PhoneOptions['sha256'];

export async function firstLink(terminal: TerminalNumber, sha256: Sha256): Promise<string> {
  // h(0) = SHA-256("retap journal" ‖ terminal)
  return hexDigits(await sha256(ascii(`retap journal${terminal}`)));
}

/** @returns the link after the record */
export async function nextLink({ before, record }: JournalEntry, sha256: Sha256): Promise<string> {
  // h(n) = SHA-256(h(n−1) ‖ record n as its canonical line)
  return hexDigits(await sha256(ascii(before + formatRecord(record))));
}

/** The next record of a journal whose last link is known. */
export function entryOf(record: JournalRecord, before: string): JournalEntry {
  return { serial: record.serial, record, before };
}

/** Links, and lines of valid records, have no other letters. */
function ascii(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  writeAscii(text, bytes, 0);
  return bytes;
}
