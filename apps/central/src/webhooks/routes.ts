/** Webhooks: who is told what happens, and how that goes (docs/events.md). */
import {
  ALL_EVENT_TYPES,
  type Central,
  DELIVERY_OUTCOMES,
  hostOf,
  secretBytes,
  secretText,
  targetFault,
  type Webhook,
  type WebhookRefusal,
  type Webhooks,
} from '@retap/central';
import type { Context } from 'hono';
import { z } from 'zod';
import { refuse } from '../answers.ts';
import type { Api } from '../api/api.ts';
import { TIME, wholeNumber } from '../api/shapes.ts';
import { EVENT_NAMES } from '../events/shapes.ts';
import { whoOf } from '../people/asker.ts';
import type { Seal } from './seal.ts';

export interface WebhookRouteOptions {
  readonly webhooks: Webhooks;
  readonly audit: Pick<Central['audit'], 'append'>;
  readonly seal: Seal;
  readonly toLoopback: boolean;
  readonly newSecret: () => Uint8Array;
}

const WEBHOOK = z.object({
  id: z.int(),
  url: z.string(),
  types: z.array(z.enum(ALL_EVENT_TYPES)),
  enabled: z.boolean(),
  position: z.int().describe('Every event up to here is delivered, or none of its types'),
  failures: z.int().describe('In a row'),
  failingSince: TIME.nullable(),
  nextAt: TIME.nullable(),
  madeAt: TIME,
});
const ATTEMPT = z.object({
  position: z.int(),
  at: TIME,
  outcome: z.enum(DELIVERY_OUTCOMES),
  status: z.int().nullable(),
  tookMs: z.int(),
});
const SECRET_TOLD = z.string().describe('Told once, and never again');
const SECRET = z.string({ error: 'must be a text' }).optional();
const WHY = z.string({ error: 'must be a text' }).max(2_000, 'may have at most 2000 characters').default('');
const ID = wholeNumber(1, Number.MAX_SAFE_INTEGER);
const DAY = 86_400_000;

const REFUSALS = {
  'webhook-unknown': [404, 'there is no such webhook'],
  'position-unknown': [409, 'no event is kept at this position'],
  'webhooks-full': [409, 'there are as many webhooks as there may be; remove one'],
} as const;

