/** What the centre answers over HTTP. */
import { getConnInfo } from '@hono/node-server/conninfo';
import type { Central, ReceivedBatch } from '@retap/central';
import type { Time } from '@retap/model';
import { type Context, Hono } from 'hono';
import { answerFault, refuse, unavailable } from './answers.ts';
import { clientOf } from './attempts.ts';
import { BodyCutOff, BodyTooLarge, Held } from './body.ts';
import { enrolmentRoutes, type LicenceSigner } from './enrolment.ts';
import { listRoutes } from './lists.ts';
import type { Log } from './log.ts';
import { pageRoutes } from './page.ts';
import { cursorOf, kindOf, limitOf, mediumOf, prefixOf, proofKindOf } from './questions.ts';
import { Refused } from './refused.ts';
import type { TotalsFeed } from './totals-feed.ts';
import type { Uploads } from './uploads.ts';
import { formOf, sentAtOf, verify } from './verify.ts';

/** Largest upload, in bytes: about 70,000 records. */
export const UPLOAD_BYTES_MAX = 16 * 2 ** 20;

export interface RouteOptions {
  readonly central: Central;
  readonly now: () => Time;
  readonly uploads: Uploads;
  readonly feed: TotalsFeed;
  readonly log: Log;
  /** By whom licences are signed; without it this centre enrols nobody. */
  readonly signer?: LicenceSigner;
  /** True from the moment the service begins to stop. */
  readonly stopping: () => boolean;
}

export function createRoutes(options: RouteOptions): Hono {
  const { central, log, now, signer, stopping } = options;
  const app = new Hono();
  const held = new Held();
  const refused = new Refused(log);
  app.use(async (c, next) => {
    await next();
    c.header('x-content-type-options', 'nosniff');
    c.header('cross-origin-resource-policy', 'same-origin');
    if (!c.res.headers.has('cache-control')) c.header('cache-control', 'no-store');
    // Else a connection kept alive would hold up the end of the process.
    if (stopping()) c.header('connection', 'close');
  });
  app.route('/', uploadRoutes(options, held, refused));
  if (signer) app.route('/', enrolmentRoutes({ registry: central.registry, signer, held, clientOf: clientIn, now }));
  app.route('/', listRoutes({ lists: central.lists, held, refused, clientOf: clientIn }));
  app.route('/', questionRoutes(options, refused));
  app.route('/', pageRoutes());
  app.notFound((c) => refuse(c, 404, 'not-found', `nothing is at ${c.req.path}`));
  app.onError((error, c) => answerFault(c, error, log));
  return app;
}

function clientIn(c: Context): string {
  return clientOf(getConnInfo(c).remote.address);
}

function uploadRoutes({ central, now, uploads, stopping }: RouteOptions, held: Held, refused: Refused): Hono {
  const app = new Hono();
  const tooLarge = `a batch may have at most ${UPLOAD_BYTES_MAX} bytes; send its records in several batches`;
  const taken = async (c: Context, batch: ReceivedBatch) => {
    try {
      return await uploads.offer(await verify(central, batch));
    } catch (error) {
      refused.note(error, clientIn(c), batch.form);
      throw error;
    }
  };
  app.use('/batches', async (c, next) => {
    await next();
    // So that a terminal learns how its clock stands, whatever the answer.
    c.header('retap-time', String(now()));
  });
  app.post('/batches', async (c) => {
    if (stopping()) return unavailable(c, 'stopping', 'the centre is stopping; send the batch again later');
    const form = formOf(c.req.header('content-type'));
    if (form === null) {
      const types = 'application/json, or a signed one as application/cose; cose-type="cose-sign1"';
      return refuse(c, 415, 'content-type-unknown', `send a batch as content-type ${types}`);
    }
    const sentAt = sentAtOf(c.req.header('retap-sent-at'));
    try {
      const offer = (body: Uint8Array) => taken(c, { form, body, ...sentAt });
      return c.json(await held.during(c.req.raw, UPLOAD_BYTES_MAX, offer));
    } catch (error) {
      if (error instanceof BodyTooLarge) return refuse(c, 413, 'batch-too-large', tooLarge);
      if (!(error instanceof BodyCutOff)) throw error;
      return refuse(c, 400, 'batch-malformed', 'the body was cut off; send the whole batch again');
    }
  });
  app.all('/batches', (c) => {
    c.header('allow', 'POST');
    return refuse(c, 405, 'method-unknown', 'batches are sent by POST');
  });
  return app;
}

function questionRoutes({ central, now, feed, stopping }: RouteOptions, refused: Refused): Hono {
  const app = new Hono();
  app.get('/health', (c) => c.json({ alive: true }));
  app.get('/ready', async (c) => {
    if (stopping()) return unavailable(c, 'stopping', 'the centre is stopping');
    await central.media({ prefix: '', limit: 1 });
    return c.json({ ready: true });
  });
  app.get('/totals', async (c) => c.json(await central.totals(now())));
  app.get('/events', (c) => {
    const events = feed.watch();
    if (events === null) return unavailable(c, 'too-many-watchers', 'too many are watching; try again later');
    return c.body(events, 200, { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' });
  });
  app.get('/alerts', async (c) => {
    const { medium, kind, limit } = c.req.query();
    const asOf = now();
    const alerts = await central.alerts(asOf, {
      ...(medium ? { medium: mediumOf(medium) } : {}),
      ...(kind ? { kind: kindOf(kind) } : {}),
      limit: limitOf(limit, 100, 10_000),
    });
    return c.json({ asOf, alerts });
  });
  app.get('/proofs', async (c) => {
    const { medium, kind, limit } = c.req.query();
    const alerts = await central.proofAlerts({
      ...(medium ? { medium: mediumOf(medium) } : {}),
      ...(kind ? { kind: proofKindOf(kind) } : {}),
      limit: limitOf(limit, 100, 10_000),
    });
    return c.json({ alerts });
  });
  app.get('/integrity', async (c) => {
    const alerts = await central.integrityAlerts({ limit: limitOf(c.req.query('limit'), 100, 10_000) });
    return c.json({ alerts, refused: refused.counts });
  });
  app.get('/media', async (c) => {
    const { prefix, limit } = c.req.query();
    return c.json({ media: await central.media({ prefix: prefixOf(prefix ?? ''), limit: limitOf(limit, 20, 1_000) }) });
  });
  app.get('/media/:medium', async (c) => {
    const medium = mediumOf(c.req.param('medium'));
    const account = await central.account(medium);
    return account === null ? unknownMedium(medium) : c.json(account);
  });
  app.get('/media/:medium/chain', async (c) => {
    const medium = mediumOf(c.req.param('medium'));
    const { before, limit } = c.req.query();
    const place = before ? { before: cursorOf(before) } : {};
    return c.json(await central.chain(medium, { ...place, limit: limitOf(limit, 100, 1_000) }));
  });
  return app;

  function unknownMedium(medium: string): Response {
    return Response.json(
      { code: 'medium-unknown', message: `no record received names medium ${medium}` },
      { status: 404 },
    );
  }
}
