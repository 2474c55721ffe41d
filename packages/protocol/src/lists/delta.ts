/**
 * What changed between two versions of a list, signed by the centre (docs/lists.md, "Differences"). It carries the centre's signature
 * over the newer list as a whole: who holds the older one makes the newer one of it, byte for byte as the centre has signed it.
 */
import type { MediumName, Time } from '@retap/model';
import { ProtocolError } from '../error.ts';
import { type Cbor, decodeCbor, encodeCbor, isArray, sameBytes, sameCbor } from '../signed/cbor.ts';
import { encodeSign1, openSign1, SIGNATURE_BYTES, type Sign, type Sign1Form } from '../signed/sign1.ts';
import { isWhole, NUMBER_MAX, TIME_MAX } from '../signed/whole.ts';
import { LIST_BYTES_MAX, type OpenedList, writtenList } from './document.ts';
import { packAction, packMedium, unpackActions, unpackDeny, unpackKeys } from './entries.ts';
import { LIST_ENTRIES_MAX, LIST_KINDS, type List, type ListedAction } from './list.ts';

/** Lists that may be long, and change little at a time. */
export const DELTA_KINDS = ['deny', 'actions'] as const;
type DeltaKind = (typeof DELTA_KINDS)[number];

const FORM: Sign1Form = { context: 'retap list delta 1', hasKeyName: false, bytesMax: LIST_BYTES_MAX };
const VERSION = 1;
/** Delta → added → action → product. */
const DEPTH_MAX = 4;
const SHA256_BYTES = 32;

export type Sha256 = (bytes: Uint8Array) => Uint8Array;

interface Delta {
  readonly kind: DeltaKind;
  /** Version that it is applied to. */
  readonly from: number;
  /** Version that comes of it, and its times. */
  readonly version: number;
  readonly issuedAt: Time;
  readonly expiresAt: Time;
  /** Of the newer list, as it is signed. */
  readonly digest: Uint8Array;
  /** Of the newer list. */
  readonly signature: Uint8Array;
  readonly removed: readonly Key[];
  readonly added: DeltaList['entries'];
}

type DeltaList = List<DeltaKind>;
/** What an entry is known by: the medium; of an action also its number, else 0. */
type Key = readonly [medium: MediumName, serial: number];

/** A delta taken apart. Whether the signature is good is for whoever has the centre's public key. */
export interface OpenedDelta {
  readonly delta: Delta;
  readonly toBeSigned: Uint8Array;
  readonly signature: Uint8Array;
}

/**
 * @param older a list of the same kind, of a lower version @param newer as signed
 * @returns null where the list is of a kind that always goes out whole
 * @throws RangeError where it is too long
 */
export async function encodeDelta(
  older: List,
  newer: OpenedList,
  document: Uint8Array,
  sha256: Sha256,
  sign: Sign,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const { list, signature } = newer;
  if (!isDeltaList(older) || !isDeltaList(list) || older.kind !== list.kind) return null;
  const { kind, version, issuedAt, expiresAt } = list;
  const [before, after] = [entriesOf(older), entriesOf(list)];
  const isGone = (key: string, entry: Cbor): boolean => !isSame(after.get(key)?.packed, entry);
  const isNew = (key: string, entry: Cbor): boolean => !isSame(before.get(key)?.packed, entry);
  const removed = [...before].filter(([key, { packed }]) => isGone(key, packed)).map(([, { key }]) => key);
  const added = [...after].filter(([key, { packed }]) => isNew(key, packed)).map(([, { entry }]) => entry);
  const delta = { kind, from: older.version, version, issuedAt, expiresAt, removed };
  const whole = { ...delta, digest: sha256(document), signature, added: added as DeltaList['entries'] };
  return encodeSign1(FORM, 0, payloadOf(whole), sign);
}

/** @throws ProtocolError `delta-malformed` */
export function openDelta(bytes: Uint8Array): OpenedDelta {
  const opened = openSign1(FORM, bytes);
  const delta = opened && deltaIn(opened.payload);
  if (!delta)
    throw new ProtocolError('delta-malformed', `its ${bytes.length} bytes are not one whole difference of a list`);
  return { delta, toBeSigned: opened.toBeSigned, signature: opened.signature };
}

