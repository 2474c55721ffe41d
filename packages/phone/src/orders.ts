/** What the centre ordered for this phone's account: carried out once, in order, as the action list's entries are on a card. */
import { amountOf } from '@retap/model';
import { type Order, openOrder } from '@retap/protocol';
import type { Trust } from './opened.ts';
import type { ItemKind, PhoneDocument, PhoneOptions, StoreChange } from './port.ts';
import { itemOf, transactionOn } from './writing.ts';

/** The order, where it is by the centre, for this phone, and the next one; else null: it is not carried out. */
export async function nextOrder(
  bytes: Uint8Array,
  document: PhoneDocument,
  { centre, verify }: Trust,
): Promise<Order | null> {
  const { order, toBeSigned, signature } = openOrder(bytes);
  const isNext = order.terminal === document.terminal && order.serial === document.actionSerial + 1;
  return isNext && (await verify(centre, toBeSigned, signature)) ? order : null;
}

/** The transaction that carries an order out (spec, "Records"): block and unblock are a debit of 0. */
export async function carriedOut(
  { serial, kind, amount, why }: Order,
  document: PhoneDocument,
  options: Pick<PhoneOptions, 'clock' | 'sha256'>,
): Promise<StoreChange> {
  const moves = kind === 'refill' || kind === 'refund';
  const reason = REASON.test(why) ? why : kind;
  const intended = { type: moves ? 'refill' : 'debit', amount: amountOf(moves ? amount : 0), reason } as const;
  const written = await transactionOn(document, { ...intended, action: { serial, kind } }, options);
  const isBlocked = kind === 'block' || (kind === 'unblock' ? false : document.isBlocked);
  const item = itemOf(written.record, { kind: ITEM_KINDS[why] ?? BY_KIND[kind], note: why });
  return {
    document: { ...written.document, actionSerial: serial, isBlocked },
    journal: [written.entry],
    items: [item],
  };
}

const REASON = /^[0-9A-Za-z._-]{1,64}$/;
const ITEM_KINDS: Readonly<Record<string, ItemKind>> = { 'top-up': 'top-up', reclaim: 'reclaim', moved: 'moved' };
const BY_KIND = { refill: 'given', refund: 'given', block: 'blocked', unblock: 'unblocked' } as const;
