/** Changes of the lists by people who have signed in; where it takes a second person it comes to a proposal (docs/lists.md, "Over HTTP"). */
import type { ListRefusal, Lists, OrderedAction, Proposed } from '@retap/central';
import { amountOf } from '@retap/model';
import { isList, LIMIT_NAMES, LISTED_ACTION_KINDS, type List, type ListKind } from '@retap/protocol';
import type { Context } from 'hono';
import { z } from 'zod';
import { refuse } from '../answers.ts';
import type { Api } from '../api/api.ts';
import { MEDIUM } from '../api/shapes.ts';
import { whoOf } from '../people/asker.ts';
import { tariffsIn } from './tariff-file.ts';

const WHY_CHARACTERS_MAX = 500;
const TARIFF_BYTES_MAX = 2 ** 20;

const why = z
  .string({ error: 'must say why, for the history' })
  .min(1, 'must say why, for the history')
  .max(WHY_CHARACTERS_MAX, `must be at most ${WHY_CHARACTERS_MAX} characters`);

const ACTION = z.strictObject({
  medium: MEDIUM,
  kind: z.enum(LISTED_ACTION_KINDS, { error: `must be one of ${LISTED_ACTION_KINDS.join(', ')}` }),
  amount: z.int().optional().describe('Of a refill or refund, in minor units'),
  product: z
    .strictObject({
      code: z.string(),
      validFrom: z.int().optional(),
      validUntil: z.int().optional(),
      maxUses: z.int().optional(),
    })
    .optional(),
  why,
});

const LIMITS = z.strictObject({
  limits: z
    .strictObject(Object.fromEntries(LIMIT_NAMES.map((name) => [name, z.int().optional()])))
    .describe('All that there will be; in minor units, an age in milliseconds'),
  why,
});

const WAITS = { description: 'It waits for a second person', schema: z.object({ proposal: z.int() }) };
const done = <Outcome extends string>(outcomes: readonly [Outcome, ...Outcome[]]) => ({
  200: {
    description: 'It is done; terminals hear of it with the next version',
    schema: z.object({ outcome: z.enum(outcomes) }),
  },
  202: WAITS,
});

export function addListChangeRoutes(api: Api, lists: Lists): void {
  addDenyRoutes(api, lists);
  api.add(
    {
      ...{ method: 'post', path: '/lists/actions', operationId: 'orderAction', tag: 'lists', access: 'order-actions' },
      summary: 'Order something to be done to a medium at its next tap; it cannot be taken back',
      body: ACTION,
      answers: {
        200: {
          description: 'It waits for the next tap',
          schema: z.object({ outcome: z.literal('ordered'), serial: z.int() }),
        },
        202: WAITS,
        400: { description: 'No terminal could carry that out' },
        409: { description: 'As many wait as a terminal can hold' },
      },
    },
    async ({ c, caller, body: { why: reason, ...ordered } }) => {
      const action = orderedAction(ordered);
      if (action === null) return refuse(c, 400, 'action-malformed', NO_ACTION);
      const answer = await lists.order(action, { who: whoOf(caller), why: reason });
      if ('proposal' in answer) return waits(c, answer);
      if ('refusal' in answer) return refuse(c, 409, answer.refusal, REFUSALS[answer.refusal]);
      return c.json({ outcome: 'ordered', serial: answer.serial });
    },
  );
  api.add(
    {
      ...{ method: 'post', path: '/lists/limits', operationId: 'setLimits', tag: 'lists', access: 'set-limits' },
      summary: 'Replace all limits of terminals that are offline',
      body: LIMITS,
      answers: { ...done(['set', 'unchanged']), 400: { description: 'No limits that a terminal could keep to' } },
    },
    async ({ c, caller, body }) => {
      const limits = Object.fromEntries(Object.entries(body.limits).filter(([, limit]) => limit !== undefined));
      const { minimumBalance, maximumBalance } = limits as Record<string, number>;
      const isOrdered = !((minimumBalance ?? Number.NaN) > (maximumBalance ?? Number.NaN));
      if (!isOrdered || !isListed('limits', limits)) {
        return refuse(
          c,
          400,
          'limits-malformed',
          'give numbers that a terminal can keep to, maximumBalance not below minimumBalance',
        );
      }
      return answered(c, await lists.limit(limits, { who: whoOf(caller), why: body.why }));
    },
  );
  api.add(
    {
      ...{ method: 'post', path: '/lists/tariff', operationId: 'setTariff', tag: 'lists', access: 'set-tariff' },
      summary: 'Replace the tariff of now and those that follow',
      body: z.strictObject({
        tariff: z.looseObject({}).describe('As `retap lists tariff set` takes it from a file'),
        why,
      }),
      bodyBytesMax: TARIFF_BYTES_MAX,
      answers: { ...done(['set', 'unchanged']), 400: { description: 'No tariff: each fault with its place' } },
    },
    async ({ c, caller, body }) => {
      const read = tariffsIn(body.tariff);
      if ('faults' in read) return refuse(c, 400, 'tariff-malformed', read.faults.slice(0, FAULTS_MAX).join('\n'));
      return answered(c, await lists.setTariffs(read.tariffs, { who: whoOf(caller), why: body.why }));
    },
  );
}

