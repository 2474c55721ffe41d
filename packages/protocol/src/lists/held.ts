/** A terminal's word on which versions of the lists it holds: `POST /lists/held`, COSE_Sign1 by its identity. */
import type { TerminalNumber, Time } from '@retap/model';
import { ProtocolError } from '../error.ts';
import { type Cbor, decodeCbor, encodeCbor, isArray } from '../signed/cbor.ts';
import type { Sign } from '../signed/cose.ts';
import { encodeSign1, openSign1, type Sign1Form } from '../signed/sign1.ts';
import { LIST_KINDS, type ListKind } from './list.ts';

export const HELD_BYTES_MAX = 256;

const FORM: Sign1Form = { context: 'retap lists held 1', hasKeyName: true, bytesMax: HELD_BYTES_MAX };
const VERSION = 1;
const NUMBER_MAX = 2 ** 31 - 1;
const TIME_MAX = 2 ** 48 - 1;

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
  const payload = encodeCbor([VERSION, terminal, saidAt, LIST_KINDS.map((kind) => versions[kind])]);
  return encodeSign1(FORM, terminal, payload, sign);
}

/** @throws ProtocolError `held-lists-malformed` */
export function openHeldLists(bytes: Uint8Array): OpenedHeldLists {
  const opened = openSign1(FORM, bytes);
  if (opened === null) throw malformed(`its ${bytes.length} bytes are not one whole COSE_Sign1`);
  const fields = decodeCbor(opened.payload)?.value;
  const [written, terminal, saidAt, numbers, ...rest] = isArray(fields) ? fields : [];
  const isHeld =
    written === VERSION &&
    isNumber(terminal, 1, NUMBER_MAX) &&
    terminal === opened.keyName &&
    isNumber(saidAt, 0, TIME_MAX) &&
    isArray(numbers) &&
    numbers.length === LIST_KINDS.length &&
    numbers.every((number) => isNumber(number, 0, NUMBER_MAX)) &&
    rest.length === 0;
  if (!isHeld) throw malformed('it does not say terminal, time and versions as this version of Retap knows them');
  const versions = Object.fromEntries(LIST_KINDS.map((kind, place) => [kind, numbers[place]]));
  return {
    held: { terminal, saidAt, versions: versions as Record<ListKind, number> },
    toBeSigned: opened.toBeSigned,
    signature: opened.signature,
  };
}

function isNumber(value: Cbor | undefined, low: number, high: number): value is number {
  return typeof value === 'number' && value >= low && value <= high;
}

function malformed(what: string): ProtocolError {
  return new ProtocolError('held-lists-malformed', `not what a terminal holds: ${what}`);
}
