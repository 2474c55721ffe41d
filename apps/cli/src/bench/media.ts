/** The media of the traffic: what each of them would say of itself, in columns, since there may be millions. */
import { amountOf, type JournalRecord } from '@retap/model';
import type { Draw } from './chance.ts';

/** Shares of taps on a medium that is open: about a fifth use a product. */
const PRODUCT_SHARE = 0.2;
const REFILL_SHARE = 0.02;
const FARE = 130;
const PRODUCT_PRICE = 500;
const REFILL = 2_000;
const BALANCE_LOW = 1_000;
const OPENING = 5_000;
const USES = 10;
const VALID_MS = 30 * 86_400_000;

/** Where and when a record is made. */
export interface Place {
  readonly terminal: number;
  readonly serial: number;
  readonly time: number;
}

/** Whether the terminal saw the commit, and whether the medium made it. */
export type Commit = 'seen' | 'torn, committed' | 'torn, not committed';

export class Media {
  readonly #names: Int32Array;
  readonly #lastTimes: Float64Array;
  readonly #lastTerminals: Int32Array;
  readonly #balances: Int32Array;
  readonly #serials: Int32Array;
  readonly #products: Int32Array;
  readonly #usesLeft: Uint8Array;
  #count = 0;

  constructor(capacity: number) {
    this.#names = new Int32Array(capacity);
    this.#lastTimes = new Float64Array(capacity);
    this.#lastTerminals = new Int32Array(capacity);
    this.#balances = new Int32Array(capacity);
    this.#serials = new Int32Array(capacity);
    this.#products = new Int32Array(capacity);
    this.#usesLeft = new Uint8Array(capacity);
  }

  get count(): number {
    return this.#count;
  }

  open({ terminal, serial, time }: Place): JournalRecord {
    const medium = this.#add(this.#count);
    this.#balances[medium] = OPENING;
    this.#lastTimes[medium] = time;
    this.#lastTerminals[medium] = terminal;
    const amount = amountOf(OPENING);
    return {
      terminal,
      serial,
      type: 'open',
      medium: nameOf(medium),
      time,
      amount,
      balance: amount,
      status: 'successful',
    };
  }

  /** A copy of the medium as it is now, under its name. */
  copied(medium: number): number {
    const twin = this.#add(this.#names[medium] as number);
    for (const column of [this.#lastTimes, this.#lastTerminals, this.#balances, this.#serials, this.#products]) {
      column[twin] = column[medium] as number;
    }
    this.#usesLeft[twin] = this.#usesLeft[medium] as number;
    return twin;
  }

  tap(medium: number, { terminal, serial, time }: Place, draw: Draw, commit: Commit): JournalRecord {
    const lastTime = this.#lastTimes[medium] as number;
    const balanceBefore = this.#balances[medium] as number;
    const mediumSerial = (this.#serials[medium] as number) + 1;
    const name = nameOf(this.#names[medium] as number);
    const status = commit === 'seen' ? 'successful' : 'unverified';
    const isCommitted = commit !== 'torn, not committed';
    const kind = this.#kindOf(medium, draw());
    const change = CHANGES[kind];
    const common = { medium: name, time, lastTime, lastTerminal: this.#lastTerminals[medium] as number };
    const money = {
      amount: amountOf(change),
      balance: amountOf(balanceBefore + change),
      status,
      mediumSerial,
    } as const;
    let product = this.#products[medium] as number;
    if (kind === 'purchase') product = mediumSerial;
    if (isCommitted) {
      this.#lastTimes[medium] = time;
      this.#lastTerminals[medium] = terminal;
      this.#balances[medium] = balanceBefore + change;
      this.#serials[medium] = mediumSerial;
      this.#products[medium] = product;
      if (kind === 'purchase') this.#usesLeft[medium] = USES;
      if (kind === 'validation') this.#usesLeft[medium] = (this.#usesLeft[medium] as number) - 1;
    }
    const id = `P${product}`;
    if (kind === 'validation') return { terminal, serial, type: kind, ...common, ...money, productId: id };
    if (kind !== 'purchase') return { terminal, serial, type: kind, ...common, ...money };
    const bought = { id, code: 'TEN-RIDES', validFrom: time, validUntil: time + VALID_MS, maxUses: USES };
    return { terminal, serial, type: kind, ...common, ...money, product: bought };
  }

  #kindOf(medium: number, drawn: number): keyof typeof CHANGES {
    if ((this.#balances[medium] as number) < BALANCE_LOW) return 'refill';
    if (drawn < PRODUCT_SHARE) return (this.#usesLeft[medium] as number) > 0 ? 'validation' : 'purchase';
    return drawn < PRODUCT_SHARE + REFILL_SHARE ? 'refill' : 'debit';
  }

  #add(name: number): number {
    if (this.#count === this.#names.length) throw new RangeError(`no room for more than ${this.#count} media`);
    this.#names[this.#count] = name;
    this.#count += 1;
    return this.#count - 1;
  }
}

const CHANGES = { debit: -FARE, refill: REFILL, purchase: -PRODUCT_PRICE, validation: 0 } as const;

/** Like the seven bytes of a card's own number. */
function nameOf(index: number): string {
  return `04${index.toString(16).toUpperCase().padStart(12, '0')}`;
}
