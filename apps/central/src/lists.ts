/** Lists as terminals fetch them, and the terminals' word on which they hold (docs/lists.md). */
import type { Central } from '@retap/central';
import { DELTA_CONTENT_TYPE, HELD_BYTES_MAX, LIST_CONTENT_TYPE, LIST_KINDS } from '@retap/protocol';
import type { Context } from 'hono';
import { z } from 'zod';
import { refuse } from './answers.ts';
import type { Api } from './api/api.ts';
import type { Held } from './body.ts';
import type { Refused } from './refused.ts';

export interface ListRouteOptions {
  readonly lists: Central['lists'];
  readonly held: Held;
  readonly refused: Refused;
  readonly clientOf: (c: Context) => string;
}

/** The version that a terminal holds, where it asks for the difference. */
const versionHeld = z.coerce
  .number({ error: 'is no version, as 17' })
  .int({ error: 'is no version, as 17' })
  .min(1, { error: 'is no version, as 17' })
  .max(2 ** 31 - 1, { error: 'is no version, as 17' });

export function addListRoutes(api: Api, { lists, held, refused, clientOf }: ListRouteOptions): void {
  api.add(
    {
      method: 'post',
      path: '/lists/held',
      operationId: 'sayListsHeld',
      summary: 'A terminal’s word on which versions it holds',
      tag: 'lists',
      access: 'terminal',
      takes: [LIST_CONTENT_TYPE],
      answers: {
        200: { description: 'Kept, if it is later than what was kept', schema: z.object({ terminal: z.int() }) },
        401: { description: 'Its signature is not good' },
        403: { description: 'Its terminal may not speak' },
        413: { description: 'Too large' },
      },
    },
    async ({ c }) => {
      try {
        const terminal = await held.during(c.req.raw, HELD_BYTES_MAX, (body) => lists.acknowledge(body));
        return c.json({ terminal });
      } catch (error) {
        refused.note(error, clientOf(c));
        throw error;
      }
    },
  );
  api.add(
    {
      method: 'get',
      path: '/lists/{kind}',
      operationId: 'newestList',
      summary: 'The newest version of a list, signed by the centre',
      tag: 'lists',
      // The fleet asks, which has no session; nothing in it is secret to who may read a terminal's disk.
      access: 'terminal',
      params: { kind: z.string() },
      query: { from: versionHeld.optional() },
      answers: {
        200: { description: 'The list; its version is the ETag', type: LIST_CONTENT_TYPE },
        304: { description: 'The version named by `If-None-Match` is the newest' },
        404: { description: 'No such list, or no version of it was published' },
      },
    },
    async ({ c, params, query }) => {
      const kind = LIST_KINDS.find((each) => each === params.kind);
      if (kind === undefined) {
        return refuse(c, 404, 'list-unknown', `no list is called that; there are ${LIST_KINDS.join(', ')}`);
      }
      // May be kept, but is asked for each time: else a proxy would hand out an older version.
      c.header('cache-control', 'no-cache');
      const known = c.req.header('if-none-match');
      if (known !== undefined && known === `"${await lists.version(kind)}"`) {
        c.header('etag', known);
        return c.body(null, 304);
      }
      const delta = query.from === undefined ? null : await lists.delta(kind, query.from);
      if (delta !== null) {
        c.header('etag', `"${delta.version}"`);
        return c.body(Uint8Array.from(delta.document), 200, { 'content-type': DELTA_CONTENT_TYPE });
      }
      const list = await lists.newest(kind);
      if (list === null) return refuse(c, 404, 'list-unpublished', `no version of the list "${kind}" was published`);
      c.header('etag', `"${list.version}"`);
      return c.body(Uint8Array.from(list.document), 200, { 'content-type': LIST_CONTENT_TYPE });
    },
  );
}
