/** Batches over HTTP, as people look at them (docs/console.md, "Batches"). Terminals send them elsewhere: `upload-routes.ts`. */
import { type Batches, may } from '@retap/central';
import { z } from 'zod';
import { refuse } from '../answers.ts';
import type { Api } from '../api/api.ts';
import { limit, TIME, wholeNumber } from '../api/shapes.ts';
import { IDENTITY, RAW } from '../records/shapes.ts';

const RECEIPT = wholeNumber(1, Number.MAX_SAFE_INTEGER);
const COUNT = z.int().min(0);

const LINE = z.object({
  receipt: z.int(),
  receivedAt: TIME,
  form: z.enum(['batch', 'journal', 'signed']),
  terminal: z.int().nullable().describe('Null of a piece of journals, and where none of its records was new'),
  accepted: COUNT.describe('Records read from it, new or not'),
  quarantined: COUNT,
  size: COUNT.describe('Bytes that are kept of it'),
});

const DETAIL = LINE.extend({
  digest: z.string().describe('SHA-256 of form and body, in hexadecimal digits'),
  receivedSize: COUNT.describe('Bytes as they were received'),
  standing: COUNT.describe('Records that this batch was the first to bring'),
  first: IDENTITY.nullable(),
  last: IDENTITY.nullable(),
  conflicts: z
    .array(IDENTITY.extend({ position: z.int() }))
    .describe('Records that contradict an earlier one; at most 100'),
  left: z
    .array(
      z.object({
        position: z.int(),
        reason: z.string(),
        raw: RAW.nullable().describe('Null where it cannot be shown alone, or the caller may not see media'),
      }),
    )
    .describe('Records left out; at most 100'),
});

const READING = z.discriminatedUnion('outcome', [
  z.object({
    outcome: z.literal('read'),
    accepted: COUNT,
    records: z.array(
      z.object({
        position: z.int(),
        reason: z.string().describe('Why it was left out'),
        now: z.string().nullable().describe('Why it would be left out now; null: it would be read'),
        record: IDENTITY.nullable(),
        stands: z.boolean().describe('A rebuild has applied it'),
      }),
    ),
  }),
  z.object({ outcome: z.literal('unreadable'), reason: z.string() }),
]);

const params = { receipt: RECEIPT };
const NO_SUCH = { 404: { description: 'No batch has this receipt' } } as const;

/** For whoever works on what is wrong: nobody else has a use for them. The lines in them are media's, which takes more. */
export function addBatchRoutes(api: Api, { batches }: { readonly batches: Batches }): void {
  const common = { tag: 'uploads', access: 'see-alerts' } as const;
  api.add(
    {
      ...{ ...common, method: 'get', path: '/batches', operationId: 'batches' },
      summary: 'Batches, the newest first',
      query: {
        quarantined: z.enum(['true', 'false'], { error: 'must be true or false' }).default('false'),
        before: RECEIPT.optional(),
        limit: limit(50, 500),
      },
      answers: {
        200: {
          description: 'A page; `next` is the `before` of the next one, null at the end',
          schema: z.object({ batches: z.array(LINE), next: z.int().nullable() }),
        },
      },
    },
    async ({ c, query: { quarantined, ...query } }) => {
      const found = await batches.batches({ ...query, isQuarantined: quarantined === 'true' });
      const next = found.length === query.limit ? (found.at(-1)?.receipt ?? null) : null;
      return c.json({ batches: found, next });
    },
  );
  api.add(
    {
      ...{ ...common, method: 'get', path: '/batches/{receipt}', operationId: 'batch', params },
      summary: 'One batch, and what of it was left out',
      answers: { 200: { description: 'The batch', schema: DETAIL }, ...NO_SUCH },
    },
    async ({ c, caller, params: { receipt } }) => {
      const found = await batches.batch(receipt);
      if (found === null) return unknown(c, receipt);
      if (caller.kind === 'everybody' || may(caller.roles, 'see-media')) return c.json(found);
      return c.json({ ...found, left: found.left.map((one) => ({ ...one, raw: null })) });
    },
  );
  api.add(
    {
      ...{ ...common, method: 'post', path: '/batches/{receipt}/reading', operationId: 'readBatch', params },
      summary: 'Read its stored bytes with this version: which records left out would be read now. Changes nothing',
      answers: { 200: { description: 'What comes of it', schema: READING }, ...NO_SUCH },
    },
    async ({ c, params: { receipt } }) => {
      const reading = await batches.read(receipt);
      return reading === null ? unknown(c, receipt) : c.json(reading);
    },
  );
}

function unknown(c: Parameters<typeof refuse>[0], receipt: number): Response {
  return refuse(c, 404, 'batch-unknown', `no batch has the receipt ${receipt}`);
}
