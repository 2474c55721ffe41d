/** The audit log over HTTP (docs/audit.md). */
import type { Central } from '@retap/central';
import { z } from 'zod';
import { refuse } from './answers.ts';
import type { Api } from './api/api.ts';
import { limit, PLACE, TIME } from './api/shapes.ts';

const TEXT = z.string().max(200, 'must be at most 200 characters').optional();

const ENTRY = z.object({
  id: z.int().describe('1, 2, 3, … without holes, in the order in which entries became durable'),
  at: TIME,
  who: z
    .string()
    .describe(
      '`@name` a person, `token 3` a token of nobody, `terminal 17`, `centre`, `stranger`, or a user of the operating system',
    ),
  what: z.string().describe('A dotted word: `terminal.suspended`'),
  object: z.string().describe('What it was done to: `terminal 17`'),
  outcome: z.enum(['done', 'refused']),
  detail: z.record(z.string(), z.unknown()),
  hash: z.string().describe('SHA-256 of the hash before and this entry, in upper-case hexadecimal digits'),
});

const CHECKPOINT = z.object({
  checkpoint: z.string().describe('COSE_Sign1 by the centre, in upper-case hexadecimal digits'),
  size: z.int().describe('How many entries it is of'),
  at: TIME,
});

export function addAuditRoutes(api: Api, { audit }: Pick<Central, 'audit'>): void {
  addLinesRoute(api, { audit });
  api.add(
    {
      method: 'get',
      path: '/audit',
      operationId: 'auditEntries',
      summary: 'Who did what to the centre, newest first',
      tag: 'audit',
      access: 'read-audit',
      query: { before: PLACE.optional(), limit: limit(100, 1_000), who: TEXT, what: TEXT },
      answers: {
        200: {
          description: 'A page',
          schema: z.object({
            entries: z.array(ENTRY),
            next: z.int().nullable().describe('Pass as `before` to read on; null at the end'),
          }),
        },
      },
    },
    async ({ c, query: { before, limit: count, who, what } }) => {
      const asked = { limit: count, ...(before && { before }), ...(who && { who }), ...(what && { what }) };
      const entries = await audit.entries(asked);
      const next = entries.length < count ? null : (entries.at(-1)?.id ?? null);
      return c.json({ entries: entries.map((entry) => ({ ...entry, hash: hexOf(entry.hash) })), next });
    },
  );
  api.add(
    {
      method: 'get',
      path: '/audit/checkpoint',
      operationId: 'auditCheckpoint',
      summary: 'The newest checkpoint of the audit log, for somebody outside to keep: a later log must go on from it',
      tag: 'audit',
      access: 'read-audit',
      answers: {
        200: { description: 'As the centre has signed it', schema: CHECKPOINT },
        404: { description: 'The centre has signed none yet' },
      },
    },
    async ({ c }) => {
      const newest = await audit.newestCheckpoint();
      if (newest === null) return refuse(c, 404, 'checkpoint-missing', 'the centre has signed no checkpoint yet');
      return c.json({ checkpoint: hexOf(newest.document), size: newest.size, at: newest.at });
    },
  );
}

/** Entries in one answer: half a second of a verifier's work. */
const LINES_MAX = 2_000;

/** By the primary keys of `audit` and `audit_checkpoint`. */
function addLinesRoute(api: Api, { audit }: Pick<Central, 'audit'>): void {
  api.add(
    {
      method: 'get',
      path: '/audit/lines',
      operationId: 'auditLines',
      summary: 'Lines of the audit log as they are hashed, for whoever verifies it: an export, a piece at a time',
      tag: 'audit',
      access: 'read-audit',
      query: { from: PLACE.default(1), limit: limit(1_000, LINES_MAX) },
      answers: {
        200: { description: 'The head, then entries and checkpoints; none at the end', type: 'application/x-ndjson' },
        404: { description: 'The log has no such entry, and not the one before' },
      },
    },
    async ({ c, query: { from, limit: count } }) => {
      const lines: string[] = [];
      try {
        for await (const line of audit.lines(from, count)) lines.push(line);
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        return refuse(c, 404, 'entry-unknown', error.message);
      }
      return c.body(lines.join(''), 200, { 'content-type': 'application/x-ndjson; charset=utf-8' });
    },
  );
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex').toUpperCase();
}
