/** What a terminal offers at a time: what the tariff in force has for it, else what its configuration says. */
import type { Amount, Time } from '@retap/model';
import { partFor, type Tariff, type TariffOffer, tariffAt } from '@retap/protocol';
import type { Configuration } from '../configuration/configuration.ts';
import type { Offer } from '../configuration/schema.ts';
import type { Log } from '../log.ts';
import type { HeldLists } from './held-lists.ts';

export interface Offered {
  readonly offers: readonly Offer[];
  /** Of each offer: what it is whatever its price, so that a choice outlives a change of the tariff. */
  readonly names: readonly string[];
  /** From 1. */
  readonly defaultOffer?: number;
}

type Own = Pick<Configuration, 'terminal' | 'role' | 'currency' | 'offers' | 'defaultOffer'>;

/** Offers that were taken away and may still have to be known: by the tap that began under them and is held again. */
const PAST_MAX = 8;

export class Offering {
  readonly #own: Own;
  readonly #lists: Pick<HeldLists, 'of'> | null;
  readonly #log: Log;
  readonly #configured: Offered;
  /** By the tariff itself: each is worked out once. */
  readonly #made = new WeakMap<Tariff, Offered>();
  /** What was in force, the last one first, and until when by this process's clock. */
  #past: readonly { readonly offered: Offered; readonly until: Time }[] = [];
  #current: Offered | null = null;
  /** What the log was told last, so that it is told once. */
  #told = '';

  constructor(own: Own, lists: Pick<HeldLists, 'of'> | null, log: Log) {
    this.#own = own;
    this.#lists = lists;
    this.#log = log;
    const { offers, defaultOffer } = own;
    this.#configured = offeredOf(offers, offers.map(nameOfConfigured), defaultOffer);
  }

  /** What is offered now; tells the log where it is another than before. */
  now(time: Time): Offered {
    const offered = this.#at(time);
    if (this.#current !== null && this.#current !== offered) {
      this.#past = [{ offered: this.#current, until: time }, ...this.#past].slice(0, PAST_MAX);
    }
    this.#current = offered;
    this.#tell(time);
    return offered;
  }

  /** All that was offered at some time between the two, this last; by the tariffs held, and by those that were. */
  between(from: Time, to: Time): readonly Offered[] {
    const starts = this.#tariffs.map(({ validFrom }) => validFrom).filter((start) => start > from && start <= to);
    const past = this.#past.filter(({ until }) => until >= from).map(({ offered }) => offered);
    return [...new Set([...past, ...[from, ...starts, to].map((time) => this.#at(time))])];
  }

  get #tariffs(): readonly Tariff[] {
    return this.#lists?.of('tariff')?.list.entries ?? [];
  }

  /** Also by a list that has expired: a terminal that is long offline goes on at the last prices it knows. */
  #at(time: Time): Offered {
    const tariff = tariffAt(this.#tariffs, time);
    if (tariff === null) return this.#configured;
    const made = this.#made.get(tariff) ?? this.#offeredBy(tariff) ?? this.#configured;
    this.#made.set(tariff, made);
    return made;
  }

  /** Null where the tariff has nothing for this terminal, or counts in another money. */
  #offeredBy(tariff: Tariff): Offered | null {
    const { role, terminal, currency } = this.#own;
    const part = role === 'inspector' || tariff.currency !== currency.code ? null : partFor(tariff, role, terminal);
    if (part === null) return null;
    const offers = part.offers.map((offer) => offerBy(tariff, offer));
    return offeredOf(offers, part.offers.map(nameOf), part.defaultOffer);
  }

  #tell(time: Time): void {
    const held = this.#lists?.of('tariff') ?? null;
    const tariff = held && tariffAt(held.list.entries, time);
    if (held === null || tariff === null || this.#own.role === 'inspector') return;
    const { version } = held.list;
    const { validFrom, currency } = tariff;
    const said = `${version} ${validFrom} ${held.isExpired}`;
    if (said === this.#told) return;
    this.#told = said;
    const applies = this.#at(time) !== this.#configured;
    const fields = { version, validFrom: new Date(validFrom).toISOString() };
    if (applies) this.#log('info', 'tariff-in-force', fields);
    else if (currency !== this.#own.currency.code) this.#log('error', 'tariff-currency', { ...fields, currency });
    else this.#log('info', 'tariff-not-for-this-terminal', fields);
    if (held.isExpired) this.#log('warn', 'tariff-expired', fields);
  }
}

function offeredOf(offers: readonly Offer[], names: readonly string[], defaultOffer: number | undefined): Offered {
  return { offers, names, ...(defaultOffer !== undefined && { defaultOffer }) };
}

function offerBy({ fares, products }: Tariff, offer: TariffOffer): Offer {
  switch (offer.kind) {
    case 'debit': {
      const { amount, name } = known(fares.find(({ code }) => code === offer.fare));
      return { kind: 'debit', amount, name };
    }
    case 'purchase': {
      const { code, price, name, validFor, maxUses } = known(products.find(({ code }) => code === offer.product));
      const conditions = { ...(validFor !== undefined && { validFor }), ...(maxUses !== undefined && { maxUses }) };
      return { kind: 'purchase', product: code, price, name, ...conditions };
    }
    case 'refill':
      return { kind: 'refill', amount: offer.amount, name: offer.name };
    case 'validation':
      return { kind: 'validation', codes: [...offer.codes], name: offer.name };
  }
}

/** The protocol has checked that a tariff has what it offers. */
function known<Entry>(entry: Entry | undefined): Entry {
  if (entry === undefined) throw new Error('a tariff offers what it does not have');
  return entry;
}

function nameOf(offer: TariffOffer): string {
  switch (offer.kind) {
    case 'debit':
      return `debit ${offer.fare}`;
    case 'purchase':
      return `purchase ${offer.product}`;
    case 'refill':
      return refillName(offer.amount);
    case 'validation':
      return validationName(offer.codes);
  }
}

/** A debit of the configuration has no code: it is no fare of a tariff. */
function nameOfConfigured(offer: Offer): string {
  switch (offer.kind) {
    case 'debit':
      return `debit of ${offer.amount}`;
    case 'purchase':
      return `purchase ${offer.product}`;
    case 'refill':
      return refillName(offer.amount);
    case 'validation':
      return validationName(offer.codes);
  }
}

const refillName = (amount: Amount): string => `refill ${amount}`;
const validationName = (codes: readonly string[]): string => `validation ${codes.join(' ')}`;
