/** The next record on a phone, and the document as it is with it: what a commit of the store is made of. */
import {
  type Amount,
  accountAfter,
  amountOf,
  type DebitRecord,
  type MediumAccount,
  type ObservationRecord,
  type Product,
  type PurchaseRecord,
  type RecordIdentity,
  type RefillRecord,
  type TransactionRecord,
  type ValidationRecord,
} from '@retap/model';
import { entryOf, nextLink } from './chain.ts';
import type { Item, JournalEntry, PhoneDocument, PhoneOptions } from './port.ts';
import { nextTime } from './time.ts';

/** What a transaction of the phone's own account is to be. */
export type Intended = {
  readonly amount: Amount;
  readonly reason: string;
  readonly counterparty?: string;
  readonly refersTo?: RecordIdentity;
  readonly action?: { readonly serial: number; readonly kind: string };
} & (
  | { readonly type: 'refill' | 'debit' }
  | { readonly type: 'purchase'; readonly product: Omit<Product, 'id'> }
  | { readonly type: 'validation'; readonly productId: string }
);

export interface Written<Made> {
  readonly record: Made;
  readonly entry: JournalEntry;
  /** With the record; its version is one more. */
  readonly document: PhoneDocument;
}

type World = Pick<PhoneOptions, 'clock' | 'sha256'>;

/** B and A′ (paper section 3.2): nothing is written yet. */
export async function transactionOn(
  document: PhoneDocument,
  intended: Intended,
  world: World,
): Promise<Written<TransactionRecord>> {
  const { terminal, account } = document;
  const serial = document.lastSerial + 1;
  const time = nextTime(world.clock(), document);
  const productId = `${terminal}-${serial}`;
  const bought = intended.type === 'purchase' ? { ...intended.product, id: productId } : undefined;
  const used = intended.type === 'validation' ? intended.productId : undefined;
  const after = accountAfter(account, intended.amount, { time, terminal, productId }, bought, used);
  const { reason, counterparty, refersTo, action } = intended;
  const base: Base = {
    ...{ terminal, serial, medium: account.medium, time },
    ...{ lastTime: account.lastTime, lastTerminal: account.lastTerminal },
    ...{
      amount: intended.amount,
      balance: after.balance,
      status: 'successful' as const,
      mediumSerial: after.mediumSerial,
    },
    ...(action && { action }),
    reason,
    ...(counterparty !== undefined && { counterparty }),
    ...(refersTo && { refersTo }),
  };
  return writtenOn(document, recordOf(base, intended, bought), after, world);
}

type Base = Omit<RefillRecord, 'type'>;

function recordOf(base: Base, intended: Intended, bought: Product | undefined): TransactionRecord {
  switch (intended.type) {
    case 'refill':
      return { ...base, type: 'refill' };
    case 'debit':
      return { ...base, type: 'debit' } satisfies DebitRecord;
    case 'purchase':
      if (!bought) throw new Error('a purchase without a product');
      return { ...base, type: 'purchase', product: bought } satisfies PurchaseRecord;
    case 'validation':
      return { ...base, type: 'validation', productId: intended.productId } satisfies ValidationRecord;
  }
}

/** A record about another's medium, or the opening of one's own. */
export async function writtenOn<Made extends TransactionRecord | ObservationRecord>(
  document: PhoneDocument,
  record: Made,
  account: MediumAccount,
  { sha256 }: Pick<PhoneOptions, 'sha256'>,
): Promise<Written<Made>> {
  const entry = entryOf(record, document.link);
  const link = await nextLink(entry, sha256);
  const { serial: lastSerial, time: lastRecordTime } = record;
  const version = document.version + 1;
  return { record, entry, document: { ...document, version, account, lastSerial, lastRecordTime, link } };
}

/** A line of the history for a record; what it has not is filled in. */
export function itemOf(
  record: TransactionRecord,
  rest: Pick<Item, 'kind'> & Partial<Omit<Item, 'id' | 'serial' | 'amount' | 'balance' | 'time'>>,
): Item {
  const { serial, amount, balance, time } = record;
  return {
    ...{
      id: `${record.terminal}-${serial}`,
      serial,
      amount,
      balance,
      time,
      state: 'unreported',
      other: null,
      note: '',
    },
    ...{ product: null, validUntil: null, refersTo: null, refunded: NOTHING, requestNumber: null },
    ...{ batch: null, certificate: null, otherBatch: null, otherCertificate: null },
    ...rest,
  };
}

const NOTHING = amountOf(0);
