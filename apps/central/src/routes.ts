/** What the centre answers over HTTP: every route, and what holds for all of them. */
import type { Central } from '@retap/central';
import type { Time } from '@retap/model';
import { type Context, Hono } from 'hono';
import { addAlertCaseRoutes } from './alert-cases/routes.ts';
import { addAlertGroupRoutes } from './alert-groups/routes.ts';
import { answerFault, refuse } from './answers.ts';
import { Api } from './api/api.ts';
import type { Guard } from './api/caller.ts';
import type { ApiEnv } from './api/declaration.ts';
import { type ArrivalOptions, arrivals, clientIn } from './arrival.ts';
import { addAuditRoutes } from './audit-routes.ts';
import { addBatchRoutes } from './batches/routes.ts';
import { Held } from './body.ts';
import { consoleRoutes, readConsole } from './console.ts';
import { addEnrolmentRoutes, type LicenceSigner } from './enrolment.ts';
import { EventFeed } from './events/feed.ts';
import { addEventRoutes } from './events/routes.ts';
import type { EventSocketLimits } from './events/socket.ts';
import { originBy } from './listening/origin.ts';
import { addListChangeRoutes } from './lists/change-routes.ts';
import { addDryRunRoute } from './lists/dry-run-route.ts';
import { addSeeListRoutes } from './lists/see-routes.ts';
import { addListVersionRoutes } from './lists/version-routes.ts';
import { addListRoutes } from './lists.ts';
import { errorFields } from './log.ts';
import { Metrics } from './metrics/metrics.ts';
import { pageRoutes } from './page.ts';
import { guardOf } from './people/guard.ts';
import type { SignInRefused } from './people/options.ts';
import { addPeopleRoutes } from './people/routes.ts';
import type { RandomBytes } from './people/secret.ts';
import { byName, isForeign, type Site } from './people/site.ts';
import { addPhoneRoutes } from './phones/routes.ts';
import type { PhoneSocketLimits } from './phones/socket.ts';
import { PhoneSockets } from './phones/sockets.ts';
import { readWallet, walletRoutes } from './phones/wallet.ts';
import { addProposalRoutes } from './proposal-routes.ts';
import { Rates } from './rate.ts';
import { Readiness } from './readiness.ts';
import { addRecordRoutes } from './records/routes.ts';
import { Refused } from './refused.ts';
import { addReportRoutes } from './reports/routes.ts';
import { addSearchRoute } from './search/routes.ts';
import { addServiceRoutes } from './service-routes.ts';
import { addSettingsRoutes } from './settings-routes.ts';
import { addStateRoutes } from './state-routes.ts';
import { addTerminalRoutes } from './terminal-routes.ts';
import { addTerminalStandingRoutes } from './terminal-standing-routes.ts';
import { addTimeRoutes } from './time.ts';
import { addTodayRoutes } from './today-routes.ts';
import type { TotalsFeed } from './totals-feed.ts';
import { addUploadRoutes, takingOf } from './upload-routes.ts';
import { addUploadSocketRoute } from './upload-socket/route.ts';
import type { SocketLimits } from './upload-socket/socket.ts';
import { UploadSockets } from './upload-socket/sockets.ts';
import type { Uploads } from './uploads.ts';
import { addWebhookRoutes, type WebhookRouteOptions } from './webhooks/routes.ts';
import { UNSEALED } from './webhooks/seal.ts';
import { newWebhookSecret } from './webhooks/start.ts';

