/**
 * A centre for tests of phones: it keeps every record it is sent, and its state is the model's, F(set of records). The real one is
 * held to phones in tests/browser/wallet; this one makes a thousand worlds in a minute.
 */
import {
  amountOf,
  centralState,
  firstReceived,
  identityOf,
  type JournalRecord,
  type TransactionRecord,
} from '@retap/model';
import {
  deniedBytes,
  encodeCentreSays,
  encodeCertificate,
  encodeOrder,
  encodeRegistered,
  type Order,
  openMessage,
  openSignedBatch,
  openStanding,
  openWish,
  PAYMENT_VALID_MS,
  type PaymentState,
  type PhoneLimits,
  parsePhoneSays,
  parseRegistration,
  phoneMedium,
  phoneOfMedium,
  readSignedBatch,
  registrationToBeSigned,
  sameRecord,
  type Wish,
} from '@retap/protocol';
import type { PhoneLink } from '../src/index.ts';
import { isSignedBy, keyOf, sha256 } from './handset.ts';

const LIMITS: PhoneLimits = {
  ...{ paymentMax: amountOf(5_000), offlineMax: amountOf(15_000), offlineCount: 30, balanceMax: amountOf(100_000) },
};
const DAY = 86_400_000;
const TOLERANCE = 120_000;

interface Known {
  readonly publicKey: Uint8Array;
  readonly name: string;
  readonly kind: 'person' | 'merchant';
  readonly orders: Order[];
  readonly reclaimed: Set<number>;
  said: { at: number; serial: number };
}

export class TestCentre {
  readonly key = keyOf('centre');
  readonly arrivals: JournalRecord[] = [];
  readonly #phones = new Map<number, Known>();
  readonly #granted = new Set<string>();
  readonly #clock: () => number;
  /** What it could not answer: a fault of the phone's, or of this. */
  readonly faults: unknown[] = [];
  limits = LIMITS;
  denied: number[] = [];

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  async register(body: Uint8Array): Promise<Uint8Array> {
    const asked = parseRegistration(body);
    if (!isSignedBy(asked.publicKey, registrationToBeSigned(asked), asked.signature)) throw new Error('not signed');
    const same = [...this.#phones].find(([, { publicKey }]) => Buffer.from(publicKey).equals(asked.publicKey));
    const terminal = same?.[0] ?? 1_000_000_001 + this.#phones.size;
    const { publicKey, name, kind } = asked;
    if (!same) {
      const said = { at: 0, serial: 0 };
      this.#phones.set(terminal, { publicKey, name, kind, orders: [], reclaimed: new Set(), said });
    }
    return encodeRegistered({
      terminal,
      certificate: await this.#certificate(terminal, 0, 0),
      centre: this.key.publicKey,
    });
  }

  /** @param isLost asked for each message, there and back: true breaks the link there */
  link(isLost: () => boolean = () => false): PhoneLink {
    let listener: (message: Uint8Array | null) => void = () => {};
    let isOpen = true;
    const isBroken = (): boolean => {
      if (isOpen && isLost()) isOpen = false;
      return !isOpen;
    };
    return {
      onMessage: (heard) => {
        listener = heard;
      },
      close: () => {
        isOpen = false;
      },
      send: (message) => {
        if (isBroken()) return listener(null);
        // What arrived is kept, although the answer may be lost.
        this.#answer(message).then(
          (answer) => listener(isBroken() ? null : answer),
          (fault: unknown) => {
            this.faults.push(fault);
            listener(null);
          },
        );
      },
    };
  }

  state(asOf: number) {
    const received = firstReceived(this.arrivals, sameRecord);
    return centralState(received, asOf, { maxDelay: 3 * DAY, clockTolerance: TOLERANCE, minimumBalance: amountOf(0) });
  }

  /** What the centre says of each payment of a phone. */
  statesOf(terminal: number): { readonly serial: number; readonly state: PaymentState }[] {
    const records = this.records.filter(isPayment).filter((record) => record.terminal === terminal);
    return records.map((record) => ({ serial: record.serial, state: this.#stateOf(record) }));
  }

  get records(): readonly JournalRecord[] {
    return firstReceived(this.arrivals, sameRecord).records;
  }

  #stateOf(payment: TransactionRecord): PaymentState {
    const receipts = this.records.filter((each) => isReceiptOf(each, payment));
    const isReclaimed = this.#phones.get(payment.terminal)?.reclaimed.has(payment.serial) ?? false;
    if (receipts.length > 1 || (receipts.length === 1 && isReclaimed)) return 'disputed';
    if (receipts.length === 1) return 'taken';
    if (isReclaimed) return 'reclaimed';
    return this.#isSettledWithout(payment) ? 'reclaimable' : 'reported';
  }

  /** Whoever was to be paid has told all, up to a time at which the payment was out of date. */
  #isSettledWithout(payment: TransactionRecord): boolean {
    const payee = phoneOfMedium(payment.counterparty ?? '') ?? 0;
    const told = this.#phones.get(payee)?.said;
    if (told === undefined || told.at <= payment.time + PAYMENT_VALID_MS + TOLERANCE) return false;
    const serials = new Set(this.records.flatMap((each) => (each.terminal === payee ? [each.serial] : [])));
    return Array.from({ length: told.serial }, (_, at) => at + 1).every((serial) => serials.has(serial));
  }

  async #answer(message: Uint8Array): Promise<Uint8Array> {
    const says = parsePhoneSays(message);
    if (says === null) throw new Error('no message of a phone');
    const { number, kind, bytes } = says;
    const time = this.#clock();
    if (kind === 'wish') return this.#grant(number, time, bytes);
    if (kind === 'standing') return this.#account(number, time, bytes);
    const shown = kind === 'payment' ? openMessage(bytes) : null;
    const batch = shown?.kind === 'record' ? shown.batch : bytes;
    const { terminal, toBeSigned, signature } = openSignedBatch(batch);
    const phone = this.#phones.get(terminal);
    if (!phone || !isSignedBy(phone.publicKey, toBeSigned, signature)) {
      return refusal(number, time, 'signature-invalid', 0);
    }
    this.arrivals.push(...readSignedBatch(batch).records.map(({ record }) => record));
    return encodeCentreSays({ kind: 'kept', number, time });
  }

