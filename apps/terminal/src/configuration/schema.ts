/** The configuration file of a terminal: `docs/terminal.md` explains every key. */
import { z } from 'zod';
import {
  amount,
  balance,
  countOf,
  duration,
  file,
  mediumName,
  productCode,
  terminalNumber,
  text,
  words,
} from './forms.ts';

const ROLES = ['validator', 'point-of-sale', 'inspector'] as const;
export type Role = (typeof ROLES)[number];

const LANGUAGES = ['sl', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];

/** As many as there are digit keys that choose one. */
const OFFERS_MAX = 9;

const uses = countOf('uses').max(65_535, { error: 'a product has at most 65535 uses' });

const offer = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({ kind: z.literal('debit'), amount, name: words }),
    z.strictObject({ kind: z.literal('refill'), amount, name: words }),
    z.strictObject({
      kind: z.literal('purchase'),
      product: productCode,
      price: amount,
      validFor: duration.optional(),
      maxUses: uses.optional(),
      name: words,
    }),
    z.strictObject({
      kind: z.literal('validation'),
      codes: z.array(productCode, { error: 'give a list of product codes, as ["month"]' }).min(1, {
        error: 'name at least one product code',
      }),
      name: words,
    }),
  ],
  { error: 'give an offer with "kind": "debit", "refill", "purchase" or "validation"' },
);

const serial = countOf('actions of this medium').max(2 ** 31 - 1, { error: 'a serial is 2147483647 or less' });
const time = z.iso.datetime({ offset: true, error: 'give a time as "2026-03-05T14:30:00Z"' }).transform(Date.parse);

const action = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({ serial, medium: mediumName, kind: z.enum(['refill', 'refund']), amount }),
    z.strictObject({
      serial,
      medium: mediumName,
      kind: z.literal('product'),
      product: z.strictObject({
        code: productCode,
        validFrom: time.optional(),
        validUntil: time.optional(),
        maxUses: uses.optional(),
      }),
    }),
    z.strictObject({ serial, medium: mediumName, kind: z.enum(['block', 'unblock']) }),
  ],
  { error: 'give an action with "kind": "refill", "refund", "product", "block" or "unblock"' },
);

export const denyList = z.array(mediumName, { error: 'give a list of media, or the path of a file that holds one' });
export const actionList = z.array(action, { error: 'give a list of actions, or the path of a file that holds one' });

const limits = z.strictObject(
  {
    minimumBalance: balance,
    maximumBalance: balance,
    tapAmountMax: amount.optional(),
    dayTapsMax: countOf('taps').optional(),
    dayAmountMax: amount.optional(),
    dayStart: duration.optional(),
    unsentRecordsMax: countOf('records').optional(),
    unsentAmountMax: amount.optional(),
    unsentAgeMax: duration.optional(),
  },
  { error: 'give at least { "minimumBalance": 0, "maximumBalance": 50000 }' },
);

const reader = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({ kind: z.literal('pcsc'), name: text('the name of the reader, as pcscd has it').optional() }),
    z.strictObject({ kind: z.literal('in-process'), cards: file('the directory of the card files') }),
  ],
  { error: 'give { "kind": "pcsc" } or { "kind": "in-process", "cards": "cards" }' },
);

const screen = z.strictObject({
  host: z
    .enum(['127.0.0.1', '::1'], { error: 'the screen is served to this machine alone: give "127.0.0.1"' })
    .default('127.0.0.1'),
  port: z
    .int({ error: 'give a port, from 0 to 65535; 0 takes a free one' })
    .min(0, { error: 'a port is 0 or more' })
    .max(65_535, { error: 'a port is 65535 or less' })
    .default(8090),
  messageFor: duration.default(2_500),
});

const centre = z.strictObject({
  url: z.url({ protocol: /^https?$/, error: 'give the address of the centre, as "https://centre.example"' }),
  uploadEvery: duration.default(30_000),
  askEvery: duration.default(3_600_000),
  by: z.enum(['either', 'socket', 'http'], { error: 'give "either", "socket" or "http"' }).default('either'),
});

const journalKeep = z.strictObject(
  {
    ageMax: duration.default(30 * 86_400_000),
    mebibytesMax: z.int({ error: 'give whole mebibytes, as 256; 0 keeps nothing' }).min(0).max(1_048_576).default(256),
  },
  { error: 'give { "ageMax": "30d", "mebibytesMax": 256 }' },
);

const licence = z.strictObject(
  {
    file: file('the licence of this terminal, made by "retap terminal enrol"'),
    required: z.boolean({ error: 'give true or false' }).default(false),
  },
  { error: 'give { "file": "licence.json" }' },
);

const clock = z.strictObject({
  tolerance: duration.default(120_000),
  setWithin: duration.optional(),
  source: z
    .union(
      [z.enum(['system', 'centre']), z.strictObject({ file: file('a file that is touched when the clock is set') })],
      { error: 'give "system", "centre", or { "file": "…" }: a file that is touched whenever the clock is set' },
    )
    .default('system'),
});

