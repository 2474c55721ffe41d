/** Open alerts by what they come of: one dead terminal is one thing to see to (docs/console.md, "Alerts"). */
import { type AlertGroups, type CaseRefusal, GROUP_SORTS, type GroupWorked } from '@retap/central';
import type { Time } from '@retap/model';
import type { Context } from 'hono';
import { z } from 'zod';
import { CASE, CASE_KIND, COMMENT, PERSON_NAME, REASON } from '../alert-cases/shapes.ts';
import { refuse } from '../answers.ts';
import type { Api } from '../api/api.ts';
import { limit, MEDIUM, wholeNumber } from '../api/shapes.ts';
import { whoOf } from '../people/asker.ts';
import { NUMBER, validFor, WHY } from '../people/shapes.ts';
import { CAUSE, GROUP, OPEN_CASES, OPEN_STATES_ASKED, PLACE, SILENCE, WORK_TIMES, WORKED } from './shapes.ts';

export interface AlertGroupOptions {
  readonly alertGroups: AlertGroups;
  readonly now: () => Time;
}

const DAY_MS = 86_400_000;
const SILENCE_DAYS_MAX = 30;
const tag = 'alerts';
const BEFORE = wholeNumber(1, Number.MAX_SAFE_INTEGER);
const params = { cause: CAUSE };
const UNKNOWN = { 404: { description: 'No alert of this cause is open' } } as const;

export function addAlertGroupRoutes(api: Api, options: AlertGroupOptions): void {
  addReading(api, options);
  addFigures(api, options);
  addActs(api, options);
  addSilence(api, options);
}

function addReading(api: Api, { alertGroups }: AlertGroupOptions): void {
  api.add(
    {
      ...{ method: 'get', path: '/alerts/groups', operationId: 'alertGroups', tag, access: 'see-alerts' },
      summary: 'Open alert cases by what they come of, the newest appearance or the most of them first',
      query: {
        ...{ state: OPEN_STATES_ASKED.optional(), kind: CASE_KIND.optional(), medium: MEDIUM.optional() },
        ...{ terminal: NUMBER.optional(), assigned: PERSON_NAME.optional() },
        sort: z.enum(GROUP_SORTS, { error: `must be one of ${GROUP_SORTS.join(', ')}` }).default('newest'),
        before: PLACE.optional(),
        silenced: z.enum(['yes', 'no'], { error: 'must be yes or no' }).default('no'),
        limit: limit(50, 200),
      },
      answers: {
        200: {
          description: 'The page; `next` is the `before` of the next one, null at the end',
          schema: z.object({ groups: z.array(GROUP), next: z.string().nullable() }),
        },
      },
    },
    async ({ c, query: { state: states, silenced, before: after, ...query } }) => {
      const groups = await alertGroups.groups({ ...query, states, silenced: silenced === 'yes', after });
      const last = groups.length === query.limit ? groups.at(-1) : undefined;
      return c.json({ groups, next: last ? `${last.cases}-${last.lastAppearance}` : null });
    },
  );
  api.add(
    {
      ...{ method: 'get', path: '/alerts/groups/{cause}', operationId: 'alertGroup', tag, access: 'see-alerts' },
      summary: 'What comes of one cause, and its open cases, the newest appearance first',
      params,
      query: { kind: CASE_KIND.optional(), before: BEFORE.optional(), limit: limit(50, 200) },
      answers: {
        200: {
          description: 'The page; `next` is the `before` of the next one, null at the end',
          schema: z.object({ group: GROUP, cases: z.array(CASE), next: z.int().nullable() }),
        },
        ...UNKNOWN,
      },
    },
    async ({ c, params: { cause }, query }) => {
      const group = await alertGroups.group(cause);
      if (group === null) return unknown(c);
      const cases = await alertGroups.cases(cause, query);
      const next = cases.length === query.limit ? (cases.at(-1)?.lastAppearance ?? null) : null;
      return c.json({ group, cases, next });
    },
  );
}

function addFigures(api: Api, { alertGroups, now }: AlertGroupOptions): void {
  api.add(
    {
      ...{ method: 'get', path: '/alerts/open', operationId: 'openAlerts', tag, access: 'see-alerts' },
      summary: 'How many alerts are open, those silenced apart',
      answers: { 200: { description: 'Cases by state, and causes', schema: OPEN_CASES } },
    },
    async ({ c }) => c.json(await alertGroups.open()),
  );
  api.add(
    {
      ...{ method: 'get', path: '/alerts/times', operationId: 'alertTimes', tag, access: 'see-alerts' },
      summary: 'How long it takes until somebody sees to alerts, and until they are resolved',
      query: { days: wholeNumber(1, 366).default(30) },
      answers: { 200: { description: 'Of what was done in the last days', schema: WORK_TIMES } },
    },
    async ({ c, query: { days } }) => c.json(await alertGroups.times(now() - days * DAY_MS)),
  );
}

