/** How the terminals do, over HTTP (docs/console.md, "Terminals"). */
import { STANDING_FLAGS, STANDING_SORTS, type TerminalStandings } from '@retap/central';
import { LIST_KINDS, type ListKind, REGISTERED_ROLES } from '@retap/protocol';
import { z } from 'zod';
import { refuse } from './answers.ts';
import type { Api } from './api/api.ts';
import { limit, TIME } from './api/shapes.ts';
import { NUMBER } from './people/shapes.ts';

const STATES = ['invited', 'active', 'suspended', 'revoked'] as const;
const COUNT = z.int().min(0);
const byKind = <Value extends z.ZodType>(value: Value) =>
  z.object(Object.fromEntries(LIST_KINDS.map((kind) => [kind, value])) as Record<ListKind, Value>);

const STANDING = z.object({
  terminal: z.int(),
  name: z.string(),
  role: z.enum(REGISTERED_ROLES),
  state: z.enum(STATES),
  flags: z.array(z.enum(STANDING_FLAGS)).describe('What is wrong with it, what a person should look at first'),
  seenAt: TIME.nullable(),
  offset: z.int().nullable().describe('The centre’s clock minus its own, in milliseconds'),
  expiresAt: TIME.nullable().describe('End of its licence'),
  lastSerial: z.int().nullable(),
  missing: COUNT.describe('Serials below the last that have not arrived'),
  owed: z
    .object({ transactions: COUNT, late: COUNT, amount: COUNT })
    .describe('What media show that it committed and did not deliver; the gaps of that, without their signs'),
  rate: z
    .object({
      unverified: COUNT,
      transactions: COUNT,
      peers: z.number().nullable().describe('Median share among terminals of its role'),
      isFar: z.boolean().describe('More than three times the median, and five at least'),
    })
    .describe('Over the last 1,000 serials that arrived'),
  versions: byKind(z.int()).describe('0 where it holds none'),
  behind: z.partialRecord(z.enum(LIST_KINDS), z.object({ versions: z.int(), since: TIME })),
  cases: COUNT.describe('Open alert cases that come of it'),
});

/** Where the page before this one ended, as the centre gave it. */
const AFTER = z.string().max(500).refine(isPlace, 'must be the "next" of the page before');

function isPlace(text: string): boolean {
  try {
    return z.tuple([z.union([z.number(), z.string(), z.null()]), z.int()]).safeParse(JSON.parse(text)).success;
  } catch {
    return false; // no JSON at all
  }
}

const NO_SUCH = { 404: { description: 'It was never invited' } } as const;

/** Before the routes of single terminals: `standing` is no number of one. */
export function addTerminalStandingRoutes(api: Api, standings: TerminalStandings): void {
  const common = { method: 'get', tag: 'terminals', access: 'see-terminals' } as const;
  api.add(
    {
      ...{ ...common, path: '/terminals/standing', operationId: 'terminalStandings' },
      summary: 'How the terminals do: filtered, sorted, page by page',
      query: {
        state: z.enum(STATES, { error: `must be one of ${STATES.join(', ')}` }).optional(),
        role: z.enum(REGISTERED_ROLES, { error: `must be one of ${REGISTERED_ROLES.join(', ')}` }).optional(),
        flag: z.enum(STANDING_FLAGS, { error: `must be one of ${STANDING_FLAGS.join(', ')}` }).optional(),
        text: z.string().max(80).optional().describe('In the name, or how the number begins'),
        sort: z.enum(STANDING_SORTS, { error: `must be one of ${STANDING_SORTS.join(', ')}` }).default('terminal'),
        order: z.enum(['up', 'down'], { error: 'must be up or down' }).default('up'),
        after: AFTER.optional(),
        limit: limit(100, 1_000),
      },
      answers: {
        200: {
          description: 'The page; `next` is the `after` of the next one, null at the end',
          schema: z.object({
            terminals: z.array(STANDING),
            next: z.string().nullable(),
            found: COUNT.describe('That have what is asked for'),
            flags: z.record(z.string(), COUNT).describe('So many of all have each flag'),
            states: z.record(z.string(), COUNT),
          }),
        },
      },
    },
    async ({ c, query: { order, ...query } }) =>
      c.json(await standings.page({ ...query, descending: order === 'down' })),
  );
  api.add(
    {
      ...{ ...common, path: '/terminals/{terminal}/standing', operationId: 'terminalStanding' },
      summary: 'How one terminal does, with the serials that are missing and the newest versions of the lists',
      params: { terminal: NUMBER },
      answers: {
        200: {
          description: 'As it stands',
          schema: z.object({
            standing: STANDING,
            missing: z.array(z.tuple([z.int(), z.int()])).describe('As [from, to], the newest first; at most 100'),
            newest: byKind(z.int().nullable()),
          }),
        },
        ...NO_SUCH,
      },
    },
    async ({ c, params: { terminal } }) => {
      const found = await standings.detail(terminal);
      return found ? c.json(found) : refuse(c, 404, 'terminal-unknown', 'no terminal of this number was ever invited');
    },
  );
  api.add(
    {
      ...{ ...common, path: '/terminals/{terminal}/owed', operationId: 'terminalOwes' },
      summary: 'Transactions that media show and that this terminal has not delivered, the newest first',
      params: { terminal: NUMBER },
      query: {
        before: z
          .string()
          .regex(/^\d{1,15}-\d{1,10}$/, 'must be the "next" of the page before')
          .optional(),
        limit: limit(50, 500),
      },
      answers: {
        200: {
          description: 'The page; `next` is the `before` of the next one, null at the end',
          schema: z.object({
            owed: z.array(
              z.object({
                medium: z.string(),
                time: TIME,
                late: z.boolean(),
                amount: z.int().nullable().describe('The gap that it leaves, in minor units; null where there is none'),
              }),
            ),
            next: z.string().nullable(),
          }),
        },
      },
    },
    async ({ c, params: { terminal }, query }) => c.json(await standings.owed(terminal, query)),
  );
}
