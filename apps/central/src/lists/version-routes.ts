/** The versions of a list and what differs between them (docs/console.md, "Lists and tariffs"). */
import type { Lists } from '@retap/central';
import { LIST_KINDS } from '@retap/protocol';
import { z } from 'zod';
import { refuse } from '../answers.ts';
import type { Api } from '../api/api.ts';
import { limit, TIME, wholeNumber } from '../api/shapes.ts';

const KIND = z.enum(LIST_KINDS, { error: `must be one of ${LIST_KINDS.join(', ')}` });
const VERSION_MAX = 2 ** 31 - 1;
const TIMES = z.object({ version: z.int(), issuedAt: TIME, expiresAt: TIME });

const VERSIONS = z.object({
  versions: z.array(
    TIMES.extend({
      entries: z.int(),
      bytes: z.int().describe('Of the signed document'),
      who: z.string().nullable().describe('Who published it, as the audit log says'),
      terminals: z.int().describe('How many said last that they hold it'),
    }),
  ),
  next: z.int().nullable().describe('Pass as `before` to read on; null at the end'),
});

const COUNT = z.int().min(0);
const DIFFERENCE = z.object({
  from: TIMES.nullable().describe('Null: before there was one'),
  to: TIMES.nullable().describe('Null: the working copy'),
  counts: z.object({ added: COUNT, removed: COUNT, changed: COUNT }),
  entries: z
    .array(
      z.object({
        what: z.enum(['added', 'removed', 'changed']),
        entry: z.string().describe('The medium; medium and number of an action; a limit; `fare ride`, `product month`'),
        validFrom: TIME.nullable().describe('From when on the tariff holds that it is of'),
        before: z.unknown(),
        after: z.unknown(),
      }),
    )
    .describe('The first 500'),
  history: z
    .array(z.object({ at: TIME, what: z.string(), entry: z.string(), who: z.string(), why: z.string() }))
    .describe('Who changed the working copy meanwhile, newest first; the last 200'),
});

export function addListVersionRoutes(api: Api, lists: Lists): void {
  api.add(
    {
      ...{
        method: 'get',
        path: '/lists/{kind}/versions',
        operationId: 'listVersions',
        tag: 'lists',
        access: 'see-lists',
      },
      summary: 'The versions of a list, newest first: who published each, and how many terminals hold it',
      params: { kind: KIND },
      query: { before: wholeNumber(1, VERSION_MAX).optional(), limit: limit(20, 100) },
      answers: { 200: { description: 'A page', schema: VERSIONS } },
    },
    async ({ c, params: { kind }, query: { before, limit } }) =>
      c.json(await lists.versions(kind, { limit, ...(before && { before }) })),
  );
  api.add(
    {
      ...{
        method: 'get',
        path: '/lists/{kind}/diff',
        operationId: 'listDifference',
        tag: 'lists',
        access: 'see-lists',
      },
      summary: 'What differs between two versions of a list, or a version and the working copy, and who changed it',
      params: { kind: KIND },
      query: {
        from: wholeNumber(0, VERSION_MAX).optional().describe('0: before there was one; default: the newest'),
        to: wholeNumber(1, VERSION_MAX).optional().describe('Default: the working copy'),
      },
      answers: {
        200: { description: 'The difference', schema: DIFFERENCE },
        404: { description: 'There is no such version' },
      },
    },
    async ({ c, params: { kind }, query: { from, to } }) => {
      const difference = await lists.difference(kind, from ?? (await lists.version(kind)), to ?? null);
      if (difference !== null) return c.json(difference);
      return refuse(c, 404, 'version-unknown', `the ${kind} list has no such version`);
    },
  );
}
