/** Shapes that several routes ask or answer. */
import { PROOF_ALERT_KINDS, type ProofAlertKind } from '@retap/central';
import { ALERT_KINDS, type AlertKind, type MediumName } from '@retap/model';
import { z } from 'zod';

export const REFUSAL = z.object({
  code: z.string().describe('Stable; what programs go by'),
  message: z.string().describe('For people: what is wrong and what to do'),
  requestId: z.string().describe('By it the request is found in the log'),
});

/** A name like a medium's. */
const name = (most: RegExp, message: string): z.ZodType<string> => z.string({ error: message }).regex(most, message);

export const MEDIUM: z.ZodType<MediumName> = name(
  /^[0-9A-Za-z._-]{1,64}$/,
  'must be 1 to 64 characters of 0-9 A-Z a-z . _ -',
);
export const PREFIX = name(/^[0-9A-Za-z._-]{0,64}$/, 'must be at most 64 characters of 0-9 A-Z a-z . _ -').default('');

/** Where the page of a chain before this one ended, as the centre gave it. */
export const CHAIN_CURSOR = name(/^\d{1,15}-\d{1,10}-\d{1,10}$/, 'must be the "next" of the page before');

export const ALERT_KIND: z.ZodType<AlertKind> = z.enum(ALERT_KINDS, {
  error: `must be one of ${ALERT_KINDS.join(', ')}`,
});
export const PROOF_ALERT_KIND: z.ZodType<ProofAlertKind> = z.enum(PROOF_ALERT_KINDS, {
  error: `must be one of ${PROOF_ALERT_KINDS.join(', ')}`,
});

/** A whole number in the text of a question. */
export function wholeNumber(least: number, most: number): z.ZodType<number> {
  const error = `must be a whole number from ${least} to ${most}`;
  const number = z.number({ error }).int(error).min(least, error).max(most, error);
  return z.preprocess((text) => (typeof text === 'string' && /^\d{1,15}$/.test(text) ? Number(text) : text), number);
}

/** A number that the centre has given: of an entry, of a proposal. */
export const PLACE = wholeNumber(1, 10 ** 15 - 1);

/** How many are wanted at most. */
export function limit(otherwise: number, most: number): z.ZodType<number> {
  return wholeNumber(1, most).default(otherwise);
}

/** Milliseconds since the Unix epoch. */
export const TIME = z.int().describe('Milliseconds since the Unix epoch');
/** Whole minor units. */
const AMOUNT = z.int().describe('Whole minor units of the currency');

const COUNT = z.int().min(0);
const IDENTITY = z.object({ terminal: z.int(), serial: z.int() });

/** Keys beside `kind` are those of the specification's table of alerts. */
export const ALERT = z.looseObject({ kind: z.string() });

export const TOTALS = z.object({
  batches: COUNT,
  records: COUNT,
  quarantined: COUNT,
  media: COUNT,
  terminals: COUNT,
  balance: AMOUNT,
  inDoubt: COUNT,
  outOfSync: COUNT,
  waiting: COUNT,
  alerts: z.record(z.string(), COUNT).describe('By kind; counted up to 10,000 each'),
  proofs: z.object({ alerts: z.record(z.string(), COUNT), unsettled: COUNT, waiting: COUNT }).optional(),
  integrity: z.object({ alerts: z.record(z.string(), COUNT) }).optional(),
});

export const ACCOUNT = z.object({
  medium: z.string(),
  opened: z.boolean(),
  balance: AMOUNT,
  lastTime: TIME.nullable(),
  lastTerminal: z.int().nullable(),
  synchronization: z.array(z.object({ time: TIME, amount: AMOUNT, kind: z.enum(['gap', 'fork', 'mismatch']) })),
  products: z.array(z.object({ id: z.string(), uses: COUNT })),
  pendingValidations: z.array(IDENTITY.extend({ productId: z.string() })),
});

export const CHAIN_PAGE = z.object({
  links: z.array(
    z.object({
      record: z.looseObject({ terminal: z.int(), serial: z.int(), type: z.string(), medium: z.string(), time: TIME }),
      status: z.enum(['successful', 'unsuccessful', 'unverified']).nullable(),
      node: z.boolean(),
      predecessor: IDENTITY.nullable(),
      receipt: z.int(),
      proof: z
        .enum(['valid', 'invalid', 'missing', 'none'])
        .nullable()
        .describe('What the card’s own proof says of it'),
      synchronization: z.object({ amount: AMOUNT, kind: z.enum(['gap', 'fork', 'mismatch']) }).nullable(),
    }),
  ),
  next: z.string().nullable().describe('Pass as `before` to read on; null at the end'),
});

/** What the lists say of one medium, and what waits for a second person. */
export const MEDIUM_ORDERS = z.object({
  denied: z.boolean().describe('The next version of the deny list names it'),
  actions: z.array(
    z.object({
      action: z.looseObject({ serial: z.int(), kind: z.string() }),
      state: z.enum(['waits', 'done']).describe('`waits`: for the next tap'),
    }),
  ),
  proposals: z.array(
    z.object({
      id: z.int(),
      kind: z.string(),
      proposedBy: z.string(),
      proposedAt: TIME,
      why: z.string(),
      action: z.string().nullable(),
      amount: AMOUNT.nullable(),
    }),
  ),
});

/** What there is of a terminal's journal. */
export const RECEIVED = z.object({
  last: COUNT.describe('Highest serial; 0 where there is none'),
  missing: z
    .array(z.tuple([z.int(), z.int()]))
    .describe('Serials that are missing, as [from, to], the newest first; at most 64'),
});

export const ACKNOWLEDGEMENT = z.object({
  receipt: z.int().describe('Smallest number given to these bytes'),
  accepted: COUNT,
  quarantined: z.array(z.object({ position: z.int(), reason: z.string() })),
  received: RECEIVED.nullable().describe('As of now, also where a batch is repeated; null where it is not known'),
});
