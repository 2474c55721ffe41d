/**
 * The hash chain over a terminal's settled records, in order of serial: whoever changes, drops or adds one must change
 * every hash after it. Hashes are in upper-case hexadecimal digits.
 */
import { toHex } from '@retap/card';
import type { JournalRecord, TerminalNumber } from '@retap/model';
import { RECORD_BYTES_MAX, writeAscii, writeRecord } from '@retap/protocol';
import { encodeAscii } from './ascii.ts';
import type { Sha256 } from './journal-port.ts';

/** Before the first record. */
export function firstLink(terminal: TerminalNumber, sha256: Sha256): string {
  // h(0) = SHA-256("retap journal" ‖ terminal)
  return toHex(sha256(encodeAscii(`retap journal${terminal}`)));
}

const LINK_BYTES = 64;
/** For a link and a line: what is hashed is written here, by all journals in turn, for nothing is awaited in between. */
const ROOM = new Uint8Array(LINK_BYTES + RECORD_BYTES_MAX);

/** @param before hash of the record before */
export function nextLink(before: string, record: JournalRecord, sha256: Sha256): string {
  const end = writeRecord(record, ROOM, writeAscii(before, ROOM, 0));
  if (end > ROOM.length) throw new RangeError(`record ${record.terminal}-${record.serial} has a line of ${end} bytes`);
  // h(n) = SHA-256(h(n−1) ‖ record n as its canonical line)
  return toHex(sha256(ROOM.subarray(0, end)));
}
