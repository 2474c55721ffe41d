/** A list as it travels and is kept: signed by the centre, in one encoding (docs/lists.md, "What a terminal gets"). */
import { ProtocolError } from '../error.ts';
import {
  type Cbor,
  countValues,
  decodeCbor,
  encodeCbor,
  isArray,
  sameBytes,
  sameCbor,
  VALUES_MAX,
} from '../signed/cbor.ts';
import type { Sign } from '../signed/cose.ts';
import { encodeSign1, openSign1, type Sign1Form, writeSign1 } from '../signed/sign1.ts';
import { isWhole, NUMBER_MAX, TIME_MAX } from '../signed/whole.ts';
import { packEntries, unpackActions, unpackDeny, unpackLimits } from './entries.ts';
import { LIST_ENTRIES_MAX, LIST_KINDS, type List, type ListKind } from './list.ts';
import { unpackTariffs } from './tariff-entries.ts';

/** Content type of a list (RFC 9052, section 11.3.1). */
export const LIST_CONTENT_TYPE = 'application/cose; cose-type="cose-sign1"';

/** Content type of a difference between two versions of a list, a COSE_Sign1 too. */
export const DELTA_CONTENT_TYPE = 'application/vnd.retap.list-delta+cose';

/** Most bytes of a list: as many entries as there may be, each with a name of the longest. */
export const LIST_BYTES_MAX = 16 * 2 ** 20;

const FORM: Sign1Form = { context: 'retap list 1', hasKeyName: false, bytesMax: LIST_BYTES_MAX };
const VERSION = 1;
/** List → entries → tariff → parts → part → offers → offer. */
const DEPTH_MAX = 7;

/** A list taken apart. Whether the signature is good is for whoever has the centre's public key. */
export interface OpenedList {
  readonly list: List;
  readonly toBeSigned: Uint8Array;
  readonly signature: Uint8Array;
}

/** @param sign Ed25519 by the centre's key. Equal lists give equal bytes. @throws RangeError where it is none, or too long */
export async function encodeList(list: List, sign: Sign): Promise<Uint8Array<ArrayBuffer>> {
  const payload = payloadOf(list);
  if (!fits(list)) throw new RangeError(`the ${list.kind} list is too long for any terminal`);
  // What nobody could read would else be signed, and count as published.
  if (!isList(list)) throw new RangeError(`a ${list.kind} list that no terminal would take`);
  return encodeSign1(FORM, 0, payload, sign);
}

/** A list with the signature that the centre made of it; null where it is none, or too long. */
export function writtenList(list: List, signature: Uint8Array): Uint8Array<ArrayBuffer> | null {
  const payload = payloadOf(list);
  if (listIn(payload) === null) return null;
  const bytes = writeSign1(FORM, 0, payload, signature);
  return bytes.length <= LIST_BYTES_MAX ? bytes : null;
}

/** Whether it is one that can be written and is read again. */
export function isList(list: List): boolean {
  return listIn(payloadOf(list)) !== null;
}

/**
 * Whether there are not more entries than a terminal takes: {@link LIST_ENTRIES_MAX}, and of those that are made of several values
 * as many as CBOR may have values.
 */
export function fits(list: List): boolean {
  const { entries } = list;
  if (Array.isArray(entries) && entries.length > LIST_ENTRIES_MAX) return false;
  // [version, kind, version of the list, issued, expires, entries]
  return 6 + countValues(packEntries(list)) <= VALUES_MAX;
}

/** Whether two lists, of whatever version and time, say the same. */
export function sameEntries(one: List, other: List): boolean {
  return one.kind === other.kind && sameCbor(packEntries(one), packEntries(other));
}

/** @throws ProtocolError `list-malformed` */
export function openList(bytes: Uint8Array): OpenedList {
  const opened = openSign1(FORM, bytes);
  if (opened === null) throw malformed(`its ${bytes.length} bytes are not one whole COSE_Sign1`);
  const list = listIn(opened.payload);
  if (list === null) throw malformed('it does not say kind, version, times and entries as this version of Retap does');
  return { list, toBeSigned: opened.toBeSigned, signature: opened.signature };
}

function payloadOf(list: List): Uint8Array {
  const { kind, version, issuedAt, expiresAt } = list;
  return encodeCbor([VERSION, LIST_KINDS.indexOf(kind), version, issuedAt, expiresAt, packEntries(list)]);
}

function listIn(payload: Uint8Array): List | null {
  const fields = decodeCbor(payload, DEPTH_MAX)?.value;
  const [written, place, version, issuedAt, expiresAt, entries] = isArray(fields) ? fields : [];
  const kind = typeof place === 'number' ? LIST_KINDS[place] : undefined;
  const isShaped =
    written === VERSION &&
    kind !== undefined &&
    isWhole(version, 1, NUMBER_MAX) &&
    isWhole(issuedAt, 0, TIME_MAX) &&
    isWhole(expiresAt, 0, TIME_MAX) &&
    isArray(entries) &&
    entries.length <= LIST_ENTRIES_MAX;
  if (!isShaped) return null;
  const unpacked = UNPACK[kind](entries);
  if (unpacked === null) return null;
  const list = { kind, version, issuedAt, expiresAt, entries: unpacked } as List;
  // Only the one encoding of a list is it: no second byte string has the same version.
  return sameBytes(payloadOf(list), payload) ? list : null;
}

const UNPACK: Readonly<Record<ListKind, (values: readonly Cbor[]) => List['entries'] | null>> = {
  deny: unpackDeny,
  actions: unpackActions,
  limits: unpackLimits,
  tariff: unpackTariffs,
};

function malformed(what: string): ProtocolError {
  return new ProtocolError('list-malformed', `not a list: ${what}`);
}
