/** Tariffs (docs/lists.md, "The tariff"): what terminals sell and for how much, from a time on. */
import type { Amount, TerminalNumber, Time } from '@retap/model';

/** Terminals that sell something, by the `role` of their configuration. */
export const TARIFF_ROLES = ['validator', 'point-of-sale'] as const;
export type TariffRole = (typeof TARIFF_ROLES)[number];

/** What is shown to people, in each language of the screen. */
export interface Names {
  readonly sl: string;
  readonly en: string;
}

export interface Fare {
  readonly code: string;
  readonly name: Names;
  readonly amount: Amount;
}

export interface TariffProduct {
  readonly code: string;
  readonly name: Names;
  readonly price: Amount;
  /** From the tap that buys it, in milliseconds; without it for ever. */
  readonly validFor?: number;
  readonly maxUses?: number;
}

/** What a tap can get; a fare or product by its code. */
export type TariffOffer =
  | { readonly kind: 'debit'; readonly fare: string }
  | { readonly kind: 'purchase'; readonly product: string }
  | { readonly kind: 'refill'; readonly amount: Amount; readonly name: Names }
  /** With the first valid product of these codes, which a medium may hold from an earlier tariff. */
  | { readonly kind: 'validation'; readonly codes: readonly string[]; readonly name: Names };

/** What some terminals offer. */
export interface TariffPart {
  readonly role: TariffRole;
  /** Ascending; none: all of that role that no other part names. */
  readonly terminals: readonly TerminalNumber[];
  /** Number of the offer, from 1, that a tap gets where nothing was chosen. A validator has one. */
  readonly defaultOffer?: number;
  readonly offers: readonly TariffOffer[];
}

export interface Tariff {
  /** By each terminal's own clock. */
  readonly validFrom: Time;
  /** ISO 4217 code; a terminal that counts in another does not apply it. */
  readonly currency: string;
  /** By code, ascending. */
  readonly fares: readonly Fare[];
  /** By code, ascending. */
  readonly products: readonly TariffProduct[];
  /** By role and terminals; of each role one for all others comes first. */
  readonly parts: readonly TariffPart[];
}

/** Tariffs in a list, the one of now among them. */
export const TARIFFS_MAX = 32;
/** Of fares, and of products, in a tariff. */
export const TARIFF_CODES_MAX = 500;
export const TARIFF_PARTS_MAX = 500;
/** Terminals that the parts of a tariff name, together. */
export const TARIFF_TERMINALS_MAX = 10_000;
/** As many as there are digit keys that choose one. */
export const TARIFF_OFFERS_MAX = 9;
export const TARIFF_NAME_MAX = 64;
export const TARIFF_USES_MAX = 65_535;

/** The tariff that holds at a time: the last one that has begun. Null before the first. */
export function tariffAt(tariffs: readonly Tariff[], time: Time): Tariff | null {
  return tariffs.findLast(({ validFrom }) => validFrom <= time) ?? null;
}

/** What a tariff has for a terminal: the part that names it, else that of its role; null where it has none. */
export function partFor({ parts }: Tariff, role: TariffRole, terminal: TerminalNumber): TariffPart | null {
  const own = parts.filter((part) => part.role === role);
  const named = own.find(({ terminals }) => terminals.includes(terminal));
  return named ?? own.find(({ terminals }) => terminals.length === 0) ?? null;
}