export interface RouteOptions extends Pick<ArrivalOptions, 'newRequestId' | 'stopping' | 'log'> {
  /** Default: every request has a line in the log, and comes from where its connection does. */
  readonly arrival?: Partial<ArrivalOptions>;
  readonly central: Central;
  readonly now: () => Time;
  readonly uploads: Uploads;
  readonly feed: TotalsFeed;
  /** Whether it can work just now; default: as its database says. */
  readonly readiness?: Readiness;
  /** Where what is counted is added to; default: nowhere that anybody looks. */
  readonly metrics?: Metrics;
  /** A batch was not taken, by code. */
  readonly onRefused?: (code: string) => void;
  readonly onSignIn?: (refused: SignInRefused | null) => void;
  /** What requests hold of memory together; default: one that is only these routes'. */
  readonly held?: Held;
  /** How often who may ask; default: see `RATES`. */
  readonly rates?: Rates;
  /** Refreshed by whoever notices events; default: one that nobody refreshes. */
  readonly eventFeed?: EventFeed;
  /** Who asks, and whether they may; default: as the database says. */
  readonly guard?: Guard;
  /** Where people reach it. */
  readonly site: () => Site;
  readonly randomBytes: RandomBytes;
  /** How secrets of webhooks are kept, and where webhooks may lead. */
  readonly webhooks?: Pick<WebhookRouteOptions, 'seal' | 'toLoopback'>;
  /** By whom licences are signed; without it this centre enrols nobody. */
  readonly signer?: LicenceSigner;
  /** How long lists that are published are valid, in milliseconds; default: seven days. */
  readonly listValidMs?: number;
  /** Holds every JSON answer to what is declared: for tests. */
  readonly checkAnswers?: boolean;
  readonly socketLimits?: Partial<SocketLimits>;
  readonly eventSocketLimits?: Partial<EventSocketLimits>;
  readonly phoneSocketLimits?: Partial<PhoneSocketLimits>;
}

/** As `npm run build` makes it. */
const CONSOLE = new URL('../../console/dist/site/', import.meta.url);
const WALLET = new URL('../../wallet/dist/site/', import.meta.url);
const LIST_VALID_MS = 7 * 86_400_000;

export interface Routes {
  readonly app: Hono<ApiEnv>;
  readonly api: Api;
  /** Over which terminals send batches; whoever stops the service stops them. */
  readonly sockets: UploadSockets;
  /** Over which phones synchronise; null where there are no phones, without a signer. */
  readonly phoneSockets: PhoneSockets | null;
}