const keys = z.union(
  [
    z.strictObject({ store: file('the key store') }),
    z.strictObject({
      pkcs11: file('the module of the token'),
      token: z.string().min(1, { error: 'give the label of the token' }),
    }),
  ],
  { error: 'give { "store": "keys.json" }, or { "pkcs11": "/usr/lib/…/module.so", "token": "gate17" }' },
);

export const configurationSchema = z
  .strictObject(
    {
      terminal: terminalNumber,
      role: z.enum(ROLES, { error: 'give "validator", "point-of-sale" or "inspector"' }),
      language: z.enum(LANGUAGES, { error: 'give "sl" or "en"' }).default('sl'),
      currency: z.strictObject(
        {
          code: z.string().regex(/^[A-Z]{3}$/, { error: 'give a currency by its ISO 4217 code, as "EUR"' }),
          digits: z.int().min(0).max(3, { error: 'give the digits of its minor unit, from 0 to 3' }),
        },
        { error: 'give a currency as { "code": "EUR", "digits": 2 }' },
      ),
      offers: z
        .array(offer, { error: 'give a list of offers' })
        .max(OFFERS_MAX, { error: `at most ${OFFERS_MAX} offers fit the screen` })
        .default([]),
      defaultOffer: countOf('offers').optional(),
      freeAmount: z
        .array(z.enum(['debit', 'refill'], { error: 'give "debit" or "refill"' }), {
          error: 'give a list of "debit" and "refill"',
        })
        .default([]),
      limits,
      clock: clock.prefault({}),
      retapWindow: duration.default(60_000),
      siblings: z.array(terminalNumber, { error: 'give a list of terminal numbers' }).default([]),
      denyList: z.union([denyList, file('the deny list')]).default([]),
      actions: z.union([actionList, file('the action list')]).default([]),
      journal: file('the directory of the journal'),
      journalKeep: journalKeep.prefault({}),
      keys,
      identity: file('the identity of this terminal, made by "retap terminal enrol"').optional(),
      licence: licence.optional(),
      reader,
      screen: screen.prefault({}),
      centre: centre.optional(),
    },
    { error: 'the file holds one JSON object, { … }; docs/terminal.md has examples' },
  )
  .check(({ value, issues }) => {
    for (const [path, message] of contradictions(value)) issues.push({ code: 'custom', path, message, input: value });
  });

/** What single keys cannot say: keys that do not go together. */
function* contradictions(value: {
  readonly terminal: number;
  readonly siblings: readonly number[];
  readonly role: Role;
  readonly offers: readonly { readonly kind: string }[];
  readonly defaultOffer?: number | undefined;
  readonly freeAmount: readonly string[];
  readonly limits: { readonly minimumBalance: number; readonly maximumBalance: number };
  readonly clock: { readonly setWithin?: number | undefined; readonly source: unknown };
  readonly identity?: string | undefined;
  readonly licence?: unknown;
  readonly centre?: unknown;
}): Generator<[string[], string]> {
  const { role, offers, defaultOffer, freeAmount, limits, clock } = value;
  if (role === 'inspector' && offers.length > 0)
    yield [['offers'], 'an inspector reads media and offers nothing: leave it out'];
  if (role !== 'inspector' && offers.length === 0 && freeAmount.length === 0) {
    yield [['offers'], `a ${role} needs at least one offer`];
  }
  if (role === 'validator' && defaultOffer === undefined) {
    yield [['defaultOffer'], 'a validator needs the number of the offer that a tap gets, as 1 for the first'];
  }
  if (defaultOffer !== undefined && offers.length > 0 && defaultOffer > offers.length) {
    yield [['defaultOffer'], `there are ${offers.length} offers; give the number of one of them`];
  }
  if (role !== 'point-of-sale' && freeAmount.length > 0) {
    yield [['freeAmount'], 'only a point of sale has free amounts: leave it out'];
  }
  // What a terminal itself has committed would let its person through again and again.
  if (value.siblings.includes(value.terminal))
    yield [['siblings'], 'these are the others of the gate line: leave out its own number'];
  if (clock.setWithin !== undefined && clock.source === 'system') {
    yield [
      ['clock', 'setWithin'],
      'it needs a source that says when the clock was set: give clock.source as "centre" or { "file": "…" }',
    ];
  }
  if (clock.source === 'centre' && (value.identity === undefined || value.centre === undefined)) {
    yield [
      ['clock', 'source'],
      'only an enrolled terminal knows its centre by its key: give centre, identity and licence too',
    ];
  }
  if (value.identity === undefined && value.licence !== undefined) {
    yield [['identity'], 'a licence is of an identity: give its file, as "identity.json"'];
  }
  if (value.identity !== undefined && value.licence === undefined) {
    yield [['licence'], 'an identity is licensed by the centre: give the file for that, as { "file": "licence.json" }'];
  }
  if (limits.minimumBalance > limits.maximumBalance) {
    yield [['limits', 'maximumBalance'], 'it must not be below minimumBalance'];
  }
}

export type ConfigurationFile = z.output<typeof configurationSchema>;
export type Offer = z.output<typeof offer>;
export type ActionEntry = z.output<typeof action>;
