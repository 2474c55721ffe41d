/** The lists as people see them, and publishing them (docs/lists.md, "Over HTTP"). */
import type { Lists } from '@retap/central';
import type { Time } from '@retap/model';
import { LIST_KINDS, type List, type ListKind, openList, type Sign, sameEntries } from '@retap/protocol';
import { z } from 'zod';
import { refuse } from '../answers.ts';
import type { Api } from '../api/api.ts';
import { limit, TIME } from '../api/shapes.ts';
import { whoOf } from '../people/asker.ts';

export interface SeeListsOptions {
  readonly lists: Lists;
  /** Null where this centre signs nothing. */
  readonly sign: Sign | null;
  /** How long what is published is valid, in milliseconds. */
  readonly validMs: number;
}

const KIND = z.enum(LIST_KINDS, { error: `must be one of ${LIST_KINDS.join(', ')}` });
const VERSION = z.object({ version: z.int(), issuedAt: TIME, expiresAt: TIME });
const byKind = <Value extends z.ZodType>(value: Value) =>
  z.object(Object.fromEntries(LIST_KINDS.map((kind) => [kind, value])) as Record<ListKind, Value>);

const STATUS = z.object({
  newest: byKind(VERSION.nullable()),
  terminals: z.array(
    z.object({
      terminal: z.int(),
      versions: byKind(z.int()).describe('0 where it holds none'),
      at: TIME.nullable().describe('When it said so; null: never'),
      behind: z.partialRecord(KIND, z.object({ versions: z.int(), since: TIME })),
    }),
  ),
});

const WORKING = z.object({
  kind: KIND,
  published: VERSION.nullable(),
  isPublished: z.boolean().describe('Whether the newest version says the same'),
  entries: z.unknown().describe('Of actions each as `{action, state}`, those done too'),
});

const CHANGE = z.object({ at: TIME, what: z.string(), entry: z.string(), who: z.string(), why: z.string() });

/** Before the routes of terminals: `/lists/status` is no kind of list. */
export function addSeeListRoutes(api: Api, options: SeeListsOptions): void {
  const { lists } = options;
  api.add(
    {
      ...{ method: 'get', path: '/lists/status', operationId: 'listStatus', tag: 'lists', access: 'see-lists' },
      summary: 'Which terminals hold which versions, who is behind, by how many and since when',
      answers: { 200: { description: 'As they said last', schema: STATUS } },
    },
    async ({ c }) => c.json(await lists.status()),
  );
  api.add(
    {
      ...{
        method: 'get',
        path: '/lists/{kind}/working',
        operationId: 'workingList',
        tag: 'lists',
        access: 'see-lists',
      },
      summary: 'What the next version of a list would say',
      params: { kind: KIND },
      answers: { 200: { description: 'The working copy', schema: WORKING } },
    },
    async ({ c, params: { kind } }) => c.json(await workingOf(kind, lists)),
  );
  api.add(
    {
      ...{
        method: 'get',
        path: '/lists/{kind}/history',
        operationId: 'listHistory',
        tag: 'lists',
        access: 'see-lists',
      },
      summary: 'Who changed a list, and why: the last changes, in their order',
      params: { kind: KIND },
      query: { limit: limit(100, 1_000) },
      answers: { 200: { description: 'Changes', schema: z.object({ changes: z.array(CHANGE) }) } },
    },
    async ({ c, params, query }) => c.json({ changes: await lists.history(params.kind, query.limit) }),
  );
  addPublishRoute(api, options);
}

function addPublishRoute(api: Api, { lists, sign, validMs }: SeeListsOptions): void {
  const PUBLISHED = z.object({ kind: KIND, version: z.int(), isNew: z.boolean(), expiresAt: TIME });
  api.add(
    {
      ...{ method: 'post', path: '/lists/publish', operationId: 'publishLists', tag: 'lists', access: 'publish-lists' },
      summary: 'Sign the next version of each list that has changed, or is half way to its end',
      body: z.strictObject({ kinds: z.array(KIND).min(1, 'must name a list').optional() }),
      answers: {
        200: {
          description: 'The newest version of each list that has one',
          schema: z.object({ published: z.array(PUBLISHED) }),
        },
        409: { description: 'This centre is open: terminals know no key of it' },
      },
    },
    async ({ c, caller, body: { kinds = LIST_KINDS } }) => {
      if (sign === null) return refuse(c, 409, 'centre-open', 'this centre signs nothing: terminals know no key of it');
      const published: z.output<typeof PUBLISHED>[] = [];
      for (const kind of kinds) {
        const found = await lists.publish(kind, { sign, validMs, who: whoOf(caller) });
        if (found === null) continue;
        const { version, expiresAt } = found.list;
        published.push({ kind, version, isNew: found.isNew, expiresAt });
      }
      return c.json({ published });
    },
  );
}

async function workingOf(kind: ListKind, lists: Lists) {
  const [working, newest] = [await lists.working(), await lists.newest(kind)];
  const published = newest && versionOf(newest);
  const next = { kind, version: 1, issuedAt: 0, expiresAt: 0, entries: working[kind] } as List;
  const isPublished = newest !== null && sameEntries(openList(newest.document).list, next);
  const entries = kind === 'actions' ? await lists.actions() : working[kind];
  return { kind, published, isPublished, entries };
}

function versionOf({ version, issuedAt, expiresAt }: { version: number; issuedAt: Time; expiresAt: Time }) {
  return { version, issuedAt, expiresAt };
}
