/** What the centre answers over HTTP: every route, and what holds for all of them. */
import { getConnInfo } from '@hono/node-server/conninfo';
import type { Central } from '@retap/central';
import type { Time } from '@retap/model';
import { type Context, Hono } from 'hono';
import { answerFault, refuse } from './answers.ts';
import { Api } from './api/api.ts';
import type { Guard } from './api/caller.ts';
import type { ApiEnv } from './api/declaration.ts';
import { clientOf } from './attempts.ts';
import { Held } from './body.ts';
import { addEnrolmentRoutes, type LicenceSigner } from './enrolment.ts';
import { addListRoutes } from './lists.ts';
import type { Log } from './log.ts';
import { pageRoutes } from './page.ts';
import { Refused } from './refused.ts';
import { addServiceRoutes } from './service-routes.ts';
import { addStateRoutes } from './state-routes.ts';
import type { TotalsFeed } from './totals-feed.ts';
import { addUploadRoutes } from './upload-routes.ts';
import type { Uploads } from './uploads.ts';

export interface RouteOptions {
  readonly central: Central;
  readonly now: () => Time;
  readonly uploads: Uploads;
  readonly feed: TotalsFeed;
  readonly log: Log;
  /** Who asks, and whether they may. */
  readonly guard: Guard;
  /** By whom licences are signed; without it this centre enrols nobody. */
  readonly signer?: LicenceSigner;
  /** True from the moment the service begins to stop. */
  readonly stopping: () => boolean;
  /** A name for a request that no other has. */
  readonly newRequestId: () => string;
  /** Holds every JSON answer to what is declared: for tests. */
  readonly checkAnswers?: boolean;
}

/** Unless the answer says otherwise. An answer that somebody opens by itself in a browser runs, loads and is framed by nothing. */
const EVERY_ANSWER: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'referrer-policy': 'no-referrer',
};

export interface Routes {
  readonly app: Hono<ApiEnv>;
  readonly api: Api;
}

export function createRoutes(options: RouteOptions): Routes {
  const { central, log, now, signer, stopping, guard, checkAnswers = false } = options;
  const app = new Hono<ApiEnv>();
  const held = new Held();
  const refused = new Refused(log);
  const api = new Api({ guard, held, checkAnswers });
  app.use(async (c, next) => {
    c.set('requestId', options.newRequestId());
    c.set('caller', { kind: 'everybody' });
    await next();
    c.header('retap-request', c.var.requestId);
    for (const [name, value] of Object.entries(EVERY_ANSWER)) if (!c.res.headers.has(name)) c.header(name, value);
    // Else a connection kept alive would hold up the end of the process.
    if (stopping()) c.header('connection', 'close');
  });
  addServiceRoutes(api, options);
  addUploadRoutes(api, { ...options, held, refused, clientOf: clientIn });
  if (signer) addEnrolmentRoutes(api, { registry: central.registry, signer, held, clientOf: clientIn, now });
  addListRoutes(api, { lists: central.lists, held, refused, clientOf: clientIn });
  addStateRoutes(api, { ...options, refused });
  api.refuseOtherMethods();
  app.route('/', api.hono);
  app.route('/', pageRoutes());
  app.notFound((c) => refuse(c, 404, 'not-found', `nothing is at ${c.req.path}`));
  app.onError((error, c) => answerFault(c, error, log));
  return { app, api };
}

function clientIn(c: Context): string {
  return clientOf(getConnInfo(c).remote.address);
}
