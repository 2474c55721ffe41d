/**
 * A phone that pays and is paid, offline: a medium, and the terminal on it, under one number (docs/adr/0018). What a person is shown is on
 * the phone's storage before: nothing is ever shown that a reload would not know.
 *
 *   payer   read request ──▶ decide ──▶ B, A′ signed ──▶ written ──▶ shown          ──▶ receipt known
 *   payee   request written ─▶ shown                      └──▶ scanned ──▶ checked ──▶ written ──▶ yes, receipt shown
 */
import { type Amount, amountOf, identityOf, type Product } from '@retap/model';
import {
  type Certificate,
  encodeMessage,
  encodePresentation,
  encodeRequest,
  openCertificate,
  PAYMENT_VALID_MS,
  type PaymentRequest,
  type PhoneMessage,
  phoneMedium,
  REQUEST_VALID_MS,
} from '@retap/protocol';
import type { PhoneActions, PhoneView } from './api.ts';
import { allowanceOf } from './bounds.ts';
import { exported } from './export.ts';
import { believedRecord, believedRequest, believedTicket, messageIn, type SignedRecord, type Trust } from './opened.ts';
import {
  type AskOutcome,
  type InspectOutcome,
  type PayOutcome,
  type ReadRequestOutcome,
  type Refused,
  refused,
  type TakeOutcome,
  type TicketOutcome,
} from './outcome.ts';
import { type Moment, paidBefore, paymentRefused, refundRefused, requestRefused, unfit } from './paying.ts';
import { type Item, type KeptWish, type PhoneOptions, PhoneStoreError, type StoreChange, type Stored } from './port.ts';
import type { PhoneRefusal } from './refusal.ts';
import { sealed } from './sealed.ts';
import { receiptFor, requestNumberOf, type Taking, takenBefore, takingRefused } from './taking.ts';
import { inspected, ticketOf } from './tickets.ts';
import { CLOCK_TOLERANCE_MS, isTurnedBack, nextTime, nowOf } from './time.ts';
import { type Intended, itemOf, transactionOn, writtenOn } from './writing.ts';

type Paid = { readonly outcome: 'paid'; readonly item: Item; readonly message: Uint8Array };

export class Phone implements PhoneActions {
  readonly #options: PhoneOptions;
  readonly #listeners = new Set<() => void>();
  #stored: Stored;

  private constructor(options: PhoneOptions, stored: Stored) {
    this.#options = options;
    this.#stored = stored;
  }

  /** Null where the phone was never registered. @throws PhoneStoreError */
  static async open(options: PhoneOptions): Promise<Phone | null> {
    const stored = await options.store.load();
    return stored && new Phone(options, stored);
  }

  get options(): PhoneOptions {
    return this.#options;
  }

  get stored(): Stored {
    return this.#stored;
  }

