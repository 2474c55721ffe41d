/** Lists of any kind, as any operator could have them. */
import { type Amount, amountOf } from '@retap/model';
import fc from 'fast-check';
import type { List, ListedAction, Tariff, TariffOffer, TariffPart } from '../../src/index.ts';

const TIMES = { issuedAt: 1_780_000_000_000, expiresAt: 1_780_600_000_000 };

const medium = fc.oneof(
  fc.stringMatching(/^04[0-9A-F]{12}$/),
  fc.stringMatching(/^[0-9A-Za-z._-]{1,64}$/),
  // Few of them, so that two lists have some in common.
  fc.constantFrom('M1', 'M2', 'm-3', '04A1B2C3D4E5F6', 'AB'),
);
const positive: fc.Arbitrary<Amount> = fc.integer({ min: 1, max: 1_000_000 }).map(amountOf);
const code = fc.stringMatching(/^[\w.-]{1,16}$/);
const wording = fc.oneof(fc.constantFrom('Vožnja', 'Ride', '乘车', '🚌'), fc.stringMatching(/^[a-zA-ZčšžČŠŽ]{1,64}$/));
const name = fc.record({ sl: wording, en: wording });

export const denied: fc.Arbitrary<readonly string[]> = fc
  .uniqueArray(medium, { maxLength: 30 })
  .map((media) => [...media].sort());

const what = fc.oneof(
  fc.record({ kind: fc.constantFrom('refill' as const, 'refund' as const), amount: positive }),
  fc.record({ kind: fc.constantFrom('block' as const, 'unblock' as const) }),
  fc.record({ kind: fc.constant('product' as const), product: fc.record({ code }) }),
  fc.record({
    kind: fc.constant('product' as const),
    product: fc.record({ code, validFrom: fc.nat(), validUntil: fc.nat(), maxUses: fc.integer({ min: 1, max: 99 }) }),
  }),
);
export const ordered: fc.Arbitrary<readonly ListedAction[]> = fc
  .uniqueArray(fc.tuple(medium, fc.integer({ min: 1, max: 4 }), what), {
    maxLength: 30,
    selector: ([name, serial]) => `${name} ${serial}`,
  })
  .map((all) =>
    all
      .map(([name, serial, each]) => ({ medium: name, serial, ...each }) as ListedAction)
      .sort((a, b) => (a.medium === b.medium ? a.serial - b.serial : a.medium < b.medium ? -1 : 1)),
  );

const limits = fc
  .record(
    { minimumBalance: fc.integer({ min: -500, max: 0 }), dayTapsMax: fc.nat(), unsentAgeMax: fc.nat() },
    { requiredKeys: [] },
  )
  .map((entries) => entries);

function byCode<Entry extends { readonly code: string }>(entries: readonly Entry[]): readonly Entry[] {
  return [...entries].sort((a, b) => (a.code < b.code ? -1 : 1));
}
const fares = fc
  .uniqueArray(fc.record({ code, name, amount: positive }), {
    minLength: 1,
    maxLength: 4,
    selector: (fare) => fare.code,
  })
  .map(byCode);
const products = fc
  .uniqueArray(
    fc.oneof(
      fc.record({ code, name, price: positive }),
      fc.record({
        code,
        name,
        price: positive,
        validFor: fc.integer({ min: 1 }),
        maxUses: fc.integer({ min: 1, max: 9 }),
      }),
    ),
    { minLength: 1, maxLength: 4, selector: (product) => product.code },
  )
  .map(byCode);

const tariff: fc.Arbitrary<Tariff> = fc
  .record({ fares, products, validFrom: fc.nat(), currency: fc.constantFrom('EUR', 'HRK') })
  .chain((base) => {
    const offer: fc.Arbitrary<TariffOffer> = fc.oneof(
      fc.constantFrom(...base.fares).map((fare) => ({ kind: 'debit' as const, fare: fare.code })),
      fc.constantFrom(...base.products).map((product) => ({ kind: 'purchase' as const, product: product.code })),
      fc.record({ kind: fc.constant('refill' as const), amount: positive, name }),
      fc.record({
        kind: fc.constant('validation' as const),
        codes: fc.uniqueArray(code, { minLength: 1, maxLength: 3 }),
        name,
      }),
    );
    const offers = fc.array(offer, { minLength: 1, maxLength: 9 });
    const parts = fc
      .tuple(offers, offers, fc.uniqueArray(fc.integer({ min: 1, max: 9 }), { minLength: 1 }))
      .map(([all, some, terminals]): readonly TariffPart[] => [
        { role: 'validator', terminals: [], defaultOffer: all.length, offers: all },
        { role: 'point-of-sale', terminals: terminals.sort((a, b) => a - b), offers: some },
      ]);
    return parts.map((each) => ({ ...base, parts: each }));
  });
const tariffs = fc
  .uniqueArray(tariff, { maxLength: 3, selector: ({ validFrom }) => validFrom })
  .map((all) => [...all].sort((a, b) => a.validFrom - b.validFrom));

const version = fc.integer({ min: 1, max: 2 ** 31 - 1 });

export const arbitraryList: fc.Arbitrary<List> = fc.oneof(
  fc.record({ kind: fc.constant('deny' as const), version, entries: denied }).map((each) => ({ ...TIMES, ...each })),
  fc
    .record({ kind: fc.constant('actions' as const), version, entries: ordered })
    .map((each) => ({ ...TIMES, ...each })),
  fc
    .record({ kind: fc.constant('limits' as const), version, entries: limits })
    .map((each) => ({ ...TIMES, ...each }) as List),
  fc.record({ kind: fc.constant('tariff' as const), version, entries: tariffs }).map((each) => ({ ...TIMES, ...each })),
);
