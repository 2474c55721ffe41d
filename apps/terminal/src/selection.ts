/** What the next tap gets: the default offer, or what a driver or clerk chose for it. */
import { type Amount, amountOf, type MediumName, type TapRequest, type Time } from '@retap/model';
import type { Configuration } from './configuration/configuration.ts';
import type { Offer } from './configuration/schema.ts';

/** `offer` counts from 1, as the digit keys do. */
export type Selected =
  | { readonly kind: 'offer'; readonly offer: number }
  | { readonly kind: 'amount'; readonly type: FreeType; readonly amount: Amount };
export type FreeType = 'debit' | 'refill';

/** Largest amount that can be keyed in, in minor units; the limits are far below. */
export const FREE_AMOUNT_MAX = 99_999_999;

export class Selection {
  readonly #configuration: Pick<Configuration, 'offers' | 'defaultOffer' | 'freeAmount'>;
  #chosen: Selected | null = null;
  /** Who has to hold the medium again: the choice stays for that one, and for nobody else. */
  #keptFor: MediumName | null = null;

  constructor(configuration: Pick<Configuration, 'offers' | 'defaultOffer' | 'freeAmount'>) {
    this.#configuration = configuration;
  }

  /** What the next tap gets; null: nothing, it only reads. */
  get current(): Selected | null {
    return this.#chosen ?? this.#default;
  }

  get isDefault(): boolean {
    return this.#chosen === null;
  }

  /** @returns whether there is such an offer */
  choose(offer: number): boolean {
    if (this.#configuration.offers[offer - 1] === undefined) return false;
    this.#set({ kind: 'offer', offer });
    return true;
  }

  /** @returns whether amounts of this type may be keyed in, and this one */
  enter(type: FreeType, amount: number): boolean {
    if (!this.#configuration.freeAmount.includes(type)) return false;
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

  /** The request of this medium's tap; null: read it only. */
  requestOf(medium: MediumName, now: Time): TapRequest | null {
    const isKept = this.#keptFor === null || this.#keptFor === medium;
    const selected = isKept ? this.current : this.#default;
    if (selected === null) return null;
    if (selected.kind === 'amount') return { type: selected.type, amount: selected.amount };
    const offer = this.#configuration.offers[selected.offer - 1];
    if (offer === undefined) throw new Error(`no offer ${selected.offer}`);
    return requestOfOffer(offer, now);
  }

  get #default(): Selected | null {
    const { defaultOffer } = this.#configuration;
    return defaultOffer === undefined ? null : { kind: 'offer', offer: defaultOffer };
  }

  #set(selected: Selected): void {
    this.#chosen = selected;
    this.#keptFor = null;
  }
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
