/** Tariffs as an operator writes them (docs/lists.md, "The tariff"), and what is wrong with them, each fault with its place. */
import { type Amount, amountOf } from '@retap/model';
import {
  isList,
  TARIFF_CODES_MAX,
  TARIFF_NAME_MAX,
  TARIFF_OFFERS_MAX,
  TARIFF_PARTS_MAX,
  TARIFF_ROLES,
  TARIFF_TERMINALS_MAX,
  TARIFF_USES_MAX,
  TARIFFS_MAX,
  type Tariff,
  type TariffPart,
} from '@retap/protocol';
import { type core, z } from 'zod';

const UNIT_MS: Readonly<Record<string, number>> = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000 };
const AMOUNT_MAX = 2 ** 40;

const minorUnits = (least: number) => {
  const error = `give whole minor units without quotes, from ${least}, as 250 for 2.50`;
  return z
    .int({ error })
    .min(least, { error })
    .max(AMOUNT_MAX, { error })
    .transform((value): Amount => amountOf(value));
};

const duration = z
  .string({ error: 'give a duration in quotes, as "30d", "24h" or "90m"' })
  .regex(/^[1-9]\d{0,5}(d|h|m|s)$/, { error: 'give a duration as "30d", "24h" or "90m"' })
  .transform((text) => Number(text.slice(0, -1)) * (UNIT_MS[text.slice(-1)] ?? Number.NaN));

const code = z
  .string({ error: 'give a code in quotes, as "month"' })
  .regex(/^[\w.-]{1,16}$/, { error: 'a code has up to 16 letters, digits, ".", "-" or "_"' });

const wording = (language: string) => {
  const error = `give the name in ${language}: up to ${TARIFF_NAME_MAX} characters, none of them invisible`;
  return z
    .string({ error })
    .max(TARIFF_NAME_MAX, { error })
    .refine((text) => text.trim() !== '' && !/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(text), { error });
};
const name = z.strictObject(
  { sl: wording('Slovene'), en: wording('English') },
  { error: 'give the name in both languages, as { "sl": "Vožnja", "en": "Ride" }' },
);

const terminalNumber = z
  .int({ error: 'give the number of a terminal, as 17' })
  .min(1, { error: 'a terminal number is 1 or more' })
  .max(2 ** 31 - 1, { error: 'a terminal number is 2147483647 or less' });
const terminals = z
  .array(terminalNumber, { error: 'give a list of terminal numbers, as [17, 18]' })
  .max(TARIFF_TERMINALS_MAX, { error: `at most ${TARIFF_TERMINALS_MAX} terminals` });

const offer = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({ kind: z.literal('debit'), fare: code }),
    z.strictObject({ kind: z.literal('purchase'), product: code }),
    z.strictObject({ kind: z.literal('refill'), amount: minorUnits(1), name }),
    z.strictObject({
      kind: z.literal('validation'),
      codes: z
        .array(code, { error: 'give a list of product codes, as ["month"]' })
        .min(1, { error: 'name at least one product code' })
        .max(TARIFF_CODES_MAX, { error: `at most ${TARIFF_CODES_MAX} product codes` }),
      name,
    }),
  ],
  { error: 'give an offer with "kind": "debit", "purchase", "refill" or "validation"' },
);

const part = z.strictObject({
  role: z.enum(TARIFF_ROLES, { error: 'give "validator" or "point-of-sale"' }),
  terminals: terminals.default([]),
  groups: z.array(z.string(), { error: 'give a list of names of groups' }).default([]),
  defaultOffer: z
    .int({ error: 'give the number of an offer, as 1 for the first' })
    .min(1, { error: 'give the number of an offer, as 1 for the first' })
    .optional(),
  offers: z
    .array(offer, { error: 'give a list of offers' })
    .min(1, { error: 'give at least one offer' })
    .max(TARIFF_OFFERS_MAX, { error: `at most ${TARIFF_OFFERS_MAX} offers fit the screen` }),
});

