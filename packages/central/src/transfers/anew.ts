/**
 * The rules of docs/transfers.md, plainly, over all records of phones at once: what `retap check` and the property tests hold the tables
 * against. Shares nothing with them but what a transfer is.
 */
import {
  byIdentity,
  type Configuration,
  identityOf,
  type JournalRecord,
  type RecordIdentity,
  type TerminalNumber,
  type Time,
  type TransactionRecord,
} from '@retap/model';
import { PAYMENT_VALID_MS, type PaymentState, phoneMedium } from '@retap/protocol';
import type { TransferAlert, TransferAlertKind } from './alerts.ts';
import { isPhone, RECLAIM_DELAY_MS, type TransferIn, type TransferOut, transferOf } from './facts.ts';

export interface PhoneRecords {
  /** Of phones; each identity once, the one that stands. */
  readonly records: readonly JournalRecord[];
  readonly effective: ReadonlySet<JournalRecord>;
  /** Whether there is a record of that identity, by whomever. */
  readonly isKnown: (identity: RecordIdentity) => boolean;
  /** Phones that have a conflicting record, or a broken chain. */
  readonly contradicted: ReadonlySet<TerminalNumber>;
}

/** What else there is: what the centre ordered and gave back, whom it registered, and what phones said of themselves. */
export interface Heard {
  /** By medium and serial, with a space between. */
  readonly orders: ReadonlyMap<string, { readonly kind: string; readonly amount: number | null }>;
  /** Identities of payments. */
  readonly reclaimed: ReadonlySet<string>;
  readonly phones: ReadonlySet<TerminalNumber>;
  readonly said: ReadonlyMap<TerminalNumber, { readonly saidAt: Time; readonly lastSerial: number }>;
}

export interface TransferState {
  readonly alerts: readonly TransferAlert[];
  /** Of each phone's payments, by serial. */
  readonly states: ReadonlyMap<TerminalNumber, ReadonlyMap<number, PaymentState>>;
}