const FAULTS_MAX = 20;
const NO_ACTION =
  'no terminal could carry that out: a refill or refund has an amount above 0, a product its code, the others neither';

function addDenyRoutes(api: Api, lists: Lists): void {
  const body = z.strictObject({ medium: MEDIUM, why });
  api.add(
    {
      ...{ method: 'post', path: '/lists/deny', operationId: 'denyMedium', tag: 'lists', access: 'deny-media' },
      ...{ summary: 'Deny a medium: no terminal serves it', body },
      answers: {
        ...done(['added']),
        409: { description: 'It is denied already, or as many are as a terminal can hold' },
      },
    },
    async ({ c, caller, body: { medium, why: reason } }) =>
      answered(c, await lists.deny(medium, { who: whoOf(caller), why: reason })),
  );
  api.add(
    {
      ...{
        method: 'post',
        path: '/lists/deny/removal',
        operationId: 'undenyMedium',
        tag: 'lists',
        access: 'deny-media',
      },
      ...{ summary: 'Serve a medium again', body },
      answers: { ...done(['removed']), 409: { description: 'It is not denied' } },
    },
    async ({ c, caller, body: { medium, why: reason } }) =>
      answered(c, await lists.undeny(medium, { who: whoOf(caller), why: reason })),
  );
}

const REFUSALS: Readonly<Record<ListRefusal['refusal'], string>> = {
  'denied-already': 'the medium is denied already; nothing was changed',
  'not-denied': 'the medium is not denied; nothing was changed',
  'list-full':
    'the list is as long as a terminal can hold; nothing was changed, wait until some of it is done or remove some',
};

function answered(c: Context, answer: string | ListRefusal | Proposed): Response {
  if (typeof answer === 'string') return c.json({ outcome: answer });
  if ('proposal' in answer) return waits(c, answer);
  return refuse(c, 409, answer.refusal, REFUSALS[answer.refusal]);
}

function waits(c: Context, { proposal }: Proposed): Response {
  return c.json({ proposal }, 202, { location: `/proposals/${proposal}` });
}

/** Null where none could be carried out. */
function orderedAction({ medium, kind, amount, product }: Omit<z.output<typeof ACTION>, 'why'>): OrderedAction | null {
  const takesAmount = kind === 'refill' || kind === 'refund';
  if (takesAmount !== (amount !== undefined) || (kind === 'product') !== (product !== undefined)) return null;
  const what = {
    ...(amount !== undefined && { amount: amountOf(amount) }),
    ...(product && { product: Object.fromEntries(Object.entries(product).filter(([, value]) => value !== undefined)) }),
  };
  return isListed('actions', [{ medium, kind, serial: 1, ...what }])
    ? ({ medium, kind, ...what } as OrderedAction)
    : null;
}

function isListed(kind: ListKind, entries: unknown): boolean {
  return isList({ kind, version: 1, issuedAt: 0, expiresAt: 0, entries } as List);
}
