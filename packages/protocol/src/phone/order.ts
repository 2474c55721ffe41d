/**
 * What the centre orders for one phone's account, signed by it: value loaded, given back, a block. The same entries as the action list's
 * (docs/lists.md): the phone carries out only the next one, once, and its record names it.
 */
import { type Amount, amountOf, type TerminalNumber } from '@retap/model';
import { ProtocolError } from '../error.ts';
import type { Cbor } from '../signed/cbor.ts';
import type { Sign } from '../signed/cose.ts';
import type { Sign1Form } from '../signed/sign1.ts';
import { isWhole, NUMBER_MAX } from '../signed/whole.ts';
import { isShowable, NOTE_LENGTH_MAX } from './name.ts';
import { encodeSignedList, openSignedList } from './signed-list.ts';

export const ORDER_KINDS = ['refill', 'refund', 'block', 'unblock'] as const;
export type OrderKind = (typeof ORDER_KINDS)[number];

export interface Order {
  readonly terminal: TerminalNumber;
  /** 1, 2, 3, … of this account. */
  readonly serial: number;
  readonly kind: OrderKind;
  /** Above 0 for refill and refund; 0 for the others. */
  readonly amount: Amount;
  /** For the owner: `top-up`, `reclaim`, `moved`, or what a clerk wrote. */
  readonly why: string;
}

export interface OpenedOrder {
  readonly order: Order;
  readonly toBeSigned: Uint8Array;
  readonly signature: Uint8Array;
}

const VERSION = 1;
const AMOUNT_MAX = 2 ** 40;
const FORM: Sign1Form = { context: 'retap order 1', hasKeyName: false, bytesMax: 1024 };

export function encodeOrder(
  { terminal, serial, kind, amount, why }: Order,
  sign: Sign,
): Promise<Uint8Array<ArrayBuffer>> {
  return encodeSignedList(FORM, 0, [VERSION, terminal, serial, kind, amount, why], sign);
}

/** @throws ProtocolError `order-malformed` */
export function openOrder(bytes: Uint8Array): OpenedOrder {
  const opened = openSignedList(FORM, bytes);
  const order = opened && orderIn(opened.fields);
  if (!opened || !order) throw new ProtocolError('order-malformed', 'not an order as this version of Retap knows them');
  const { toBeSigned, signature } = opened;
  return { order, toBeSigned, signature };
}

function orderIn(fields: readonly Cbor[]): Order | null {
  const [version, terminal, serial, word, amount, why, ...more] = fields;
  const kind = ORDER_KINDS.find((each) => each === word);
  const moves = kind === 'refill' || kind === 'refund';
  const isOrder =
    version === VERSION &&
    isWhole(terminal, 1, NUMBER_MAX) &&
    isWhole(serial, 1, NUMBER_MAX) &&
    kind !== undefined &&
    isWhole(amount, moves ? 1 : 0, moves ? AMOUNT_MAX : 0) &&
    isShowable(why, NOTE_LENGTH_MAX) &&
    more.length === 0;
  return isOrder ? { terminal, serial, kind, amount: amountOf(amount), why } : null;
}
