/** What a terminal signs: a run of its journal and the link of its hash chain before it (docs/protocol.md). */
import type { JournalRecord, TerminalNumber } from '@retap/model';
import type { ParsedBatch, PositionedRecord, RejectedRecord } from '../batch.ts';
import { fromHexDigits, hexDigits } from '../enrolment/hex.ts';
import { malformed, ProtocolError } from '../error.ts';
import { type ParsedRecord, parseJournalLine } from '../record.ts';
import { formatRecord } from '../record-line.ts';
import { type Cbor, decodeCbor, encodeCbor, isArray } from './cbor.ts';
import { openSignedBatch } from './cose.ts';
import { deflated } from './deflate.ts';
import { inflated } from './inflate.ts';
import { packRecord, timeIn, unpackRecord } from './packed.ts';
import { NUMBER_MAX } from './whole.ts';

const VERSION = 1;
/** How the records stand in the payload. */
const PLAIN = 0;
const DEFLATED = 1;
const LINK_BYTES = 32;
const LINK = /^[0-9A-F]{64}$/;

export const SIGNED_BATCH_RECORDS_MAX = 2000;
/** Of the records before they are deflated; what a few deflated bytes grow to ends here. */
const RECORDS_BYTES_MAX = 3 * 2 ** 20;

/** A run of a terminal's journal without holes. */
export interface SignedPayload {
  readonly terminal: TerminalNumber;
  /** Serial of the first record. */
  readonly from: number;
  /** Link of the journal's hash chain before the first record, h(from − 1): 64 upper-case hexadecimal digits. */
  readonly before: string;
  readonly records: readonly JournalRecord[];
}

export interface ParsedSignedBatch extends ParsedBatch {
  /** Link of the hash chain before the first record, h(from − 1): 64 upper-case hexadecimal digits. */
  readonly before: string;
  /**
   * The canonical line of every record in order of serial, rejected ones included, as the hash chain is over them; null
   * for one that was rejected and has none.
   */
  readonly lines: () => readonly (string | null)[];
}

/** Equal payloads give equal bytes. @throws RangeError where the records are no run of the terminal's journal. */
export function encodeSignedPayload({ terminal, from, before, records }: SignedPayload): Uint8Array {
  if (!LINK.test(before)) throw new RangeError(`"${before}" is no link of a hash chain`);
  if (records.length < 1 || records.length > SIGNED_BATCH_RECORDS_MAX) {
    throw new RangeError(`a signed batch of ${records.length} records`);
  }
  const entries = encodeCbor(entriesOf(records, terminal, from));
  if (entries.length > RECORDS_BYTES_MAX) throw new RangeError(`records of ${entries.length} bytes in a signed batch`);
  const shorter = deflated(entries);
  const body = shorter.length < entries.length ? [DEFLATED, shorter] : [PLAIN, entries];
  return encodeCbor([VERSION, terminal, from, fromHexDigits(before), ...body]);
}

/** A valid record packed; another as its line, so that a single one that the centre cannot read stops no batch. */
function entriesOf(records: readonly JournalRecord[], terminal: TerminalNumber, from: number): Cbor[] {
  let timeBefore = 0;
  return records.map((record, index) => {
    if (record.terminal !== terminal || record.serial !== from + index) {
      throw new RangeError(
        `record ${record.terminal}-${record.serial} stands where ${terminal}-${from + index} should`,
      );
    }
    const line = formatRecord(record);
    const parsed = parseJournalLine(line);
    if ('reason' in parsed) return line;
    const entry = packRecord(parsed.record, timeBefore);
    timeBefore = parsed.record.time;
    return entry;
  });
}

/**
 * Parses a payload. A record that is bad is rejected with its position, the rest goes on.
 * @throws ProtocolError `batch-malformed` where it is no payload in the one form in which it is written
 */
export function parseSignedPayload(payload: Uint8Array): ParsedSignedBatch {
  const head = decodeCbor(payload)?.value;
  if (!isArray(head) || head.length !== 6) throw malformed('its payload is not a list of six values');
  const [version, terminal, from, link, packing, body] = head;
  if (version !== VERSION) throw malformed(`its version is not ${VERSION}, which is all that is understood here`);
  if (!isNumber(terminal)) throw malformed('its terminal is no number from 1 to 2^31-1');
  if (!isNumber(from)) throw malformed('its first serial is no number from 1 to 2^31-1');
  if (!(link instanceof Uint8Array) || link.length !== LINK_BYTES)
    throw malformed(`its link has not ${LINK_BYTES} bytes`);
  const entries = entriesIn(packing, body);
  const to = from + entries.length - 1;
  if (to > NUMBER_MAX) throw malformed(`its last serial would be ${to}`);
  const parsed = parsedEntries(entries, terminal, from);
  const records: PositionedRecord[] = [];
  const rejected: RejectedRecord[] = [];
  parsed.forEach((found, index) => {
    if ('record' in found) records.push({ position: index + 1, record: found.record });
    else rejected.push({ position: index + 1, reason: found.reason });
  });
  const lines = () =>
    parsed.map((found, index) => ('record' in found ? formatRecord(found.record) : lineIn(entries[index])));
  return { terminal, from, to, before: hexDigits(link), records, rejected, lines };
}

/**
 * Reads a whole signed batch, less its signature.
 * @throws ProtocolError `batch-malformed`, or `terminal-mismatch` where it holds records of another terminal than signed it
 */
export function readSignedBatch(bytes: Uint8Array): ParsedSignedBatch {
  const { terminal, payload } = openSignedBatch(bytes);
  const parsed = parseSignedPayload(payload);
  if (parsed.terminal === terminal) return parsed;
  throw new ProtocolError(
    'terminal-mismatch',
    `records of terminal ${parsed.terminal} in a batch signed by terminal ${terminal}: a terminal speaks only for itself`,
  );
}

function entriesIn(packing: Cbor | undefined, body: Cbor | undefined): readonly Cbor[] {
  if (!(body instanceof Uint8Array) || (packing !== PLAIN && packing !== DEFLATED)) {
    throw malformed('its records are neither plain nor deflated');
  }
  const bytes = packing === PLAIN ? body : inflated(body, RECORDS_BYTES_MAX);
  if (bytes === null || bytes.length > RECORDS_BYTES_MAX) {
    throw malformed(`its records are no whole deflate stream of at most ${RECORDS_BYTES_MAX} bytes`);
  }
  if (packing === DEFLATED && body.length >= bytes.length) throw malformed('its records are deflated to no avail');
  const entries = decodeCbor(bytes)?.value;
  if (!isArray(entries) || entries.length < 1 || entries.length > SIGNED_BATCH_RECORDS_MAX) {
    throw malformed(`its records are not a list of 1 to ${SIGNED_BATCH_RECORDS_MAX}`);
  }
  return entries;
}

function parsedEntries(entries: readonly Cbor[], terminal: TerminalNumber, from: number): ParsedRecord[] {
  let timeBefore = 0;
  return entries.map((entry, index) => {
    if (typeof entry === 'string') return parsedLine(entry);
    const found = unpackRecord(entry, { terminal, serial: from + index, timeBefore });
    timeBefore = timeIn(entry, timeBefore);
    return found;
  });
}

function parsedLine(line: string): ParsedRecord {
  const parsed = parseJournalLine(line);
  return 'reason' in parsed ? parsed : { reason: 'a line that a terminal would have packed' };
}

function lineIn(entry: Cbor | undefined): string | null {
  return typeof entry === 'string' ? entry : null;
}

function isNumber(value: Cbor | undefined): value is number {
  return typeof value === 'number' && value >= 1 && value <= NUMBER_MAX;
}
