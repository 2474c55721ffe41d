/** Work on alerts: who has seen them, who sees to them, how they ended (docs/alerts.md). */
import type { AlertCase, AlertWork, CaseRefusal, CaseRefusalCode } from '@retap/central';
import type { Context } from 'hono';
import { z } from 'zod';
import { refuse } from '../answers.ts';
import type { Api } from '../api/api.ts';
import { limit, MEDIUM, wholeNumber } from '../api/shapes.ts';
import { whoOf } from '../people/asker.ts';
import { CASE, CASE_KIND, CASE_STATES_ASKED, CASE_WITH_HISTORY, COMMENT, PERSON_NAME, REASON } from './shapes.ts';

const ID = wholeNumber(1, Number.MAX_SAFE_INTEGER);
const TERMINAL = wholeNumber(1, 2 ** 31 - 1);

const REFUSALS: Readonly<Record<CaseRefusalCode, readonly [status: 400 | 404 | 409, message: string]>> = {
  'case-unknown': [404, 'there is no such case'],
  'text-missing': [400, 'say it in words: an empty text tells nobody anything'],
  'person-unknown': [409, 'nobody has this name'],
  'person-disabled': [409, 'this person is disabled and cannot work on it'],
  'person-not-allowed': [409, 'none of this person’s roles may work on alerts'],
  'case-cured': [409, 'the case is cured: there is nothing left to do, but it may be commented'],
  'case-resolved': [409, 'the case is resolved; it may be commented'],
  'case-not-new': [409, 'somebody has acknowledged it before'],
};

export function addAlertCaseRoutes(api: Api, alertWork: AlertWork): void {
  const tag = 'alerts';
  api.add(
    {
      ...{ method: 'get', path: '/alert-cases', operationId: 'alertCases', tag, access: 'see-alerts' },
      summary: 'Cases, the newest appearance first',
      query: {
        ...{ state: CASE_STATES_ASKED.optional(), kind: CASE_KIND.optional(), medium: MEDIUM.optional() },
        ...{ terminal: TERMINAL.optional(), assigned: PERSON_NAME.optional(), before: ID.optional() },
        limit: limit(100, 1_000),
      },
      answers: {
        200: {
          description: 'The page; `next` is the `before` of the next one, null at the end',
          schema: z.object({ cases: z.array(CASE), next: z.int().nullable() }),
        },
      },
    },
    async ({ c, query: { state: states, ...query } }) => {
      const cases = await alertWork.cases({ ...query, states });
      const next = cases.length === query.limit ? (cases.at(-1)?.lastAppearance ?? null) : null;
      return c.json({ cases, next });
    },
  );
  api.add(
    {
      ...{ method: 'get', path: '/alert-cases/{id}', operationId: 'alertCase', tag, access: 'see-alerts' },
      summary: 'A case with all that was done about it',
      params: { id: ID },
      answers: { 200: { description: 'The case', schema: CASE_WITH_HISTORY }, 404: { description: 'No such case' } },
    },
    async ({ c, params: { id } }) => {
      const found = await alertWork.case(id);
      return found ? c.json(found) : answerOf(c, { refusal: 'case-unknown' });
    },
  );
  const step = { method: 'post', tag, access: 'work-alerts', params: { id: ID } } as const;
  const answers = { 200: { description: 'The case as it stands now', schema: CASE }, ...REFUSED };
  api.add(
    {
      ...{ ...step, path: '/alert-cases/{id}/acknowledgement', operationId: 'acknowledgeAlertCase', answers },
      summary: 'Somebody has seen it',
      body: z.strictObject({}),
    },
    async ({ c, caller, params: { id } }) => answerOf(c, await alertWork.acknowledge(id, whoOf(caller))),
  );
  api.add(
    {
      ...{ ...step, path: '/alert-cases/{id}/assignment', operationId: 'assignAlertCase', answers },
      summary: 'Somebody is to see to it',
      body: z.strictObject({ to: PERSON_NAME }),
    },
    async ({ c, caller, params: { id }, body: { to } }) => answerOf(c, await alertWork.assign(id, to, whoOf(caller))),
  );
  api.add(
    {
      ...{ ...step, path: '/alert-cases/{id}/resolution', operationId: 'resolveAlertCase', answers },
      summary: 'Nothing more is to be done about it, and why',
      body: z.strictObject({ reason: REASON }),
    },
    async ({ c, caller, params: { id }, body: { reason } }) =>
      answerOf(c, await alertWork.resolve(id, { who: whoOf(caller), why: reason })),
  );
  api.add(
    {
      ...{ ...step, path: '/alert-cases/{id}/comments', operationId: 'commentAlertCase', answers },
      summary: 'Something to be said about it',
      body: z.strictObject({ text: COMMENT }),
    },
    async ({ c, caller, params: { id }, body: { text } }) =>
      answerOf(c, await alertWork.comment(id, text, whoOf(caller))),
  );
}

const REFUSED = {
  404: { description: 'No such case' },
  409: { description: 'The case is not in a state, or the person not one, for which this makes sense' },
} as const;

function answerOf(c: Context, answer: AlertCase | CaseRefusal): Response {
  if (!('refusal' in answer)) return c.json(answer);
  const [status, message] = REFUSALS[answer.refusal];
  return refuse(c, status, answer.refusal, message);
}
