/** Terminals as people see and steer them, over HTTP (docs/enrolment.md, "For people"). */
import { createHash } from 'node:crypto';
import type { Proposed, RegisteredTerminal, Registry, RegistryRefusal, RegistryRefusalCode } from '@retap/central';
import { fingerprint } from '@retap/keys';
import type { TerminalNumber } from '@retap/model';
import {
  ENROLMENT_CODE_BYTES,
  enrolmentCode,
  enrolmentCodeBytes,
  REGISTERED_ROLES,
  TERMINAL_ROLES,
  type TerminalRole,
} from '@retap/protocol';
import type { Context } from 'hono';
import { z } from 'zod';
import { refuse } from './answers.ts';
import type { Api } from './api/api.ts';
import { TIME } from './api/shapes.ts';
import { bySelf } from './people/asker.ts';
import type { RandomBytes } from './people/secret.ts';
import { NUMBER, validFor, WHY } from './people/shapes.ts';

export interface TerminalRouteOptions {
  readonly registry: Registry;
  readonly randomBytes: RandomBytes;
}

const DAY = 86_400_000;
const CODE_DAYS_MAX = 30;
const LICENCE_DAYS_MAX = 3_650;
const STATES = ['invited', 'active', 'suspended', 'revoked'] as const;

const REGISTERED = z.object({
  terminal: z.int(),
  name: z.string(),
  role: z.enum(REGISTERED_ROLES),
  state: z.enum(STATES),
  key: z.string().nullable().describe('Fingerprint of its public key; null until it is enrolled'),
  issuedAt: TIME.nullable(),
  expiresAt: TIME.nullable().describe('End of its licence'),
  seenAt: TIME.nullable().describe('When it last sent something new that was taken'),
  clock: z
    .object({
      offset: z
        .int()
        .describe('The centre’s clock minus the terminal’s, in milliseconds; negative: the terminal is ahead'),
      delay: z.int().describe('Round trip in milliseconds: the offset is right within half of it'),
      measuredAt: TIME,
    })
    .nullable()
    .describe('As it measured and signed it; null where it never said'),
  clockOffset: z.int().nullable().describe('The same at its last upload that said so, the way of the upload in it'),
  lastSerial: z.int().nullable(),
  missing: z.int().min(0).describe('Serials below the last that have not arrived'),
});
const CHANGE = z.object({ at: TIME, what: z.string(), who: z.string(), why: z.string() });
const CODE = z.object({
  code: z.string().describe('Shown this once; tell it, and the fingerprint, to whoever stands at the device'),
  fingerprint: z.string().describe('Of the centre’s key'),
  validMs: z.int().describe('For how long the code is valid'),
});

const params = { terminal: NUMBER };
const VALID_MS = validFor(CODE_DAYS_MAX).default(DAY);
const NO_SUCH = { 404: { description: 'It was never invited' } } as const;
const NOT_NOW = { ...NO_SUCH, 409: { description: 'Not in the state that it is in' } } as const;

export function addTerminalRoutes(api: Api, options: TerminalRouteOptions): void {
  addReading(api, options);
  addCodes(api, options);
  addStates(api, options);
}

function addReading(api: Api, { registry }: TerminalRouteOptions): void {
  api.add(
    {
      method: 'get',
      path: '/terminals',
      operationId: 'terminals',
      summary: 'All terminals, and how each stands',
      tag: 'terminals',
      access: 'see-terminals',
      answers: {
        200: {
          description: 'By number',
          schema: z.object({
            terminals: z.array(REGISTERED),
            clockOffsetMax: z.int().describe('By how much a clock may be off, in milliseconds, before it is an alert'),
          }),
        },
      },
    },
    async ({ c }) => {
      const terminals = await registry.terminals();
      return c.json({ terminals: terminals.map(shownOf), clockOffsetMax: await registry.clockOffsetMax() });
    },
  );
  api.add(
    {
      method: 'get',
      path: '/terminals/{terminal}',
      operationId: 'terminal',
      summary: 'One terminal, and who changed what, when and why',
      tag: 'terminals',
      access: 'see-terminals',
      params,
      answers: {
        200: { description: 'As it stands', schema: REGISTERED.extend({ history: z.array(CHANGE) }) },
        ...NO_SUCH,
      },
    },
    async ({ c, params: { terminal } }) => {
      const found = await registry.terminal(terminal);
      if (found === null) return refused(c, 'terminal-unknown');
      return c.json({ ...shownOf(found), history: found.history });
    },
  );
}

