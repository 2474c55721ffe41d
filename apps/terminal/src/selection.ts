/** What the next tap gets: the default offer, or what a driver or clerk chose for it. */
import { type Amount, amountOf, type MediumName, type TapRequest, type Time } from '@retap/model';
import type { Configuration } from './configuration/configuration.ts';
import type { Offer } from './configuration/schema.ts';
import type { Offered, Offering } from './lists/offering.ts';

/** `offer` counts from 1, as the digit keys do. */
export type Selected =
  | { readonly kind: 'offer'; readonly offer: number }
  | { readonly kind: 'amount'; readonly type: FreeType; readonly amount: Amount };
export type FreeType = 'debit' | 'refill';

/** A choice: of an offer by what it is, for another tariff may have it under another number. */
type Chosen =
  | { readonly kind: 'offer'; readonly name: string }
  | { readonly kind: 'amount'; readonly type: FreeType; readonly amount: Amount };

/** Largest amount that can be keyed in, in minor units; the limits are far below. */
export const FREE_AMOUNT_MAX = 99_999_999;

/** Between the moment that decides what a tap gets and the time that its record has, in milliseconds: a card is read in between. */
const TAP_MS = 5_000;

export class Selection {
  readonly #freeAmount: Configuration['freeAmount'];
  readonly #offering: Offering;
  readonly #now: () => Time;
  #chosen: Chosen | null = null;
  /** Who has to hold the medium again: the choice stays for that one, and for nobody else. */
  #keptFor: MediumName | null = null;

  constructor({ freeAmount }: Pick<Configuration, 'freeAmount'>, offering: Offering, now: () => Time) {
    this.#freeAmount = freeAmount;
    this.#offering = offering;
    this.#now = now;
  }

  get offers(): readonly Offer[] {
    return this.#offered.offers;
  }

  /** What the next tap gets; null: nothing, it only reads. */
  get current(): Selected | null {
    return selectedOf(this.#held, this.#offered);
  }

  get isDefault(): boolean {
    return this.#held === null;
  }

  /** @returns whether there is such an offer */
  choose(offer: number): boolean {
    const name = this.#offered.names[offer - 1];
    if (name === undefined) return false;
    this.#set({ kind: 'offer', name });
    return true;
  }

  /** @returns whether amounts of this type may be keyed in, and this one */
  enter(type: FreeType, amount: number): boolean {
    if (!this.#freeAmount.includes(type)) return false;
    if (!Number.isInteger(amount) || amount < 1 || amount > FREE_AMOUNT_MAX) return false;
    this.#set({ kind: 'amount', type, amount: amountOf(amount) });
    return true;
  }

  /** Back to the default. */
  cancel(): void {
    this.#chosen = null;
    this.#keptFor = null;
  }

  /** The choice stays for a medium that has to be held again. */
  keepFor(medium: MediumName): void {
    this.#keptFor = medium;
  }

  /** The request of this medium's tap, by the tariff in force now; null: read it only. */
  requestOf(medium: MediumName): TapRequest | null {
    return requestOf(this.#heldFor(medium), this.#offered, this.#now());
  }

  /**
   * What the same choice was a request for since a time, under other tariffs: who paid then, and is held again, has paid.
   * @param since time of the medium's last commit, maybe by another terminal's clock
   */
  requestsSince(medium: MediumName, since: Time): readonly TapRequest[] {
    const now = this.#now();
    const [from, to] = [Math.min(since, now) - TAP_MS, Math.max(since, now)];
    const chosen = this.#heldFor(medium);
    return this.#offering.between(from, to).flatMap((offered) => requestOf(chosen, offered, now) ?? []);
  }

  get #offered(): Offered {
    return this.#offering.now(this.#now());
  }

  /** What was chosen, unless a new tariff has it no more: then the next tap gets the default. */
  get #held(): Chosen | null {
    const chosen = this.#chosen;
    if (chosen?.kind === 'offer' && !this.#offered.names.includes(chosen.name)) this.cancel();
    return this.#chosen;
  }

  #heldFor(medium: MediumName): Chosen | null {
    const isKept = this.#keptFor === null || this.#keptFor === medium;
    return isKept ? this.#held : null;
  }

  #set(chosen: Chosen): void {
    this.#chosen = chosen;
    this.#keptFor = null;
  }
}

/** Of the default where nothing was chosen. */
function selectedOf(chosen: Chosen | null, { names, defaultOffer }: Offered): Selected | null {
  if (chosen?.kind === 'amount') return chosen;
  const offer = chosen === null ? defaultOffer : names.indexOf(chosen.name) + 1;
  return offer === undefined || offer === 0 ? null : { kind: 'offer', offer };
}

function requestOf(chosen: Chosen | null, offered: Offered, now: Time): TapRequest | null {
  const selected = selectedOf(chosen, offered);
  if (selected === null) return null;
  if (selected.kind === 'amount') return { type: selected.type, amount: selected.amount };
  const offer = offered.offers[selected.offer - 1];
  if (offer === undefined) throw new Error(`no offer ${selected.offer}`);
  return requestOfOffer(offer, now);
}

function requestOfOffer(offer: Offer, now: Time): TapRequest {
  switch (offer.kind) {
    case 'debit':
    case 'refill':
      return { type: offer.kind, amount: offer.amount };
    case 'validation':
      return { type: 'validation', codes: offer.codes };
    case 'purchase': {
      const { product, price, validFor, maxUses } = offer;
      const period = validFor === undefined ? {} : { validFrom: now, validUntil: now + validFor };
      return {
        type: 'purchase',
        price,
        product: { code: product, ...period, ...(maxUses === undefined ? {} : { maxUses }) },
      };
    }
  }
}