export function transfersAnew(
  { records, effective, isKnown, contradicted }: PhoneRecords,
  heard: Heard,
  asOf: Time,
  { maxDelay, clockTolerance }: Pick<Configuration, 'maxDelay' | 'clockTolerance'>,
): TransferState {
  const alerts: TransferAlert[] = [];
  const raise = (kind: TransferAlertKind, { medium, terminal, serial }: JournalRecord | TransferIn | TransferOut) =>
    alerts.push({ kind, medium, terminal, serial });
  const outs = new Map<string, TransferOut & { readonly counts: boolean }>();
  const ins: (TransferIn & { readonly counts: boolean })[] = [];
  for (const record of records) {
    const transfer = transferOf(record);
    const counts = effective.has(record);
    if (transfer?.what === 'out') outs.set(identityOf(transfer), { ...transfer, counts });
    if (transfer?.what === 'in') ins.push({ ...transfer, counts });
    const isOwn = record.medium === phoneMedium(record.terminal);
    if (transfer?.what === 'stray' && (isOwn || heard.phones.has(record.terminal)))
      raise('phone-out-of-bounds', record);
  }
  const claims = grouped(
    ins.filter(({ payment }) => payment !== null),
    ({ payment }) => identityOf(payment as RecordIdentity),
  );
  const claimsOf = (payment: TransferOut) =>
    (claims.get(identityOf(payment)) ?? []).filter(({ terminal }) => terminal === payment.payee);

  const orders = grouped(
    ins.filter(({ order }) => order !== null),
    ({ terminal, order }) => `${terminal} ${order?.serial}`,
  );
  for (const refill of ins) {
    if (!refill.counts) continue;
    const { terminal, serial, medium, amount, order, payment, time } = refill;
    if (order !== null) {
      const ordered = heard.orders.get(`${medium} ${order.serial}`);
      const isAgain = (orders.get(`${terminal} ${order.serial}`) ?? []).some(
        (one) => one.counts && one.serial < serial,
      );
      if (ordered?.kind !== order.kind || ordered.amount !== amount || isAgain) raise('refill-unbacked', refill);
      continue;
    }
    const paid = payment && outs.get(identityOf(payment));
    const agrees = paid?.payee === terminal && paid.amount === amount;
    if (agrees && paid.counts) continue;
    const isHopeless = payment === null || (isKnown(payment) && !agrees);
    if (isHopeless || asOf > time + maxDelay) raise('refill-unbacked', refill);
  }

  const copied = new Set([...contradicted, ...clonedBySelf(records, effective)]);
  const journals = grouped(records, ({ terminal }) => terminal);
  const states = new Map<TerminalNumber, Map<number, PaymentState>>();
  for (const out of outs.values()) {
    if (!out.counts) continue;
    const { terminal, serial, payee, time, refersTo } = out;
    const refills = claimsOf(out);
    const taken = refills.filter(({ counts }) => counts).length;
    const isReclaimed = heard.reclaimed.has(identityOf(out));
    if (taken > 1) raise('payment-taken-twice', out);
    if (taken > 0 && isReclaimed) raise('payment-disputed', out);
    if (refersTo !== null) {
      const own = (claims.get(identityOf(refersTo)) ?? []).filter((one) => one.terminal === terminal && one.counts);
      const sum = own.reduce((before, { amount }) => before + amount, 0);
      if (own.length > 0 && out.amount > sum) raise('phone-out-of-bounds', out);
    }
    const state = ((): PaymentState => {
      if (payee === null) return 'taken';
      if (taken > 1 || (taken === 1 && isReclaimed)) return 'disputed';
      if (isReclaimed) return 'reclaimed';
      if (taken === 1) return 'taken';
      if (refills.length > 0 || copied.has(terminal)) return 'reported';
      const end = time + PAYMENT_VALID_MS + clockTolerance;
      if (asOf > end + RECLAIM_DELAY_MS) return 'reclaimable';
      if (copied.has(payee)) return 'reported';
      const whole = wholeJournal(journals.get(payee) ?? []);
      const said = heard.said.get(payee);
      const isSaid = said !== undefined && said.saidAt > end && whole.length >= said.lastSerial;
      return isSaid || (whole.at(-1)?.time ?? 0) > end ? 'reclaimable' : 'reported';
    })();
    const ofPhone = states.get(terminal) ?? new Map<number, PaymentState>();
    states.set(terminal, ofPhone.set(serial, state));
  }
  return { alerts, states };
}

export function grouped<Key, Item>(items: Iterable<Item>, keyOf: (item: Item) => Key): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}

/** A phone's records from the first on, up to the first that is missing. */
function wholeJournal(own: readonly JournalRecord[]): JournalRecord[] {
  return [...own].sort(byIdentity).filter(({ serial }, index) => serial === index + 1);
}

/** (13) over what a phone itself wrote on its medium, pair by pair. */
function clonedBySelf(records: readonly JournalRecord[], effective: ReadonlySet<JournalRecord>): TerminalNumber[] {
  const own = records.filter(
    (record): record is TransactionRecord =>
      isPhone(record.terminal) &&
      record.medium === phoneMedium(record.terminal) &&
      effective.has(record) &&
      record.type !== 'open' &&
      record.type !== 'observation',
  );
  return [...grouped(own, ({ terminal }) => terminal)].flatMap(([terminal, of]) =>
    of.some((a, index) => of.slice(index + 1).some((b) => isPair(a, b))) ? [terminal] : [],
  );
}

function isPair(a: TransactionRecord, b: TransactionRecord): boolean {
  if (a.mediumSerial !== undefined && a.mediumSerial === b.mediumSerial) return true;
  return a.time > a.lastTime && b.time > b.lastTime && a.lastTime < b.time && b.lastTime < a.time;
}
