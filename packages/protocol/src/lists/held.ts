/** A terminal's word on which versions of the lists it holds: `POST /lists/held`, COSE_Sign1 by its identity. */
import type { TerminalNumber, Time } from '@retap/model';
import { ProtocolError } from '../error.ts';
import { decodeCbor, encodeCbor, isArray, sameBytes } from '../signed/cbor.ts';
import type { Sign } from '../signed/cose.ts';
import { encodeSign1, openSign1, type Sign1Form } from '../signed/sign1.ts';
import { isWhole, NUMBER_MAX, TIME_MAX } from '../signed/whole.ts';
import { LIST_KINDS, type ListKind } from './list.ts';

export const HELD_BYTES_MAX = 256;

const FORM: Sign1Form = { context: 'retap lists held 1', hasKeyName: true, bytesMax: HELD_BYTES_MAX };
const VERSION = 1;
/** Lists that the first version of Retap with lists had: a centre of then takes exactly so many numbers. */
const LISTS_AT_FIRST = 3;

export interface HeldLists {
  readonly terminal: TerminalNumber;
  /** By the terminal's clock: of two statements the later stands. */
  readonly saidAt: Time;
  /** 0 where none is held. */
  readonly versions: Readonly<Record<ListKind, number>>;
}

export interface OpenedHeldLists {
  readonly held: HeldLists;
  readonly toBeSigned: Uint8Array;
  readonly signature: Uint8Array;
}

export function encodeHeldLists(
  { terminal, saidAt, versions }: HeldLists,
  sign: Sign,
): Promise<Uint8Array<ArrayBuffer>> {
  return encodeSign1(FORM, terminal, payloadOf({ terminal, saidAt, versions }), sign);
}

/**
 * Of the lists that came later, none at the end that is not held: a centre that does not know such a list never gave one out, so that
 * it is told in the form that it knows.
 */
function payloadOf({ terminal, saidAt, versions }: HeldLists): Uint8Array {
  const numbers = LIST_KINDS.map((kind) => versions[kind] ?? 0);
  const last = numbers.findLastIndex((number) => number !== 0);
  return encodeCbor([VERSION, terminal, saidAt, numbers.slice(0, Math.max(LISTS_AT_FIRST, last + 1))]);
}

/** @throws ProtocolError `held-lists-malformed` */
export function openHeldLists(bytes: Uint8Array): OpenedHeldLists {
  const opened = openSign1(FORM, bytes);
  if (opened === null) throw malformed(`its ${bytes.length} bytes are not one whole COSE_Sign1`);
  const fields = decodeCbor(opened.payload)?.value;
  const [written, terminal, saidAt, numbers, ...rest] = isArray(fields) ? fields : [];
  const isHeld =
    written === VERSION &&
    isWhole(terminal, 1, NUMBER_MAX) &&
    terminal === opened.keyName &&
    isWhole(saidAt, 0, TIME_MAX) &&
    isArray(numbers) &&
    numbers.length <= LIST_KINDS.length &&
    numbers.every((number) => isWhole(number, 0, NUMBER_MAX)) &&
    rest.length === 0;
  if (!isHeld) throw malformed('it does not say terminal, time and versions as this version of Retap knows them');
  const versions = Object.fromEntries(LIST_KINDS.map((kind, place) => [kind, numbers[place] ?? 0]));
  const held = { terminal, saidAt, versions: versions as Record<ListKind, number> };
  // One encoding: neither a list too few nor a nought too many.
  if (!sameBytes(payloadOf(held), opened.payload)) throw malformed('it counts the lists otherwise than is written');
  return {
    held,
    toBeSigned: opened.toBeSigned,
    signature: opened.signature,
  };
}

function malformed(what: string): ProtocolError {
  return new ProtocolError('held-lists-malformed', `not what a terminal holds: ${what}`);
}
