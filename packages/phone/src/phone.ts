/**
 * A phone that pays and is paid, offline: a medium, and the terminal on it, under one number (docs/adr/0018). What a person is shown is on
 * the phone's storage before: nothing is ever shown that a reload would not know.
 *
 *   payer   read request ──▶ decide ──▶ B, A′ signed ──▶ written ──▶ shown          ──▶ receipt known
 *   payee   request written ─▶ shown                      └──▶ scanned ──▶ checked ──▶ written ──▶ yes, receipt shown
 */
import { type Amount, amountOf, type Product } from '@retap/model';
import {
  encodeMessage,
  encodePresentation,
  encodeRequest,
  type PaymentRequest,
  phoneMedium,
  REQUEST_VALID_MS,
} from '@retap/protocol';
import type { PhoneActions, PhoneView } from './api.ts';
import { exported } from './export.ts';
import { Ledger } from './ledger.ts';
import {
  keepContradiction,
  keepReceipt,
  otherOf,
  ownCertificate,
  paidItem,
  payOut,
  takeIn,
  transact,
} from './movements.ts';
import { believedRecord, believedRequest, believedTicket, linkAfter, messageIn, type SignedRecord } from './opened.ts';
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
import { paidBefore, paymentRefused, refundRefused, requestRefused, unfit } from './paying.ts';
import type { KeptWish, PhoneOptions } from './port.ts';
import { receiptFor, type Taking, takenBefore, takenJustBefore, takingRefused } from './taking.ts';
import { inspected, ticketOf } from './tickets.ts';
import { nextTime, nowOf } from './time.ts';
import { writtenOn } from './writing.ts';

export class Phone implements PhoneActions {
  /** What it knows, and how that is written; whoever synchronises works on it, too. */
  readonly ledger: Ledger;

  private constructor(ledger: Ledger) {
    this.ledger = ledger;
  }

  /** Null where the phone was never registered. @throws PhoneStoreError */
  static async open(options: PhoneOptions): Promise<Phone | null> {
    const stored = await options.store.load();
    return stored && new Phone(new Ledger(options, stored));
  }

  get view(): PhoneView {
    return this.ledger.view;
  }

  subscribe(listener: () => void): () => void {
    return this.ledger.subscribe(listener);
  }

  /** Another tab wrote: what is shown here is read anew. @throws PhoneStoreError */
  refresh(): Promise<void> {
    return this.ledger.refresh();
  }

  ask(wanted: {
    readonly amount: Amount;
    readonly note: string;
    readonly product: Omit<Product, 'id'> | null;
  }): Promise<AskOutcome> {
    return this.ledger.serve<AskOutcome>(async ({ document, moment, own }) => {
      if (wanted.product && document.kind !== 'merchant') return refused('merchants-only');
      if (wanted.amount <= 0 || wanted.amount > AMOUNT_MAX) return refused('amount-out-of-range');
      if (document.account.balance + wanted.amount > own.limits.balanceMax) return refused('balance-limit');
      const number = document.requestNumber + 1;
      const time = Math.max(this.ledger.options.clock(), moment.now);
      const request: PaymentRequest = {
        ...{ terminal: document.terminal, number, time, validUntil: time + REQUEST_VALID_MS },
        ...wanted,
      };
      const bytes = await encodeRequest(request, (each) => this.ledger.options.key.sign(each));
      const next = { ...document, version: document.version + 1, requestNumber: number };
      await this.ledger.commit({ document: { ...next, openRequest: { request, bytes } } });
      return {
        outcome: 'asked',
        request,
        message: encodeMessage({ kind: 'request', request: bytes, ...ownCertificate(this.ledger) }),
      };
    });
  }

  async withdraw(): Promise<void> {
    await this.ledger.serve<{ readonly outcome: 'withdrawn' } | Refused>(async ({ document }) => {
      if (document.openRequest) {
        await this.ledger.commit({ document: { ...document, version: document.version + 1, openRequest: null } });
      }
      return { outcome: 'withdrawn' };
    }, false);
  }