const SEEN = {
  through: BEFORE.describe('`lastAppearance` of the newest that was seen: what came after it is left as it is'),
  kind: CASE_KIND.optional().describe('Only cases of this kind'),
};

function addActs(api: Api, { alertGroups }: AlertGroupOptions): void {
  const act = { method: 'post', tag, access: 'work-alerts', params } as const;
  const answers = {
    200: { description: 'So many were changed; ask the same again while any are left', schema: WORKED },
    409: { description: 'The person is not one who can work on it' },
  } as const;
  api.add(
    {
      ...{ ...act, path: '/alerts/groups/{cause}/acknowledgement', operationId: 'acknowledgeAlertGroup', answers },
      summary: 'Somebody has seen all of them',
      body: z.strictObject(SEEN),
    },
    async ({ c, caller, params: { cause }, body }) =>
      answerOf(c, await alertGroups.work(cause, { what: 'acknowledged' }, { ...body, who: whoOf(caller) })),
  );
  api.add(
    {
      ...{ ...act, path: '/alerts/groups/{cause}/assignment', operationId: 'assignAlertGroup', answers },
      summary: 'Somebody is to see to all of them',
      body: z.strictObject({ ...SEEN, to: PERSON_NAME }),
    },
    async ({ c, caller, params: { cause }, body: { to, ...seen } }) =>
      answerOf(c, await alertGroups.work(cause, { what: 'assigned', to }, { ...seen, who: whoOf(caller) })),
  );
  api.add(
    {
      ...{ ...act, path: '/alerts/groups/{cause}/resolution', operationId: 'resolveAlertGroup', answers },
      summary: 'Nothing more is to be done about all of them, and why',
      body: z.strictObject({ ...SEEN, reason: REASON }),
    },
    async ({ c, caller, params: { cause }, body: { reason, ...seen } }) =>
      answerOf(c, await alertGroups.work(cause, { what: 'resolved', reason }, { ...seen, who: whoOf(caller) })),
  );
  api.add(
    {
      ...{ ...act, path: '/alerts/groups/{cause}/comments', operationId: 'commentAlertGroup', answers },
      summary: 'Something to be said about all of them; the same words of the same person are said once',
      body: z.strictObject({ ...SEEN, text: COMMENT }),
    },
    async ({ c, caller, params: { cause }, body: { text, ...seen } }) =>
      answerOf(c, await alertGroups.work(cause, { what: 'commented', text }, { ...seen, who: whoOf(caller) })),
  );
}

function addSilence(api: Api, { alertGroups, now }: AlertGroupOptions): void {
  const path = '/alerts/groups/{cause}/silence';
  const common = { path, tag, access: 'work-alerts', params } as const;
  api.add(
    {
      ...{ ...common, method: 'put', operationId: 'silenceAlertGroup' },
      summary: 'Nothing of this cause counts as open for a time, and why; by itself it is heard of again then',
      body: z.strictObject({ forMs: validFor(SILENCE_DAYS_MAX), why: WHY }),
      answers: { 200: { description: 'Until when', schema: SILENCE }, ...UNKNOWN },
    },
    async ({ c, caller, params: { cause }, body: { forMs, why } }) => {
      const settled = await alertGroups.silence(cause, now() + forMs, { who: whoOf(caller), why });
      return settled === null ? unknown(c) : c.json(settled);
    },
  );
  api.add(
    {
      ...{ ...common, method: 'delete', operationId: 'unsilenceAlertGroup' },
      summary: 'It is heard of again from now on',
      answers: {
        200: {
          description: 'Whether it was silenced until now',
          schema: z.object({ wasSilenced: z.boolean() }),
        },
      },
    },
    async ({ c, caller, params: { cause } }) =>
      c.json({ wasSilenced: await alertGroups.unsilence(cause, whoOf(caller)) }),
  );
}

const REFUSALS = {
  'text-missing': [400, 'say it in words: an empty text tells nobody anything'],
  'person-unknown': [409, 'nobody has this name'],
  'person-disabled': [409, 'this person is disabled and cannot work on it'],
  'person-not-allowed': [409, 'none of this person’s roles may work on alerts'],
} as const;

function answerOf(c: Context, answer: GroupWorked | CaseRefusal): Response {
  if (!('refusal' in answer)) return c.json(answer);
  const [status, message] = REFUSALS[answer.refusal as keyof typeof REFUSALS];
  return refuse(c, status, answer.refusal, message);
}

function unknown(c: Context): Response {
  return refuse(c, 404, 'group-unknown', 'no alert of this cause is open');
}
