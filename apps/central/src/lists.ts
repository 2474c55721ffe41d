/** Lists as terminals fetch them, and the terminals' word on which they hold (docs/lists.md). */
import type { Central } from '@retap/central';
import { HELD_BYTES_MAX, LIST_CONTENT_TYPE, LIST_KINDS } from '@retap/protocol';
import { type Context, Hono } from 'hono';
import { refuse } from './answers.ts';
import type { Held } from './body.ts';
import type { Refused } from './refused.ts';

export interface ListRouteOptions {
  readonly lists: Central['lists'];
  readonly held: Held;
  readonly refused: Refused;
  readonly clientOf: (c: Context) => string;
}

export function listRoutes({ lists, held, refused, clientOf }: ListRouteOptions): Hono {
  const app = new Hono();
  app.post('/lists/held', async (c) => {
    try {
      const terminal = await held.during(c.req.raw, HELD_BYTES_MAX, (body) => lists.acknowledge(body));
      return c.json({ terminal });
    } catch (error) {
      refused.note(error, clientOf(c));
      throw error;
    }
  });
  app.get('/lists/:kind', async (c) => {
    const kind = LIST_KINDS.find((each) => each === c.req.param('kind'));
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
    const list = await lists.newest(kind);
    if (list === null) return refuse(c, 404, 'list-unpublished', `no version of the list "${kind}" was published`);
    c.header('etag', `"${list.version}"`);
    return c.body(Uint8Array.from(list.document), 200, { 'content-type': LIST_CONTENT_TYPE });
  });
  for (const [path, method] of [
    ['/lists/held', 'POST'],
    ['/lists/:kind', 'GET'],
  ] as const) {
    app.all(path, (c) => {
      c.header('allow', method);
      return refuse(c, 405, 'method-unknown', `this is asked by ${method}`);
    });
  }
  return app;
}
