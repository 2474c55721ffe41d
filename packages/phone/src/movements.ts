/** Money goes out of a phone's account, and comes in: each is one commit of the store, and only then is anything shown. */
import { amountOf, identityOf } from '@retap/model';
import { type Certificate, encodeMessage, PAYMENT_VALID_MS, type PhoneMessage, phoneMedium } from '@retap/protocol';
import type { Ledger } from './ledger.ts';
import type { SignedRecord } from './opened.ts';
import { type Refused, refused, type TakeOutcome } from './outcome.ts';
import type { Item } from './port.ts';
import { sealed } from './sealed.ts';
import { requestNumberOf } from './taking.ts';
import { type Intended, itemOf, transactionOn } from './writing.ts';

type Paid = { readonly outcome: 'paid'; readonly item: Item; readonly message: Uint8Array };

/** Within {@link locked}: a transaction of its own account that nobody else is shown. @throws PhoneStoreError */
export async function transact(ledger: Ledger, intended: Intended, kind: Item['kind']): Promise<Item> {
  const written = await transactionOn(ledger.stored.document, intended, ledger.options);
  const item = itemOf(written.record, { kind });
  await ledger.commit({ document: written.document, journal: [written.entry], items: [item] });
  return item;
}

/** Money goes out: signed, then written, then shown. */
export async function payOut(
  ledger: Ledger,
  intended: Intended,
  line: Pick<Item, 'kind'> & Partial<Item>,
  others: readonly Item[] = [],
): Promise<Paid> {
  const { document } = ledger.stored;
  const written = await transactionOn(document, intended, ledger.options);
  const batch = await sealed(document.terminal, [written.entry], ledger.options.key);
  const { record } = written;
  const product = record.type === 'purchase' ? record.product : null;
  const shown = { product, batch, certificate: document.certificate };
  const item = itemOf(record, { validUntil: record.time + PAYMENT_VALID_MS, ...line, ...shown });
  await ledger.commit({ document: written.document, journal: [written.entry], items: [item, ...others] });
  return paidItem(item);
}

/** Money comes in: what was shown is kept beside the record, for either is enough for the centre. */
export async function takeIn(
  ledger: Ledger,
  { record: paid, certificate: payer }: SignedRecord,
  shown: PhoneMessage & { readonly kind: 'record' },
): Promise<TakeOutcome> {
  const { document, items } = ledger.stored;
  const { terminal, serial } = paid;
  const intended: Intended = {
    ...{ type: 'refill', amount: amountOf(-paid.amount), reason: 'received' },
    ...{ counterparty: phoneMedium(terminal), refersTo: { terminal, serial } },
  };
  const written = await transactionOn(document, intended, ledger.options);
  const batch = await sealed(document.terminal, [written.entry], ledger.options.key);
  const id = `${terminal}-${serial}`;
  const isRefund = paid.reason === 'refund';
  const open = document.openRequest;
  const isOpen = !isRefund && open?.request.number === requestNumberOf(paid);
  const item = itemOf(written.record, {
    ...{
      kind: isRefund ? 'refund' : 'payment',
      other: otherOf(payer),
      refersTo: id,
      batch,
      certificate: document.certificate,
    },
    ...{ requestNumber: isRefund ? null : requestNumberOf(paid), note: isOpen ? (open?.request.note ?? '') : '' },
    ...{ otherBatch: shown.batch, otherCertificate: shown.certificate },
    product: paid.type === 'purchase' ? paid.product : null,
  });
  const given = items.find((each) => isRefund && each.serial === paid.refersTo?.serial);
  await ledger.commit({
    document: { ...written.document, openRequest: isOpen ? null : open },
    journal: [written.entry],
    foreign: [{ id, batch: shown.batch }],
    // Who gives a payment back has taken it.
    items: given
      ? [item, { ...given, refunded: amountOf(given.refunded - paid.amount), ...takenState(given) }]
      : [item],
  });
  return { ...paidItem(item), outcome: 'taken' };
}

export async function keepReceipt(
  ledger: Ledger,
  paid: Item,
  shown: PhoneMessage & { readonly kind: 'record' },
): Promise<TakeOutcome> {
  const { document } = ledger.stored;
  const item = { ...paid, ...takenState(paid), otherBatch: shown.batch, otherCertificate: shown.certificate } as const;
  const known = { id: `receipt-${paid.id}`, batch: shown.batch };
  await ledger.commit({ document: { ...document, version: document.version + 1 }, items: [item], foreign: [known] });
  return { outcome: 'receipt', item };
}

function takenState({ state }: Item): Pick<Item, 'state'> {
  return { state: state === 'disputed' ? state : 'taken' };
}

/** What the payer's key has signed twice is brought to the centre, which cannot know of it otherwise. */
export async function keepContradiction(ledger: Ledger, { record }: SignedRecord, batch: Uint8Array): Promise<Refused> {
  const { document } = ledger.stored;
  const evidence = { id: `contradiction-${identityOf(record)}`, batch };
  await ledger.commit({ document: { ...document, version: document.version + 1 }, foreign: [evidence] });
  return refused('chain-broken');
}

/** What is to be shown of an item, and that it is there. */
export function paidItem(item: Item): Paid {
  const { batch, certificate } = item;
  if (batch === null || certificate === null) throw new Error(`nothing is to be shown of ${item.id}`);
  return { outcome: 'paid', item, message: encodeMessage({ kind: 'record', batch, certificate }) };
}

export function ownCertificate(ledger: Ledger): { readonly certificate: Uint8Array } {
  return { certificate: ledger.stored.document.certificate };
}

export function otherOf({ terminal, name, kind }: Certificate): NonNullable<Item['other']> {
  return { terminal, name, kind };
}