const tariff = z.strictObject({
  validFrom: z.iso
    .datetime({ offset: true, error: 'give a time with its offset, as "2027-01-01T00:00:00+01:00"' })
    .transform((text) => Date.parse(text))
    .refine((time) => time >= 0, { error: 'give a time after 1970' }),
  currency: z
    .string({ error: 'give a currency by its ISO 4217 code, as "EUR"' })
    .regex(/^[A-Z]{3}$/, { error: 'give a currency by its ISO 4217 code, as "EUR"' }),
  fares: z.record(code, z.strictObject({ amount: minorUnits(1), name })).default({}),
  products: z
    .record(
      code,
      z.strictObject({
        price: minorUnits(0),
        validFor: duration.optional(),
        maxUses: z
          .int({ error: 'give a whole number of uses, from 1' })
          .min(1, { error: 'give a whole number of uses, from 1' })
          .max(TARIFF_USES_MAX, { error: `a product has at most ${TARIFF_USES_MAX} uses` })
          .optional(),
        name,
      }),
    )
    .default({}),
  parts: z
    .array(part, { error: 'give a list of parts, one for each role' })
    .max(TARIFF_PARTS_MAX, { error: `at most ${TARIFF_PARTS_MAX} parts` }),
});

/** The file. `$schema` may stand in it, for editors. */
const tariffFileSchema = z
  .strictObject(
    {
      $schema: z.string().optional(),
      groups: z.record(z.string(), terminals).default({}),
      tariffs: z
        .array(tariff, { error: 'give a list of tariffs: the one of now and those that follow' })
        .max(TARIFFS_MAX, { error: `at most ${TARIFFS_MAX} tariffs` }),
    },
    { error: 'give one JSON object, { "tariffs": [ … ] }' },
  )
  .check(({ value, issues }) => {
    for (const [path, message] of contradictions(value)) issues.push({ code: 'custom', path, message, input: value });
  });

type TariffFile = z.output<typeof tariffFileSchema>;
type FilePart = TariffFile['tariffs'][number]['parts'][number];
type Contradiction = [PropertyKey[], string];

/** What single keys cannot say: keys that do not go together. */
function* contradictions({ groups, tariffs }: TariffFile): Generator<Contradiction> {
  const begun = new Map<number, number>();
  for (const [index, { validFrom, fares, products, parts }] of tariffs.entries()) {
    const place = ['tariffs', index];
    const other = begun.get(validFrom);
    if (other !== undefined) yield [[...place, 'validFrom'], `tariffs[${other}] holds from the same moment on`];
    begun.set(validFrom, index);
    for (const [key, entries] of Object.entries({ fares, products })) {
      if (Object.keys(entries).length > TARIFF_CODES_MAX) yield [[...place, key], `at most ${TARIFF_CODES_MAX}`];
    }
    const named = new Map<string, number>();
    for (const [number, each] of parts.entries()) {
      const at = [...place, 'parts', number];
      yield* offerFaults(each, { fares, products }, at);
      yield* terminalFaults(each, groups, named, number, at);
    }
    if (named.size > TARIFF_TERMINALS_MAX + TARIFF_ROLES.length) {
      yield [[...place, 'parts'], `they name more than ${TARIFF_TERMINALS_MAX} terminals`];
    }
  }
}

function* offerFaults(
  { role, defaultOffer, offers }: FilePart,
  { fares, products }: Pick<TariffFile['tariffs'][number], 'fares' | 'products'>,
  at: readonly PropertyKey[],
): Generator<Contradiction> {
  if (role === 'validator' && defaultOffer === undefined) {
    yield [[...at, 'defaultOffer'], 'a validator needs the number of the offer that a tap gets, as 1 for the first'];
  }
  if (defaultOffer !== undefined && defaultOffer > offers.length) {
    yield [[...at, 'defaultOffer'], `there are ${offers.length} offers; give the number of one of them`];
  }
  for (const [index, each] of offers.entries()) {
    const place = [...at, 'offers', index];
    if (each.kind === 'debit' && !Object.hasOwn(fares, each.fare)) {
      yield [[...place, 'fare'], `"fares" of this tariff has no "${each.fare}"`];
    }
    if (each.kind === 'purchase' && !Object.hasOwn(products, each.product)) {
      yield [[...place, 'product'], `"products" of this tariff has no "${each.product}"`];
    }
    if (each.kind === 'validation' && new Set(each.codes).size < each.codes.length) {
      yield [[...place, 'codes'], 'name each code once'];
    }
  }
}