  get view(): PhoneView {
    const { document, items, journal, foreign } = this.#stored;
    const certificate = this.#certificate;
    const allowance = allowanceOf(document.account, certificate);
    return { document, items, currency: certificate.currency, allowance, unsent: journal.length + foreign.length };
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Another tab wrote: what is shown here is read anew. @throws PhoneStoreError */
  async refresh(): Promise<void> {
    const stored = await this.#options.store.load();
    if (stored === null || stored.document.version === this.#stored.document.version) return;
    this.#stored = stored;
    for (const listener of this.#listeners) listener();
  }

  ask(wanted: {
    readonly amount: Amount;
    readonly note: string;
    readonly product: Omit<Product, 'id'> | null;
  }): Promise<AskOutcome> {
    return this.#serve<AskOutcome>(async ({ document, moment, own }) => {
      if (wanted.product && document.kind !== 'merchant') return refused('merchants-only');
      if (wanted.amount <= 0 || wanted.amount > AMOUNT_MAX) return refused('amount-out-of-range');
      if (document.account.balance + wanted.amount > own.limits.balanceMax) return refused('balance-limit');
      const number = document.requestNumber + 1;
      const time = Math.max(this.#options.clock(), moment.now);
      const request: PaymentRequest = {
        ...{ terminal: document.terminal, number, time, validUntil: time + REQUEST_VALID_MS },
        ...wanted,
      };
      const bytes = await encodeRequest(request, (each) => this.#options.key.sign(each));
      const next = { ...document, version: document.version + 1, requestNumber: number };
      await this.commit({ document: { ...next, openRequest: { request, bytes } } });
      return { outcome: 'asked', request, message: this.#shown({ kind: 'request', request: bytes, ...this.#with() }) };
    });
  }

  async withdraw(): Promise<void> {
    await this.#serve<{ readonly outcome: 'withdrawn' } | Refused>(async ({ document }) => {
      if (document.openRequest) {
        await this.commit({ document: { ...document, version: document.version + 1, openRequest: null } });
      }
      return { outcome: 'withdrawn' };
    }, false);
  }

  async readRequest(message: Uint8Array): Promise<ReadRequestOutcome> {
    const opened = messageIn(message);
    if (opened === null) return refused('unreadable');
    if (opened.kind !== 'request') return refused('unexpected');
    const believed = await believedRequest(opened, this.#trust);
    if (typeof believed === 'string') return refused(believed);
    const { request, payee } = believed;
    const { document, items } = this.#stored;
    const paid = paidBefore(request, items);
    if (paid) return { outcome: 'payable', request, payee, paid };
    const reason = unfit(document) ?? requestRefused(request, payee, document, this.#certificate, this.#moment);
    if (reason) return refused(reason);
    const beyond = paymentRefused(request.amount, document.account, this.#certificate, this.#moment, request.product);
    return beyond ? refused(beyond) : { outcome: 'payable', request, payee, paid: null };
  }

  async pay(message: Uint8Array): Promise<PayOutcome> {
    return this.#serve<PayOutcome>(async () => {
      const read = await this.readRequest(message);
      if (read.outcome === 'refused') return read;
      const { request, payee, paid } = read;
      // Re-showing the same payment is always the same payment.
      if (paid) return this.#paid(paid);
      const { product, note, number } = request;
      const sold = product ? ({ type: 'purchase', product } as const) : ({ type: 'debit' } as const);
      return this.#payOut(
        {
          ...sold,
          amount: amountOf(-request.amount),
          reason: `payment-${number}`,
          counterparty: phoneMedium(payee.terminal),
        },
        { kind: 'payment', other: otherOf(payee), note, requestNumber: number },
      );
    });
  }

  refund(id: string, amount: Amount): Promise<PayOutcome> {
    return this.#serve<PayOutcome>(async ({ document, items, moment, own }) => {
      const item = items.find((each) => each.id === id);
      const reason = refundRefused(item, amount, document) ?? paymentRefused(amount, document.account, own, moment);
      if (reason || !item?.other || item.refersTo === null) return refused(reason ?? 'unexpected');
      const [terminal, serial] = item.refersTo.split('-').map(Number) as [number, number];
      const refunded = amountOf(item.refunded + amount);
      return this.#payOut(
        {
          ...{ type: 'debit', amount: amountOf(-amount), reason: 'refund' },
          ...{ counterparty: phoneMedium(item.other.terminal), refersTo: { terminal, serial } },
        },
        { kind: 'refund', other: item.other, note: item.note, refersTo: item.refersTo },
        [{ ...item, refunded }],
      );
    });
  }

  cashOut(amount: Amount): Promise<PayOutcome> {
    return this.#serve<PayOutcome>(async ({ document }) => {
      if (amount <= 0) return refused('amount-out-of-range');
      // To the centre, which knows the account: no bound of a certificate is about this.
      if (amount > document.account.balance) return refused('insufficient-balance');
      return this.#payOut(
        { type: 'debit', amount: amountOf(-amount), reason: 'cash-out', counterparty: 'centre' },
        { kind: 'cash-out', validUntil: null },
      );
    });
  }

  take(message: Uint8Array): Promise<TakeOutcome> {
    return this.#serve<TakeOutcome>(async ({ document, items, moment, own }) => {
      const opened = messageIn(message);
      if (opened === null) return refused('unreadable');
      if (opened.kind !== 'record') return refused('unexpected');
      const believed = await believedRecord(opened.batch, opened.certificate, this.#trust);
      if (typeof believed === 'string') return refused(believed);
      const before = takenBefore(believed.record, opened.batch, items);
      if (before === 'contradicted') return this.#keepContradiction(believed, opened.batch);
      if (before) return { ...this.#paid(before), outcome: 'taken-already' };
      const taking: Taking = { document, items, own, ...moment };
      const paid = receiptFor(believed, taking);
      if (paid) return this.#keepReceipt(paid, opened);
      const reason = takingRefused(believed, taking);
      return reason ? refused(reason) : this.#takeIn(believed, opened);
    });
  }

  inspect(message: Uint8Array): Promise<InspectOutcome> {
    return this.#serve<InspectOutcome>(async ({ document, own, moment }) => {
      const opened = messageIn(message);
      if (opened === null) return refused('unreadable');
      if (opened.kind !== 'ticket') return refused('unexpected');
      const ticket = await believedTicket(opened, this.#trust);
      if (typeof ticket === 'string') return refused(ticket);
      const product = inspected(ticket, document, own, moment);
      if (typeof product === 'string') return refused(product);
      const { terminal, uses, lastTime, lastTerminal, balance, mediumSerial } = ticket.presentation;
      const time = nextTime(this.#options.clock(), document, lastTime);
      const seen = {
        type: 'observation',
        medium: phoneMedium(terminal),
        time,
        lastTime,
        lastTerminal,
        balance,
      } as const;
      const record = { ...seen, terminal: document.terminal, serial: document.lastSerial + 1, mediumSerial };
      const written = await writtenOn(document, record, document.account, this.#options);
      await this.commit({ document: written.document, journal: [written.entry] });
      const { certificate: holder, record: bought } = ticket.purchase;
      const seller = ticket.receipt.certificate;
      return { outcome: 'valid', product, holder, seller, boughtAt: bought.time, uses };
    });
  }

  messageOf(id: string): Uint8Array | null {
    const item = this.#stored.items.find((each) => each.id === id);
    return item?.batch ? this.#paid(item).message : null;
  }

  showTicket(productId: string, use: boolean): Promise<TicketOutcome> {
    return this.#serve<TicketOutcome>(async ({ document, items, moment }) => {
      const ticket = ticketOf(productId, use, document, items, moment);
      if (typeof ticket === 'string') return refused(ticket);
      if (use)
        await this.#transact({ type: 'validation', productId, amount: amountOf(0), reason: 'ticket' }, 'validation');
      const { account } = this.#stored.document;
      const held = account.products.find(({ id }) => id === productId) ?? ticket.held;
      const { lastTime, lastTerminal, balance, mediumSerial } = account;
      const presentation = await encodePresentation(
        {
          ...{ terminal: document.terminal, time: nowOf(this.#options.clock(), this.#stored.document), productId },
          ...{ uses: held.uses, lastTime, lastTerminal, balance, mediumSerial },
        },
        (bytes) => this.#options.key.sign(bytes),
      );
      const { batch: purchase, otherBatch: receipt, otherCertificate: sellerCertificate } = ticket.item;
      const parts = { purchase, receipt, sellerCertificate, presentation, ...this.#with() };
      return { outcome: 'shown', message: this.#shown({ kind: 'ticket', ...parts }) };
    });
  }

  wish(
    wanted: Omit<KeptWish, 'id' | 'answer' | 'isRefused'>,
  ): Promise<Refused | { readonly outcome: 'wished'; readonly id: string }> {
    return this.#serve<Refused | { readonly outcome: 'wished'; readonly id: string }>(async ({ document }) => {
      const isSame = (each: KeptWish): boolean => wanted.kind === 'reclaim' && each.serial === wanted.serial;
      const asked = document.wishes.find((each) => isSame(each) && !each.isRefused);
      if (asked) return { outcome: 'wished', id: asked.id };
      const id = hex(this.#options.random(16));
      // What was refused was read by now.
      const open = document.wishes.filter((each) => !each.isRefused);
      const wishes = [...open, { ...wanted, id, answer: '', isRefused: false }];
      await this.commit({ document: { ...document, version: document.version + 1, wishes } });
      return { outcome: 'wished', id };
    });
  }

  exportUnsent(): Promise<Uint8Array> {
    return exported(this.#stored, this.#options.key);
  }

  /** One piece of work at a time, on the document as it is now, whoever wrote it. @throws whatever the work throws */
  locked<Result>(work: (stored: Stored) => Promise<Result>): Promise<Result> {
    return this.#options.lock(async () => {
      if ((await this.#options.store.version()) !== this.#stored.document.version) await this.refresh();
      return work(this.#stored);
    });
  }

  /** Within {@link locked}: written, and from then on what this phone knows. @throws PhoneStoreError */
  async commit(change: StoreChange): Promise<void> {
    await this.#options.store.commit(change);
    this.#stored = storedAfter(this.#stored, change);
    for (const listener of this.#listeners) listener();
  }

  /** Within {@link locked}: a transaction of its own account that nobody else is shown. @throws PhoneStoreError */
  async #transact(intended: Intended, kind: Item['kind']): Promise<Item> {
    const written = await transactionOn(this.#stored.document, intended, this.#options);
    const item = itemOf(written.record, { kind });
    await this.commit({ document: written.document, journal: [written.entry], items: [item] });
    return item;
  }

  /** Money goes out: signed, then written, then shown. */
  async #payOut(
    intended: Intended,
    line: Pick<Item, 'kind'> & Partial<Item>,
    others: readonly Item[] = [],
  ): Promise<Paid> {
    const { document } = this.#stored;
    const written = await transactionOn(document, intended, this.#options);
    const batch = await sealed(document.terminal, [written.entry], this.#options.key);
    const { record } = written;
    const product = record.type === 'purchase' ? record.product : null;
    const item = itemOf(record, { validUntil: record.time + PAYMENT_VALID_MS, ...line, product, batch });
    await this.commit({ document: written.document, journal: [written.entry], items: [item, ...others] });
    return this.#paid(item);
  }

  /** Money comes in: what was shown is kept beside the record, for either is enough for the centre. */
  async #takeIn(
    { record: paid, certificate: payer }: SignedRecord,
    shown: PhoneMessage & { readonly kind: 'record' },
  ): Promise<TakeOutcome> {
    const { document, items } = this.#stored;
    const { terminal, serial } = paid;
    const intended: Intended = {
      ...{ type: 'refill', amount: amountOf(-paid.amount), reason: 'received' },
      ...{ counterparty: phoneMedium(terminal), refersTo: { terminal, serial } },
    };
    const written = await transactionOn(document, intended, this.#options);
    const batch = await sealed(document.terminal, [written.entry], this.#options.key);
    const id = `${terminal}-${serial}`;
    const isRefund = paid.reason === 'refund';
    const open = document.openRequest;
    const isOpen = !isRefund && open?.request.number === requestNumberOf(paid);
    const item = itemOf(written.record, {
      ...{ kind: isRefund ? 'refund' : 'payment', other: otherOf(payer), refersTo: id, batch },
      ...{ requestNumber: isRefund ? null : requestNumberOf(paid), note: isOpen ? (open?.request.note ?? '') : '' },
      ...{ otherBatch: shown.batch, otherCertificate: shown.certificate },
      product: paid.type === 'purchase' ? paid.product : null,
    });
    const given = items.find((each) => isRefund && each.serial === paid.refersTo?.serial);
    await this.commit({
      document: { ...written.document, openRequest: isOpen ? null : open },
      journal: [written.entry],
      foreign: [{ id, batch: shown.batch }],
      items: given ? [item, { ...given, refunded: amountOf(given.refunded - paid.amount) }] : [item],
    });
    return { ...this.#paid(item), outcome: 'taken' };
  }

  async #keepReceipt(paid: Item, shown: PhoneMessage & { readonly kind: 'record' }): Promise<TakeOutcome> {
    const { document } = this.#stored;
    const state = paid.state === 'disputed' ? paid.state : 'taken';
    const item = { ...paid, state, otherBatch: shown.batch, otherCertificate: shown.certificate } as const;
    const known = { id: `receipt-${paid.id}`, batch: shown.batch };
    await this.commit({ document: { ...document, version: document.version + 1 }, items: [item], foreign: [known] });
    return { outcome: 'receipt', item };
  }

  /** What the payer's key has signed twice is brought to the centre, which cannot know of it otherwise. */
  async #keepContradiction({ record }: SignedRecord, batch: Uint8Array): Promise<Refused> {
    const { document } = this.#stored;
    const evidence = { id: `contradiction-${identityOf(record)}`, batch };
    await this.commit({ document: { ...document, version: document.version + 1 }, foreign: [evidence] });
    return refused('chain-broken');
  }

  #paid(item: Item): Paid {
    if (item.batch === null) throw new Error(`nothing is to be shown of ${item.id}`);
    return { outcome: 'paid', item, message: this.#shown({ kind: 'record', batch: item.batch, ...this.#with() }) };
  }

  #with(): { readonly certificate: Uint8Array } {
    return { certificate: this.#stored.document.certificate };
  }

  #shown(message: PhoneMessage): Uint8Array {
    return encodeMessage(message);
  }

  get #certificate(): Certificate {
    return openCertificate(this.#stored.document.certificate).certificate;
  }

  get #trust(): Trust {
    return { centre: this.#stored.document.centre, verify: this.#options.verify };
  }

  get #moment(): Moment {
    const { clock, clockTolerance = CLOCK_TOLERANCE_MS } = this.#options;
    return { now: nowOf(clock(), this.#stored.document), clockTolerance };
  }

  /** One person's wish at a time. What storage refuses is refused before anything is shown. */
  #serve<Outcome>(
    work: (at: Stored & { readonly moment: Moment; readonly own: Certificate }) => Promise<Outcome>,
    needsFit = true,
  ): Promise<Outcome | Refused> {
    return this.locked(async (stored) => {
      const { clock, clockTolerance = CLOCK_TOLERANCE_MS } = this.#options;
      const reason = needsFit ? unfit(stored.document) : null;
      if (reason) return refused(reason);
      if (isTurnedBack(clock(), stored.document, clockTolerance)) return refused('clock-turned-back');
      try {
        return await work({ ...stored, moment: this.#moment, own: this.#certificate });
      } catch (error) {
        if (error instanceof PhoneStoreError) return refused(refusalOf(error));
        throw error;
      }
    });
  }
}

const AMOUNT_MAX = 2 ** 40;

function refusalOf({ code }: PhoneStoreError): PhoneRefusal {
  // Who holds the lock and finds another version has a store that is not one.
  return code === 'store-full' ? 'store-full' : 'store-failed';
}

function otherOf({ terminal, name, kind }: Certificate): NonNullable<Item['other']> {
  return { terminal, name, kind };
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join('');
}

function storedAfter(before: Stored, change: StoreChange): Stored {
  const acknowledgedTo = change.journalAcknowledgedTo ?? 0;
  const gone = new Set(change.foreignAcknowledged);
  const put = new Map((change.items ?? []).map((item) => [item.id, item]));
  const known = before.items.map((item) => put.get(item.id) ?? item);
  const added = [...put.values()].filter(({ id }) => !before.items.some((item) => item.id === id));
  return {
    document: change.document,
    journal: [...before.journal.filter(({ serial }) => serial > acknowledgedTo), ...(change.journal ?? [])],
    foreign: [...before.foreign.filter(({ id }) => !gone.has(id)), ...(change.foreign ?? [])],
    items: [...added.sort((a, b) => b.serial - a.serial), ...known],
  };
}
