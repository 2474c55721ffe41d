/** What waits for a second person, over HTTP (docs/audit.md, "Four eyes"). */
import type { Central, Proposal, ProposalRefusal } from '@retap/central';
import { CAPABILITIES, may, PROPOSAL_STATES } from '@retap/central';
import type { Context } from 'hono';
import { z } from 'zod';
import { refuse } from './answers.ts';
import type { Api } from './api/api.ts';
import type { Caller } from './api/caller.ts';
import { limit, PLACE, TIME } from './api/shapes.ts';
import { whoOf } from './people/asker.ts';

const WHY_CHARACTERS_MAX = 500;

const PROPOSAL = z.object({
  id: z.int(),
  kind: z.string().describe('What would be done: `deny.add`'),
  object: z.string().describe('To what: `medium 04A1B2C3D4E5F6`'),
  entry: z.record(z.string(), z.unknown()).describe('What the kind needs to be told'),
  capability: z.enum(CAPABILITIES).describe('What whoever approves or rejects must have'),
  state: z.enum(PROPOSAL_STATES),
  proposedBy: z.string(),
  proposedAt: TIME,
  why: z.string(),
  expiresAt: TIME,
  decidedBy: z.string().nullable(),
  decidedAt: TIME.nullable(),
  decidedWhy: z.string().nullable(),
  result: z.unknown().describe('Of an approved one what came of it; `{refusal}` where it made no sense any more'),
});

const WHY = z.strictObject({
  why: z.string().max(WHY_CHARACTERS_MAX, `must be at most ${WHY_CHARACTERS_MAX} characters`).default(''),
});

const STATUSES: Readonly<
  Record<ProposalRefusal['refusal'], { readonly status: 403 | 404 | 409; readonly message: string }>
> = {
  'proposal-unknown': { status: 404, message: 'there is no such proposal' },
  'proposal-decided': { status: 409, message: 'it was approved, rejected or withdrawn before' },
  'proposal-expired': { status: 409, message: 'it is older than seven days; propose it again' },
  'not-allowed': { status: 403, message: 'your roles do not allow this; ask somebody whose roles do' },
  'own-proposal': { status: 403, message: 'you proposed it, so another person must decide; you can withdraw it' },
  'not-own-proposal': { status: 403, message: 'somebody else proposed it; only they can withdraw it' },
};

export function addProposalRoutes(api: Api, { proposals }: Pick<Central, 'proposals'>): void {
  api.add(
    {
      method: 'get',
      path: '/proposals',
      operationId: 'proposals',
      summary: 'What waits for a second person, or did, newest first',
      tag: 'proposals',
      access: 'see-proposals',
      query: {
        state: z.enum(PROPOSAL_STATES, { error: `must be one of ${PROPOSAL_STATES.join(', ')}` }).optional(),
        before: PLACE.optional(),
        limit: limit(100, 1_000),
      },
      answers: {
        200: {
          description: 'A page',
          schema: z.object({
            proposals: z.array(PROPOSAL),
            next: z.int().nullable().describe('Pass as `before` to read on; null at the end'),
          }),
        },
      },
    },
    async ({ c, query: { state, before, limit: count } }) => {
      const found = await proposals.list({ limit: count, ...(state && { state }), ...(before && { before }) });
      return c.json({ proposals: found, next: found.length < count ? null : (found.at(-1)?.id ?? null) });
    },
  );
  api.add(
    {
      method: 'get',
      path: '/proposals/{id}',
      operationId: 'proposal',
      summary: 'One proposal',
      tag: 'proposals',
      access: 'see-proposals',
      params: { id: PLACE },
      answers: {
        200: { description: 'As it stands', schema: PROPOSAL },
        404: { description: 'There is none of that number' },
      },
    },
    async ({ c, params: { id } }) => answer(c, (await proposals.find(id)) ?? { refusal: 'proposal-unknown' }),
  );
  addDecisions(api, proposals);
}

const DECISIONS = [
  ['approval', 'approve', 'Approve what somebody else proposed: it is carried out at once'],
  ['rejection', 'reject', 'Reject what somebody else proposed'],
  ['withdrawal', 'withdraw', 'Withdraw what you proposed'],
] as const;

function addDecisions(api: Api, proposals: Central['proposals']): void {
  for (const [path, verb, summary] of DECISIONS) {
    api.add(
      {
        method: 'post',
        path: `/proposals/{id}/${path}`,
        operationId: `${verb}Proposal`,
        summary,
        tag: 'proposals',
        // Who may decide depends on what was proposed: the proposal names the capability, which is asked for below.
        access: 'signed-in',
        fresh: verb === 'approve',
        params: { id: PLACE },
        body: WHY,
        answers: {
          200: { description: 'As it stands then', schema: PROPOSAL },
          403: { description: 'Your own, or the roles do not allow it' },
          404: { description: 'There is none of that number' },
          409: { description: 'It was decided before, or is expired' },
        },
      },
      async ({ c, caller, params: { id }, body: { why } }) =>
        answer(c, await proposals[verb](id, { who: whoOf(caller), why, may: mayOf(caller) })),
    );
  }
}

function mayOf(caller: Caller) {
  return (capability: Proposal['capability']): boolean => caller.kind === 'person' && may(caller.roles, capability);
}

function answer(c: Context, decided: Proposal | ProposalRefusal): Response {
  if (!('refusal' in decided)) return c.json(decided);
  const { status, message } = STATUSES[decided.refusal];
  return refuse(c, status, decided.refusal, message);
}