export function addWebhookRoutes(api: Api, options: WebhookRouteOptions): void {
  const { webhooks, audit, seal, toLoopback, newSecret } = options;
  const common = { tag: 'webhooks', access: 'manage-webhooks' } as const;
  const changed = { 200: { description: 'As it is now', schema: WEBHOOK }, ...REFUSED };
  api.add(
    {
      ...{ ...common, method: 'get', path: '/webhooks', operationId: 'webhooks', summary: 'All webhooks' },
      answers: { 200: { description: 'By number', schema: z.object({ webhooks: z.array(WEBHOOK) }) } },
    },
    async ({ c }) => c.json({ webhooks: await webhooks.list() }),
  );
  api.add(
    {
      ...{ ...common, method: 'post', path: '/webhooks', operationId: 'addWebhook', fresh: true },
      summary: 'Tell another system what happens from now on',
      body: z.strictObject({ url: z.string(), events: EVENT_NAMES, secret: SECRET, why: WHY }),
      answers: { 201: { description: 'Made', schema: WEBHOOK.extend({ secret: SECRET_TOLD }) }, ...REFUSED },
    },
    async ({ c, caller, body }) => {
      const fault = targetFault(body.url, { toLoopback });
      if (fault !== null) {
        // Who tries to have the centre ask its neighbours shall be found. Of the URL the host alone: the rest may be secret.
        const host = URL.canParse(body.url) ? hostOf(new URL(body.url)) : '';
        const detail = { refusal: fault, host, why: body.why };
        await audit.append({ who: whoOf(caller), what: 'webhook.added', object: '', outcome: 'refused', detail });
        return refuse(c, 400, fault, TARGET_WORDS[fault]);
      }
      const secret = body.secret === undefined ? newSecret() : secretBytes(body.secret);
      if (secret === null) return refuse(c, 400, 'secret-malformed', SECRET_WORDS);
      const made = await webhooks.add(
        { url: body.url, types: body.events, secret: seal.seal(secret) },
        { who: whoOf(caller), why: body.why },
      );
      return 'refusal' in made ? answerOf(c, made) : c.json({ ...made, secret: secretText(secret) }, 201);
    },
  );
  api.add(
    {
      ...{ ...common, method: 'get', path: '/webhooks/{id}', operationId: 'webhook', params: { id: ID } },
      summary: 'One, with its last attempts',
      answers: {
        200: { description: 'The newest attempt first', schema: WEBHOOK.extend({ attempts: z.array(ATTEMPT) }) },
        404: { description: 'No such webhook' },
      },
    },
    async ({ c, params: { id } }) => {
      const found = await webhooks.webhook(id);
      return found ? c.json(found) : answerOf(c, { refusal: 'webhook-unknown' });
    },
  );
  for (const [what, operationId, summary] of [
    ['enable', 'enableWebhook', 'Go on sending, from where it stopped'],
    ['disable', 'disableWebhook', 'Send nothing for now'],
  ] as const) {
    api.add(
      {
        ...{ ...common, method: 'post', path: `/webhooks/{id}/${what}`, operationId, summary, params: { id: ID } },
        ...{ body: z.strictObject({ why: WHY }), answers: changed },
      },
      async ({ c, caller, params: { id }, body: { why } }) =>
        answerOf(c, await webhooks[what](id, { who: whoOf(caller), why })),
    );
  }
  api.add(
    {
      ...{ ...common, method: 'delete', path: '/webhooks/{id}', operationId: 'removeWebhook', params: { id: ID } },
      ...{ summary: 'Send nothing any more', answers: changed },
    },
    async ({ c, caller, params: { id } }) => answerOf(c, await webhooks.remove(id, { who: whoOf(caller), why: '' })),
  );
  api.add(
    {
      ...{ ...common, method: 'post', path: '/webhooks/{id}/replay', operationId: 'replayWebhook', params: { id: ID } },
      summary: 'Send everything from a position on again',
      ...{ body: z.strictObject({ from: z.int().min(1), why: WHY }), answers: changed },
    },
    async ({ c, caller, params: { id }, body: { from, why } }) =>
      answerOf(c, await webhooks.replay(id, from, { who: whoOf(caller), why })),
  );
  api.add(
    {
      ...{ ...common, method: 'post', path: '/webhooks/{id}/secret', operationId: 'rotateWebhookSecret', fresh: true },
      ...{ summary: 'A new secret; the one before signs too for a day', params: { id: ID } },
      body: z.strictObject({ secret: SECRET, why: WHY }),
      answers: { 200: { description: 'As it is now', schema: WEBHOOK.extend({ secret: SECRET_TOLD }) }, ...REFUSED },
    },
    async ({ c, caller, params: { id }, body }) => {
      const secret = body.secret === undefined ? newSecret() : secretBytes(body.secret);
      if (secret === null) return refuse(c, 400, 'secret-malformed', SECRET_WORDS);
      const rotated = await webhooks.rotate(id, seal.seal(secret), DAY, { who: whoOf(caller), why: body.why });
      return 'refusal' in rotated ? answerOf(c, rotated) : c.json({ ...rotated, secret: secretText(secret) });
    },
  );
}

const REFUSED = {
  404: { description: 'No such webhook' },
  409: { description: 'It makes no sense for this webhook' },
} as const;

const SECRET_WORDS = 'a secret is 24 to 64 bytes as base64, with or without "whsec_" before it';
const TARGET_WORDS = {
  'url-malformed': 'this is no URL that could be sent to',
  'url-with-credentials':
    'no name and password may stand in the URL: it is shown in lists; verify the signature instead',
  'url-not-https': 'a webhook is sent by https only',
  'url-port-refused': 'a webhook is sent to port 443 or 8443 only',
  'url-address-refused': 'this address is not on the public internet, and no webhook leads there',
} as const;

function answerOf(c: Context, answer: Webhook | WebhookRefusal): Response {
  if (!('refusal' in answer)) return c.json(answer);
  const [status, message] = REFUSALS[answer.refusal];
  return refuse(c, status, answer.refusal, message);
}
