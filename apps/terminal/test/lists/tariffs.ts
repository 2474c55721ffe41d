/** Tariffs for tests: a ride that costs 130, and 140 from a midnight on. */
import { amountOf } from '@retap/model';
import type { List, Tariff, TariffPart } from '@retap/protocol';

export const MIDNIGHT = 1_772_496_000_000;
const NAME = { sl: 'Vožnja', en: 'Ride' };

export const GATE: TariffPart = {
  ...{ role: 'validator', terminals: [], defaultOffer: 1 },
  offers: [
    { kind: 'debit', fare: 'ride' },
    { kind: 'debit', fare: 'dog' },
    { kind: 'validation', codes: ['month'], name: { sl: 'Vozovnica', en: 'Pass' } },
  ],
};

export function tariffOf(ride: number, changes: Partial<Tariff> = {}): Tariff {
  return {
    ...{ validFrom: 0, currency: 'EUR', products: [], parts: [GATE] },
    fares: [
      { code: 'dog', amount: amountOf(50), name: { sl: 'Pes', en: 'Dog' } },
      { code: 'ride', amount: amountOf(ride), name: NAME },
    ],
    ...changes,
  };
}

/** Rises at midnight; the dog rides free from then on, and the pass is first. */
export const RISING: readonly Tariff[] = [
  tariffOf(130),
  {
    ...tariffOf(140, { validFrom: MIDNIGHT }),
    fares: [{ code: 'ride', amount: amountOf(140), name: NAME }],
    parts: [{ ...GATE, defaultOffer: 2, offers: [...GATE.offers.slice(2), ...GATE.offers.slice(0, 1)] }],
  },
];

/** A held list, as {@link HeldLists} gives it. */
export class StandInLists {
  tariffs: readonly Tariff[] | null;
  version = 1;
  isExpired = false;

  constructor(tariffs: readonly Tariff[] | null) {
    this.tariffs = tariffs;
  }

  readonly versions = { deny: 0, actions: 0, limits: 0, tariff: 1 };

  of(): { readonly list: never; readonly isExpired: boolean } | null {
    if (this.tariffs === null) return null;
    const list: List<'tariff'> = {
      ...{ kind: 'tariff', version: this.version, issuedAt: 0, expiresAt: 1, entries: this.tariffs },
    };
    return { list: list as never, isExpired: this.isExpired };
  }
}