/**
 * The newer list, byte for byte as the centre has signed it; null where the delta is not of this list. Whether the signature of what
 * comes of it is good is still to be verified, as of any list.
 */
export function applyDelta(older: List, delta: Delta, sha256: Sha256): Uint8Array<ArrayBuffer> | null {
  const { kind, from, version, issuedAt, expiresAt, digest, signature } = delta;
  if (!isDeltaList(older) || older.kind !== kind || older.version !== from) return null;
  const entries = entriesOf(older);
  for (const key of delta.removed) if (!entries.delete(key.join(' '))) return null;
  for (const [key, entry] of entriesOf({ kind, entries: delta.added } as DeltaList)) {
    if (entries.has(key)) return null;
    entries.set(key, entry);
  }
  if (entries.size > LIST_ENTRIES_MAX) return null;
  const sorted = [...entries.values()].sort(byKey).map(({ entry }) => entry);
  const document = writtenList({ kind, version, issuedAt, expiresAt, entries: sorted } as List, signature);
  return document && sameBytes(sha256(document), digest) ? document : null;
}

interface Entry {
  readonly key: Key;
  readonly entry: MediumName | ListedAction;
  readonly packed: Cbor;
}

function isDeltaList(list: List): list is DeltaList {
  return (DELTA_KINDS as readonly string[]).includes(list.kind);
}

function entriesOf(list: Pick<DeltaList, 'kind' | 'entries'>): Map<string, Entry> {
  const entries = (list.entries as readonly (MediumName | ListedAction)[]).map((entry): Entry => {
    if (typeof entry === 'string') return { key: [entry, 0], entry, packed: packMedium(entry) };
    return { key: [entry.medium, entry.serial], entry, packed: packAction(entry) };
  });
  return new Map(entries.map((each) => [each.key.join(' '), each]));
}

function byKey({ key: [medium, serial] }: Entry, { key: [other, otherSerial] }: Entry): number {
  if (medium === other) return serial - otherSerial;
  return medium < other ? -1 : 1;
}

function isSame(one: Cbor | undefined, other: Cbor): boolean {
  return one !== undefined && sameCbor(one, other);
}

function payloadOf({ kind, from, version, issuedAt, expiresAt, digest, signature, removed, added }: Delta): Uint8Array {
  const isDeny = kind === 'deny';
  const packedAdded = [...entriesOf({ kind, entries: added } as DeltaList).values()].map(({ packed }) => packed);
  return encodeCbor([
    ...[VERSION, LIST_KINDS.indexOf(kind), from, version, issuedAt, expiresAt, digest, signature],
    removed.map(([medium, serial]) => (isDeny ? packMedium(medium) : [packMedium(medium), serial])),
    packedAdded,
  ]);
}

function deltaIn(payload: Uint8Array): Delta | null {
  const fields = decodeCbor(payload, DEPTH_MAX)?.value;
  const [written, place, from, version, issuedAt, expiresAt, digest, signature, removed, added] = isArray(fields)
    ? fields
    : [];
  const kind = DELTA_KINDS.find((each) => LIST_KINDS.indexOf(each) === place);
  const isShaped =
    written === VERSION &&
    kind !== undefined &&
    isWhole(from, 1, NUMBER_MAX) &&
    isWhole(version, from + 1, NUMBER_MAX) &&
    isWhole(issuedAt, 0, TIME_MAX) &&
    isWhole(expiresAt, 0, TIME_MAX) &&
    isBytes(digest, SHA256_BYTES) &&
    isBytes(signature, SIGNATURE_BYTES) &&
    isArray(removed) &&
    isArray(added) &&
    Math.max(removed.length, added.length) <= LIST_ENTRIES_MAX;
  if (!isShaped) return null;
  const keys = kind === 'deny' ? unpackDeny(removed)?.map((medium): Key => [medium, 0]) : unpackKeys(removed);
  const entries = kind === 'deny' ? unpackDeny(added) : unpackActions(added);
  if (!keys || !entries) return null;
  const times = { issuedAt, expiresAt };
  const delta: Delta = { kind, from, version, ...times, digest, signature, removed: keys, added: entries };
  return sameBytes(payloadOf(delta), payload) ? delta : null;
}

function isBytes(value: Cbor | undefined, length: number): value is Uint8Array {
  return value instanceof Uint8Array && value.length === length;
}
