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
  /** Terminal and serial of the purchase: together the name of what was bought. */
  readonly #productTerminals: Int32Array;
  readonly #productSerials: Int32Array;
  readonly #usesLeft: Uint8Array;
  #count = 0;

  constructor(capacity: number) {
    this.#names = new Int32Array(capacity);
    this.#lastTimes = new Float64Array(capacity);
    this.#lastTerminals = new Int32Array(capacity);
    this.#balances = new Int32Array(capacity);
    this.#serials = new Int32Array(capacity);
    this.#productTerminals = new Int32Array(capacity);
    this.#productSerials = new Int32Array(capacity);
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
    const states = [this.#lastTimes, this.#lastTerminals, this.#balances, this.#serials, this.#usesLeft];
    for (const column of [...states, this.#productTerminals, this.#productSerials]) {
      column[twin] = column[medium] as number;
    }
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
    if (isCommitted) {
      this.#lastTimes[medium] = time;
      this.#lastTerminals[medium] = terminal;
      this.#balances[medium] = balanceBefore + change;
      this.#serials[medium] = mediumSerial;
      if (kind === 'purchase') {
        this.#usesLeft[medium] = USES;
        this.#productTerminals[medium] = terminal;
        this.#productSerials[medium] = serial;
      }
      if (kind === 'validation') this.#usesLeft[medium] = (this.#usesLeft[medium] as number) - 1;
    }
    if (kind === 'validation') {
      const productId = `${this.#productTerminals[medium]}-${this.#productSerials[medium]}`;
      return { terminal, serial, type: kind, ...common, ...money, productId };
    }
    if (kind !== 'purchase') return { terminal, serial, type: kind, ...common, ...money };
    const validity = { validFrom: time, validUntil: time + VALID_MS, maxUses: USES };
    const product = { id: `${terminal}-${serial}`, code: 'TEN-RIDES', ...validity };
    return { terminal, serial, type: kind, ...common, ...money, product };
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

/** Seven bytes like a card's own number, in no order; no two alike, since each step of the mixing can be undone. */
function nameOf(index: number): string {
  let mixed = Math.imul(index + 1, 0x9e3779b1);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed ^= mixed >>> 13;
  const high = Math.imul(mixed, 0xc2b2ae35) >>> 16;
  return `04${HEX[high >>> 8]}${HEX[high & 0xff]}${HEX[mixed >>> 24]}${HEX[(mixed >>> 16) & 0xff]}${HEX[(mixed >>> 8) & 0xff]}${HEX[mixed & 0xff]}`;
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).toUpperCase().padStart(2, '0'));