export function createRoutes(options: RouteOptions): Routes {
  const {
    central,
    log,
    now,
    signer,
    site,
    randomBytes,
    guard = guardOf({ central, site, now, clientOf: clientIn }),
    rates = new Rates(() => performance.now()),
    checkAnswers = false,
  } = options;
  const app = new Hono<ApiEnv>();
  const held = options.held ?? new Held();
  const refused = new Refused(log, options.onRefused);
  const api = new Api({ guard, held, rates, checkAnswers });
  app.use(
    arrivals({
      elapsed: () => performance.now(),
      logRequests: 'all',
      originOf: directly,
      ...options,
      ...options.arrival,
    }),
  );
  app.use(async (c, next) => {
    if (!isForeign(c, site())) return next();
    return refuse(c, 403, 'origin-foreign', `people change something here only from ${site().origin}`);
  });
  const { operations } = central;
  addServiceRoutes(api, {
    readiness: options.readiness ?? new Readiness({ operations, stopping: options.stopping }),
    metrics: options.metrics ?? new Metrics(),
  });
  addUploadRoutes(api, { ...options, held, refused, rates, clientOf: clientIn });
  const sockets = new UploadSockets({
    ...{ take: takingOf({ ...options, refused, rates }), held, now },
    ...{ elapsed: () => performance.now(), random: Math.random, limits: options.socketLimits ?? {} },
    onFault: (error) => log('error', 'upload-socket-failed', errorFields(error)),
  });
  addUploadSocketRoute(api, { sockets, clientOf: clientIn });
  if (signer) addEnrolmentRoutes(api, { registry: central.registry, signer, held, clientOf: clientIn, now });
  const phoneSockets = signer ? addPhones(api, { ...options, signer, held, refused, rates }) : null;
  addTimeRoutes(api, { registry: central.registry, signer, held, refused, clientOf: clientIn, now });
  const publication = {
    sign: signer ? (bytes: Uint8Array) => signer.sign(bytes) : null,
    validMs: options.listValidMs ?? LIST_VALID_MS,
  };
  addSeeListRoutes(api, { lists: central.lists, ...publication });
  addListVersionRoutes(api, central.lists);
  addDryRunRoute(api, central.lists);
  addListChangeRoutes(api, central.lists);
  addListRoutes(api, { lists: central.lists, held, refused, clientOf: clientIn });
  addProposalRoutes(api, central);
  addAuditRoutes(api, central);
  addSettingsRoutes(api, central.site);
  addAlertCaseRoutes(api, central.alertWork);
  addAlertGroupRoutes(api, { alertGroups: central.alertGroups, now });
  addWebhookRoutes(api, {
    webhooks: central.webhooks,
    audit: central.audit,
    newSecret: newWebhookSecret,
    ...(options.webhooks ?? { seal: UNSEALED, toLoopback: false }),
  });
  addEventRoutes(api, {
    ...{ eventFeed: new EventFeed(central.events), ...options, isLive: guard.isLive },
    socketLimits: options.eventSocketLimits ?? {},
  });
  addTodayRoutes(api, options);
  addStateRoutes(api, { ...options, refused });
  addRecordRoutes(api, { central, now });
  addBatchRoutes(api, central);
  addReportRoutes(api, { central, now });
  addSearchRoute(api, { central, now });
  addTerminalStandingRoutes(api, central.terminalStandings);
  addTerminalRoutes(api, { registry: central.registry, randomBytes });
  const onSignIn = options.onSignIn ?? (() => {});
  addPeopleRoutes(api, { people: central.people, guard, site, randomBytes, now, clientOf: clientIn, onSignIn });
  api.refuseOtherMethods();
  app.route('/', api.hono);
  const elsewhere = async (c: Context<ApiEnv>) => ((await guard.isOpen()) ? null : byName(c, site()));
  app.route('/', pageRoutes(elsewhere));
  app.route('/', consoleRoutes(readConsole(CONSOLE), elsewhere));
  const wallet = readWallet(WALLET);
  if (wallet) app.route('/', walletRoutes(wallet, elsewhere));
  else log('info', 'wallet-missing', { built: 'by npm run build' });
  app.notFound((c) => refuse(c, 404, 'not-found', `nothing is at ${c.req.path}`));
  app.onError((error, c) => answerFault(c, error, log));
  return { app, api, sockets, phoneSockets };
}

type PhoneOptions = RouteOptions & {
  readonly signer: LicenceSigner;
  readonly held: Held;
  readonly refused: Refused;
  readonly rates: Rates;
};

function addPhones(api: Api, options: PhoneOptions): PhoneSockets {
  const { central, signer, held, now, rates, site, log, phoneSocketLimits } = options;
  const { phones } = central;
  const take = takingOf(options);
  const sign = (bytes: Uint8Array): Uint8Array => signer.sign(bytes);
  const sockets = new PhoneSockets({
    take: (body, client) => take({ form: 'signed', body }, client),
    async hear(standing, client) {
      rates.take('fleet', client);
      const account = await phones.hear(standing, sign);
      // Counted only now: else whoever names a phone could use up what it may say.
      rates.take('terminal', String(account.terminal));
      return account;
    },
    async wish(wish, client) {
      rates.take('fleet', client);
      const answer = await phones.wish(wish);
      rates.take('terminal', String(answer.terminal));
      return answer;
    },
    versions: (terminals) => phones.versions(terminals),
    ...{ held, now, elapsed: () => performance.now(), random: Math.random },
    ...(phoneSocketLimits && { limits: phoneSocketLimits }),
    onFault: (error) => log('error', 'phone-socket-failed', errorFields(error)),
  });
  addPhoneRoutes(api, { phones, signer, sockets, held, clientOf: clientIn, site, now });
  return sockets;
}

/** Nobody's word on somebody else is taken. */
const directly = originBy({ ranges: [] });