function addCodes(api: Api, options: TerminalRouteOptions): void {
  const common = { method: 'post', tag: 'terminals', access: 'manage-terminals', fresh: true, params } as const;
  api.add(
    {
      ...common,
      path: '/terminals/{terminal}/invitation',
      operationId: 'inviteTerminal',
      summary: 'Make the code by which a device is enrolled under this number; one given out before is void',
      body: z.strictObject({
        role: z.enum(TERMINAL_ROLES, { error: `must be one of ${TERMINAL_ROLES.join(', ')}` }),
        name: z
          .string()
          .regex(/^[^\p{Cc}]{0,80}$/u, 'must be at most 80 letters')
          .default(''),
        validMs: VALID_MS,
        why: WHY,
      }),
      answers: {
        200: { description: 'It is invited', schema: CODE },
        409: { description: 'The number is or was in use' },
      },
    },
    async ({ c, caller, params: { terminal }, body: { role, name, validMs, why } }) =>
      invite(c, options, { terminal, validMs, as: { role, name } }, bySelf(caller, why)),
  );
  api.add(
    {
      ...common,
      path: '/terminals/{terminal}/key-replacement',
      operationId: 'replaceTerminalKey',
      summary:
        'Make a code for a device whose journal is intact and that makes a new key: a second person must approve',
      body: z.strictObject({ validMs: VALID_MS, why: WHY }),
      answers: {
        202: {
          description: 'It is proposed. Until it is approved the code is worth nothing, and its time does not run',
          schema: CODE.extend({ proposal: z.int() }),
        },
        ...NOT_NOW,
      },
    },
    async ({ c, caller, params: { terminal }, body: { validMs, why } }) =>
      invite(c, options, { terminal, validMs, as: null }, bySelf(caller, why)),
  );
}

interface NewCode {
  readonly terminal: TerminalNumber;
  readonly validMs: number;
  readonly as: { readonly role: TerminalRole; readonly name: string } | null;
}

async function invite(
  c: Context,
  { registry, randomBytes }: TerminalRouteOptions,
  wanted: NewCode,
  reason: ReturnType<typeof bySelf>,
): Promise<Response> {
  const code = enrolmentCode(randomBytes(ENROLMENT_CODE_BYTES));
  const codeDigest = createHash('sha256').update(enrolmentCodeBytes(code)).digest();
  const answer = await registry.invite({ ...wanted, codeDigest }, reason);
  if (typeof answer === 'object' && 'refusal' in answer) return refused(c, answer.refusal);
  const centre = (await registry.settlement())?.centre;
  const told = { code, fingerprint: centre ? fingerprint(centre) : '', validMs: wanted.validMs };
  return isProposed(answer) ? c.json({ ...told, proposal: answer.proposal }, 202) : c.json(told);
}

const STATE_CHANGES = [
  ['suspension', 'suspend', 'Take nothing from it until it is resumed', false],
  ['resumption', 'resume', 'Take its batches again', false],
  ['revocation', 'revoke', 'Take nothing from it any more, for ever', true],
] as const;

function addStates(api: Api, { registry }: TerminalRouteOptions): void {
  const common = { method: 'post', tag: 'terminals', access: 'manage-terminals', params } as const;
  for (const [path, verb, summary, fresh] of STATE_CHANGES) {
    api.add(
      {
        ...common,
        path: `/terminals/{terminal}/${path}`,
        operationId: `${verb}Terminal`,
        summary,
        fresh,
        body: z.strictObject({ why: WHY }),
        answers: {
          200: { description: 'Its state from now on', schema: z.object({ state: z.enum(STATES) }) },
          ...NOT_NOW,
        },
      },
      async ({ c, caller, params: { terminal }, body: { why } }) => {
        const state = await registry[verb](terminal, bySelf(caller, why));
        return typeof state === 'string' ? c.json({ state }) : refused(c, state.refusal);
      },
    );
  }
  api.add(
    {
      ...common,
      path: '/terminals/{terminal}/renewal',
      operationId: 'renewTerminal',
      summary: 'Its licence is valid again from now on, also one that has expired; the terminal fetches it by itself',
      body: z.strictObject({ licenceMs: validFor(LICENCE_DAYS_MAX).optional(), why: WHY }),
      answers: { 200: { description: 'End of its licence', schema: z.object({ expiresAt: TIME }) }, ...NOT_NOW },
    },
    async ({ c, caller, params: { terminal }, body: { licenceMs, why } }) => {
      const expiresAt = await registry.renew(terminal, bySelf(caller, why), licenceMs);
      return typeof expiresAt === 'number' ? c.json({ expiresAt }) : refused(c, expiresAt.refusal);
    },
  );
}

function shownOf({ publicKey, ...terminal }: RegisteredTerminal): Omit<RegisteredTerminal, 'publicKey'> & {
  readonly key: string | null;
} {
  return { ...terminal, key: publicKey && fingerprint(publicKey) };
}

function isProposed(answer: 'invited' | RegistryRefusal | Proposed): answer is Proposed {
  return typeof answer === 'object' && 'proposal' in answer;
}

const MESSAGES: Readonly<Partial<Record<RegistryRefusalCode, string>>> = {
  'terminal-unknown': 'no terminal of this number was ever invited',
  'terminal-revoked': 'it is revoked, and that is for ever; invite the device under a new number',
  'terminal-was-active':
    'the number was active, and a journal that begins again would contradict what it sent: invite the device under a new number, or replace its key',
  'terminal-not-active': 'it is not active; see how it stands',
  'terminal-not-suspended': 'it is not suspended; there is nothing to resume',
  'centre-open': 'this centre is open and enrols nobody',
};

function refused(c: Context, refusal: RegistryRefusalCode): Response {
  const status = refusal === 'terminal-unknown' ? 404 : 409;
  return refuse(c, status, refusal, MESSAGES[refusal] ?? refusal);
}
