/** Records as they are asked for and answered. */
import { COMMIT_STATUSES, TRANSACTION_TYPES } from '@retap/model';
import { z } from 'zod';
import { MEDIUM, TIME, wholeNumber } from '../api/shapes.ts';
import { type Day, parseDay } from '../zone/days.ts';

const STATUSES = [...COMMIT_STATUSES, 'observation'] as const;
const TYPES = ['open', ...TRANSACTION_TYPES, 'observation'] as const;

const STATUS = z.enum(COMMIT_STATUSES);
const TYPE = z.enum(TYPES);
export const IDENTITY = z.object({ terminal: z.int(), serial: z.int() });
export const NUMBER = wholeNumber(1, 2 ** 31 - 1);
/** A time in the text of a question. */
const MOMENT = wholeNumber(0, 2 ** 48);
/** Where the page before this one ended, as the centre gave it. */
export const CURSOR = z.string().regex(/^(s-\d{1,15}|[trl](-\d{1,15}){3})$/, 'must be the "next" of the page before');
/** Size of an amount in the text of a question. */
const SIZE = wholeNumber(0, 10 ** 15 - 1);

/** A day of the calendar in the text of a question. */
export const DAY = z
  .string()
  .refine((text) => parseDay(text) !== null, 'must be a day, as 2015-12-24')
  .transform((text) => parseDay(text) as Day)
  .optional();

/** What a list of records may be narrowed by. */
export const RECORD_FILTERS = {
  status: z.enum(STATUSES, { error: `must be one of ${STATUSES.join(', ')}` }).optional(),
  type: z.enum(TYPES, { error: `must be one of ${TYPES.join(', ')}` }).optional(),
  terminal: NUMBER.optional(),
  medium: MEDIUM.optional(),
  from: MOMENT.optional().describe('Time of the tap, this one included'),
  until: MOMENT.optional().describe('Time of the tap, this one excluded'),
  fromDay: DAY.describe('In place of `from`: the first day, as the site counts days'),
  toDay: DAY.describe('In place of `until`: the last day'),
  amountMin: SIZE.optional().describe('Size of the amount in minor units, whatever its sign'),
  amountMax: SIZE.optional(),
} as const;

const AMOUNT = z.int().describe('Whole minor units');

export const LINE = IDENTITY.extend({
  type: TYPE,
  medium: z.string(),
  time: TIME,
  amount: AMOUNT.nullable(),
  balance: AMOUNT,
  reported: STATUS.nullable().describe('By its terminal; null of an observation'),
  status: STATUS.nullable().describe('As it is resolved; null of an observation, and of what is not reconciled yet'),
  reconciled: z.boolean(),
  receipt: z.int().describe('Of the batch that brought it'),
});

export const RECORD_PAGE = z.object({
  order: z
    .enum(['serial', 'time', 'receipt'])
    .describe('The newest first: by serial, by time of the tap, or by arrival'),
  records: z.array(LINE),
  examined: z.int().min(0).describe('How many were looked at'),
  reachedTo: z.object({ time: TIME, receipt: z.int() }).nullable().describe('The last one looked at'),
  next: z
    .string()
    .nullable()
    .describe('Pass as `before` to read on; null at the end. A short page is not the end: only so many are looked at'),
});

const EVIDENCE = [
  'read-by',
  'named-by-log',
  'refuted-by-commit',
  'refuted-by-serial',
  'refuted-by-time',
  'refuted-by-log',
] as const;

export const RAW = z.object({
  of: z.enum(['entry', 'batch']),
  hex: z.string().describe('The first of them, in hexadecimal digits'),
  size: z.int().describe('How many there are'),
});

const BATCH = z.object({
  receipt: z.int(),
  receivedAt: TIME,
  form: z.enum(['batch', 'journal', 'signed']),
  digest: z.string().describe('SHA-256 of form and body, in hexadecimal digits'),
  size: z.int().describe('Bytes as they were received'),
  accepted: z.int(),
  quarantined: z.int(),
});

export const RECORD_DETAIL = z.object({
  line: LINE,
  record: z.looseObject({ terminal: z.int(), serial: z.int(), type: z.string() }).describe('As it was received'),
  node: z.boolean().describe('Whether it is on the chain'),
  predecessor: IDENTITY.nullable(),
  synchronization: z.object({ amount: AMOUNT, kind: z.enum(['gap', 'fork', 'mismatch']) }).nullable(),
  batch: BATCH,
  position: z.int().describe('In the batch: which record, or which line, from 1'),
  raw: RAW,
  evidence: z
    .array(IDENTITY.extend({ word: z.enum(EVIDENCE), type: TYPE, time: TIME }))
    .describe('What others say of it; at most 20'),
  proof: z
    .object({
      verdict: z.enum(['valid', 'invalid', 'missing', 'none']),
      counter: z.int().nullable(),
      readerDiffers: z.boolean(),
      settled: z.boolean(),
      contradicted: z.boolean(),
    })
    .nullable(),
  conflicts: z
    .array(z.object({ receipt: z.int(), position: z.int() }))
    .describe('Later voices under its number that say something else; none was applied'),
});

const SETTLING = z.discriminatedUnion('by', [
  z.object({ by: z.literal('next-tap') }),
  z.object({ by: z.literal('tap-after'), time: TIME }),
  z.object({ by: z.literal('missing-record'), terminal: z.int(), time: TIME }),
  z.object({ by: z.literal('own-terminal'), terminal: z.int(), from: z.int(), to: z.int().nullable() }),
]);

export const AGE = z.object({
  from: z.int().describe('Days'),
  to: z.int().nullable().describe('Days; null: and older'),
  count: z.int().min(0),
  amount: AMOUNT.describe('Sum of sizes, whatever the sign'),
});

export const UNVERIFIED_PAGE = z.object({
  asOf: TIME,
  ages: z.array(AGE).describe('Of all that is in doubt, counted up to 100,000'),
  records: z
    .array(z.object({ line: LINE, settledBy: z.array(SETTLING).describe('What would settle it') }))
    .describe('The newest first'),
  next: z.string().nullable().describe('Pass as `before` to read on; null at the end'),
});