  async #account(number: number, time: number, bytes: Uint8Array): Promise<Uint8Array> {
    const { standing, toBeSigned, signature } = openStanding(bytes);
    const { terminal, saidAt, lastSerial, mediumSerial, balance, actionSerial } = standing;
    const phone = this.#phones.get(terminal);
    if (!phone || !isSignedBy(phone.publicKey, toBeSigned, signature)) throw new Error('no phone of ours');
    const serials = this.records.flatMap((each) => (each.terminal === terminal ? [each.serial] : []));
    const known = Math.max(0, ...serials);
    const isCopied = firstReceived(this.arrivals, sameRecord).conflicts.some((each) => each.terminal === terminal);
    const isOld = lastSerial < known || isCopied;
    if (!isOld && saidAt > phone.said.at) phone.said = { at: saidAt, serial: lastSerial };
    const isHeld = sha256(deniedBytes(this.denied)).equals(standing.deniedDigest);
    const waiting = phone.orders.filter(({ serial }) => serial > actionSerial);
    return encodeCentreSays({
      ...{
        kind: 'account',
        number,
        time,
        standing: isCopied ? 'copied' : isOld ? 'rolled-back' : 'active',
        lastSerial: known,
      },
      certificate: isOld ? null : await this.#certificate(terminal, mediumSerial, balance),
      orders: await Promise.all(waiting.map((order) => encodeOrder(order, this.key.sign))),
      ...{ payments: this.statesOf(terminal), denied: isHeld ? null : this.denied, mebibytePrice: amountOf(0) },
    });
  }

  #grant(number: number, time: number, bytes: Uint8Array): Uint8Array {
    const { wish } = openWish(bytes);
    const reason = this.#granted.has(wish.id) ? null : this.#ungranted(wish);
    if (reason !== null) return refusal(number, time, reason, 1_000);
    this.#granted.add(wish.id);
    return encodeCentreSays({ kind: 'kept', number, time });
  }

  /** @returns why not; null: there is an order now */
  #ungranted({ terminal, kind, amount, serial }: Wish): string | null {
    const phone = this.#phones.get(terminal);
    if (!phone) return 'phone-unknown';
    const number = phone.orders.length + 1;
    if (kind === 'top-up') phone.orders.push({ terminal, serial: number, kind: 'refill', amount, why: 'top-up' });
    if (kind !== 'reclaim') return null;
    const payment = this.records.find((each) => identityOf(each) === `${terminal}-${serial}`);
    if (!payment || !isPayment(payment) || this.#stateOf(payment) !== 'reclaimable') return 'not-yet';
    phone.reclaimed.add(serial);
    const back = amountOf(-payment.amount);
    phone.orders.push({ terminal, serial: number, kind: 'refund', amount: back, why: 'reclaim' });
    return null;
  }

  #certificate(terminal: number, mediumSerial: number, balance: number): Promise<Uint8Array> {
    const phone = this.#phones.get(terminal);
    if (!phone) throw new Error('no phone of ours');
    const { publicKey, name, kind } = phone;
    const issuedAt = this.#clock();
    const times = { issuedAt, expiresAt: issuedAt + 7 * DAY };
    const account = { mediumSerial, balance: amountOf(balance), limits: this.limits, currency: 'EUR' };
    return encodeCertificate({ terminal, publicKey, name, kind, ...times, ...account }, this.key.sign);
  }
}

function refusal(number: number, time: number, code: string, retryAfterMs: number): Uint8Array {
  return encodeCentreSays({ kind: 'refused', number, time, code, message: '', retryAfterMs });
}

/** What one phone paid to another. */
export function isPayment(record: JournalRecord): record is TransactionRecord {
  const isOut = record.type === 'debit' || record.type === 'purchase';
  return isOut && phoneOfMedium(record.counterparty ?? '') !== null;
}

function isReceiptOf(record: JournalRecord, payment: TransactionRecord): boolean {
  if (record.type !== 'refill' || !record.refersTo) return false;
  return identityOf(record.refersTo) === identityOf(payment) && record.counterparty === phoneMedium(payment.terminal);
}