  async readRequest(message: Uint8Array): Promise<ReadRequestOutcome> {
    const opened = messageIn(message);
    if (opened === null) return refused('unreadable');
    if (opened.kind !== 'request') return refused('unexpected');
    const believed = await believedRequest(opened, this.ledger.trust);
    if (typeof believed === 'string') return refused(believed);
    const { request, payee } = believed;
    const { document, items } = this.ledger.stored;
    const paid = paidBefore(request, items);
    if (paid) return { outcome: 'payable', request, payee, paid };
    const reason =
      unfit(document) ?? requestRefused(request, payee, document, this.ledger.certificate, this.ledger.moment);
    if (reason) return refused(reason);
    const beyond = paymentRefused(
      request.amount,
      document.account,
      this.ledger.certificate,
      this.ledger.moment,
      request.product,
    );
    return beyond ? refused(beyond) : { outcome: 'payable', request, payee, paid: null };
  }

  async pay(message: Uint8Array): Promise<PayOutcome> {
    return this.ledger.serve<PayOutcome>(async () => {
      const read = await this.readRequest(message);
      if (read.outcome === 'refused') return read;
      const { request, payee, paid } = read;
      // Re-showing the same payment is always the same payment.
      if (paid) return paidItem(paid);
      const { product, note, number } = request;
      const sold = product ? ({ type: 'purchase', product } as const) : ({ type: 'debit' } as const);
      return payOut(
        this.ledger,
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
    return this.ledger.serve<PayOutcome>(async ({ document, items, moment, own }) => {
      const item = items.find((each) => each.id === id);
      const reason = refundRefused(item, amount, document) ?? paymentRefused(amount, document.account, own, moment);
      if (reason || !item?.other || item.refersTo === null) return refused(reason ?? 'unexpected');
      const [terminal, serial] = item.refersTo.split('-').map(Number) as [number, number];
      const refunded = amountOf(item.refunded + amount);
      return payOut(
        this.ledger,
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
    return this.ledger.serve<PayOutcome>(async ({ document }) => {
      if (amount <= 0) return refused('amount-out-of-range');
      // To the centre, which knows the account: no bound of a certificate is about this.
      if (amount > document.account.balance) return refused('insufficient-balance');
      return payOut(
        this.ledger,
        { type: 'debit', amount: amountOf(-amount), reason: 'cash-out', counterparty: 'centre' },
        { kind: 'cash-out', validUntil: null },
      );
    });
  }

  take(message: Uint8Array): Promise<TakeOutcome> {
    return this.ledger.serve<TakeOutcome>(async ({ document, items, moment, own }) => {
      const opened = messageIn(message);
      if (opened === null) return refused('unreadable');
      if (opened.kind !== 'record') return refused('unexpected');
      const believed = await believedRecord(opened.batch, opened.certificate, this.ledger.trust);
      if (typeof believed === 'string') return refused(believed);
      const before = takenBefore(believed.record, opened.batch, items);
      if (before === 'contradicted' || (await this.#isOfAnotherJournal(believed))) {
        return keepContradiction(this.ledger, believed, opened.batch);
      }
      if (before) return { ...paidItem(before), outcome: 'taken-already' };
      const taking: Taking = { document, items, own, ...moment };
      const paid = receiptFor(believed, taking);
      if (paid) return keepReceipt(this.ledger, paid, opened);
      const reason = takingRefused(believed, taking);
      return reason ? refused(reason) : takeIn(this.ledger, believed, opened);
    });
  }

  inspect(message: Uint8Array): Promise<InspectOutcome> {
    return this.ledger.serve<InspectOutcome>(async ({ document, own, moment }) => {
      const opened = messageIn(message);
      if (opened === null) return refused('unreadable');
      if (opened.kind !== 'ticket') return refused('unexpected');
      const ticket = await believedTicket(opened, this.ledger.trust);
      if (typeof ticket === 'string') return refused(ticket);
      const product = inspected(ticket, document, own, moment);
      if (typeof product === 'string') return refused(product);
      const { terminal, uses, lastTime, lastTerminal, balance, mediumSerial } = ticket.presentation;
      const time = nextTime(this.ledger.options.clock(), document, lastTime);
      const seen = {
        type: 'observation',
        medium: phoneMedium(terminal),
        time,
        lastTime,
        lastTerminal,
        balance,
      } as const;
      const record = { ...seen, terminal: document.terminal, serial: document.lastSerial + 1, mediumSerial };
      const written = await writtenOn(document, record, document.account, this.ledger.options);
      await this.ledger.commit({ document: written.document, journal: [written.entry] });
      const { certificate: holder, record: bought } = ticket.purchase;
      const seller = ticket.receipt.certificate;
      return { outcome: 'valid', product, holder, seller, boughtAt: bought.time, uses };
    });
  }

  messageOf(id: string): Uint8Array | null {
    const item = this.ledger.stored.items.find((each) => each.id === id);
    return item?.batch ? paidItem(item).message : null;
  }

  showTicket(productId: string, use: boolean): Promise<TicketOutcome> {
    return this.ledger.serve<TicketOutcome>(async ({ document, items, moment }) => {
      const ticket = ticketOf(productId, use, document, items, moment);
      if (typeof ticket === 'string') return refused(ticket);
      if (use)
        await transact(
          this.ledger,
          { type: 'validation', productId, amount: amountOf(0), reason: 'ticket' },
          'validation',
        );
      const { account } = this.ledger.stored.document;
      const held = account.products.find(({ id }) => id === productId) ?? ticket.held;
      const { lastTime, lastTerminal, balance, mediumSerial } = account;
      const presentation = await encodePresentation(
        {
          ...{
            terminal: document.terminal,
            time: nowOf(this.ledger.options.clock(), this.ledger.stored.document),
            productId,
          },
          ...{ uses: held.uses, lastTime, lastTerminal, balance, mediumSerial },
        },
        (bytes) => this.ledger.options.key.sign(bytes),
      );
      const { batch: purchase, otherBatch: receipt, otherCertificate: sellerCertificate } = ticket.item;
      const parts = { purchase, receipt, sellerCertificate, presentation, ...ownCertificate(this.ledger) };
      return { outcome: 'shown', message: encodeMessage({ kind: 'ticket', ...parts }) };
    });
  }

  wish(
    wanted: Omit<KeptWish, 'id' | 'answer' | 'isRefused'>,
  ): Promise<Refused | { readonly outcome: 'wished'; readonly id: string }> {
    return this.ledger.serve<Refused | { readonly outcome: 'wished'; readonly id: string }>(async ({ document }) => {
      const isSame = (each: KeptWish): boolean => wanted.kind === 'reclaim' && each.serial === wanted.serial;
      const asked = document.wishes.find((each) => isSame(each) && !each.isRefused);
      if (asked) return { outcome: 'wished', id: asked.id };
      const id = hex(this.ledger.options.random(16));
      // What was refused was read by now.
      const open = document.wishes.filter((each) => !each.isRefused);
      const wishes = [...open, { ...wanted, id, answer: '', isRefused: false }];
      await this.ledger.commit({ document: { ...document, version: document.version + 1, wishes } });
      return { outcome: 'wished', id };
    });
  }

  exportUnsent(): Promise<Uint8Array> {
    return exported(this.ledger.stored, this.ledger.options.key);
  }

  /** Whether a record follows, by its serial, one that was taken here, and by its link something else: two devices sign with that key. */
  async #isOfAnotherJournal({ record, before }: SignedRecord): Promise<boolean> {
    const { otherBatch } = takenJustBefore(record, this.ledger.stored.items) ?? {};
    return otherBatch != null && (await linkAfter(otherBatch, this.ledger.options.sha256)) !== before;
  }
}

const AMOUNT_MAX = 2 ** 40;

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join('');
}