/** Each terminal is told by one part of its role what it offers. */
function* terminalFaults(
  { role, terminals: numbers, groups: names }: FilePart,
  groups: TariffFile['groups'],
  named: Map<string, number>,
  number: number,
  at: readonly PropertyKey[],
): Generator<Contradiction> {
  for (const [index, group] of names.entries()) {
    if (!Object.hasOwn(groups, group)) yield [[...at, 'groups', index], `"groups" of this file has no "${group}"`];
    else if (groups[group]?.length === 0) yield [[...at, 'groups', index], `the group "${group}" has no terminal`];
  }
  const all = terminalsOf({ terminals: numbers, groups: names }, groups);
  for (const terminal of all.length === 0 && names.length === 0 ? ['all others'] : all) {
    const key = `${role} ${terminal}`;
    const other = named.get(key);
    if (other === undefined) named.set(key, number);
    else yield [[...at], `parts[${other}] has ${role} ${terminal} already; each belongs to one part`];
  }
}

function terminalsOf(
  { terminals: numbers, groups: names }: Pick<FilePart, 'terminals' | 'groups'>,
  groups: TariffFile['groups'],
): number[] {
  const all = [...numbers, ...names.flatMap((group) => (Object.hasOwn(groups, group) ? (groups[group] ?? []) : []))];
  return [...new Set(all)].sort((a, b) => a - b);
}

/** The tariffs that a file says, in the order in which a list has them; or each fault, as `tariffs[0].currency: …`. */
export function tariffsIn(
  content: unknown,
): { readonly tariffs: readonly Tariff[] } | { readonly faults: readonly string[] } {
  const parsed = tariffFileSchema.safeParse(content);
  if (!parsed.success) return { faults: parsed.error.issues.flatMap(faultsOf) };
  const tariffs = parsed.data.tariffs
    .map((each) => listedTariff(each, parsed.data.groups))
    .sort((one, other) => one.validFrom - other.validFrom);
  const list = { kind: 'tariff', version: 1, issuedAt: 0, expiresAt: 0, entries: tariffs } as const;
  return isList(list) ? { tariffs } : { faults: ['tariffs: together they are more than a terminal takes'] };
}

function listedTariff(
  { validFrom, currency, fares, products, parts }: TariffFile['tariffs'][number],
  groups: TariffFile['groups'],
): Tariff {
  return {
    validFrom,
    currency,
    fares: inOrder(fares),
    products: inOrder(products).map(({ validFor, maxUses, ...product }) => ({
      ...product,
      ...(validFor !== undefined && { validFor }),
      ...(maxUses !== undefined && { maxUses }),
    })),
    parts: parts.map((each) => listedPart(each, groups)).sort((one, other) => placeOf(one) - placeOf(other)),
  };
}

function listedPart(each: FilePart, groups: TariffFile['groups']): TariffPart {
  const { role, defaultOffer, offers } = each;
  const numbers = terminalsOf(each, groups);
  return { role, terminals: numbers, ...(defaultOffer !== undefined && { defaultOffer }), offers };
}

function placeOf({ role, terminals: [first = 0] }: TariffPart): number {
  return TARIFF_ROLES.indexOf(role) * 2 ** 32 + first;
}

function inOrder<Entry extends object>(entries: Readonly<Record<string, Entry>>): (Entry & { code: string })[] {
  return Object.entries(entries)
    .map(([code, entry]) => ({ code, ...entry }))
    .sort((one, other) => (one.code < other.code ? -1 : 1));
}

function faultsOf(issue: core.$ZodIssue): string[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) =>
      faultAt([...issue.path, key], 'there is no such key; docs/lists.md says which there are'),
    );
  }
  if (issue.code === 'invalid_key') {
    return issue.issues.map(({ message }) => faultAt(issue.path, message));
  }
  return [faultAt(issue.path, issue.message)];
}

function faultAt(path: readonly PropertyKey[], message: string): string {
  const place = path.reduce<string>((before, part) => {
    if (typeof part === 'number') return `${before}[${part}]`;
    return before === '' ? String(part) : `${before}.${String(part)}`;
  }, '');
  return place === '' ? message : `${place}: ${message}`;
}
