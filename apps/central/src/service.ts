/** The process around the centre: takes uploads, keeps reconciling, answers questions, stops cleanly. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { Central } from '@retap/central';
import type { Time } from '@retap/model';
import { Held } from './body.ts';
import { Checkpoints } from './checkpoints.ts';
import type { LicenceSigner } from './enrolment.ts';
import { EventFeed } from './events/feed.ts';
import type { EventSocketLimits } from './events/socket.ts';
import type { CertificateFiles } from './listening/certificate.ts';
import { openListeners } from './listening/listeners.ts';
import { originBy, type TrustedProxies } from './listening/origin.ts';
import type { ConnectionLimits, Fetch } from './listening/server.ts';
import { socketServers } from './listening/sockets.ts';
import { startPublishing } from './lists/publishing.ts';
import type { Log } from './log.ts';
import { metricsFetch } from './metrics/listener.ts';
import { Metrics } from './metrics/metrics.ts';
import { watchCentre } from './metrics/of-centre.ts';
import { serviceMetrics } from './metrics/of-service.ts';
import { startNoticing } from './noticing.ts';
import { localOrigin, type Site, siteOf } from './people/site.ts';
import type { PhoneSocketLimits } from './phones/socket.ts';
import { Rates } from './rate.ts';
import { Readiness } from './readiness.ts';
import { Reconciliation } from './reconciliation.ts';
import { createRoutes } from './routes.ts';
import { TotalsFeed } from './totals-feed.ts';
import type { SocketLimits } from './upload-socket/socket.ts';
import { UPLOAD_LIMITS, type UploadLimits, Uploads } from './uploads.ts';
import { sealOf, startWebhooks } from './webhooks/start.ts';

export interface ServiceOptions {
  /** Open; whoever opened it closes it after {@link Service.stop}. */
  readonly central: Central;
  /** The time at which the state is asked for (`asOf`), in milliseconds since the Unix epoch. */
  readonly now: () => Time;
  /** 0 takes a free port. */
  readonly port: number;
  /** Address to listen on; this machine alone unless given. */
  readonly host?: string;
  /** Loops that reconcile side by side. Default 1. */
  readonly processors?: number;
  readonly log: Log;
  /** Which requests get a line in the log; default: all. `failures`: those answered by 400 and more. */
  readonly logRequests?: 'all' | 'failures';
  /** Speaks TLS, by the certificate in these files, taken anew when they change. */
  readonly tls?: CertificateFiles;
  /** Whose word on where a request comes from is taken. Default: nobody's. */
  readonly proxies?: TrustedProxies;
  readonly connectionLimits?: Partial<ConnectionLimits>;
  /** How much may wait for the database; default: see `UPLOAD_LIMITS`. */
  readonly uploadLimits?: Partial<UploadLimits>;
  /** Metrics on a port of their own; 0 takes a free one. */
  readonly metrics?: { readonly port: number; readonly host?: string };
  /** Of the program, for the metrics. */
  readonly version?: string;
  readonly socketLimits?: Partial<SocketLimits>;
  readonly eventSocketLimits?: Partial<EventSocketLimits>;
  readonly phoneSocketLimits?: Partial<PhoneSocketLimits>;
  /** By whom the licences of an enrolled centre are signed; without it terminals cannot enrol or renew here. */
  readonly signer?: LicenceSigner;
  /** Where people reach an enrolled centre, as `originFault` lets through; default: as is set, else this machine. */
  readonly origin?: string;
  /** How often changed lists are published by itself, 0 for never, and how long they are valid, in milliseconds. Default: never. */
  readonly publishing?: { readonly everyMs: number; readonly validMs: number } | undefined;
  /** For trying out: webhooks may lead to this machine, also by plain http. */
  readonly webhooksToLoopback?: boolean;
  /** How long requests under way may take after {@link Service.stop}, in milliseconds. */
  readonly graceMs?: number;
  /** Holds every JSON answer to what its route declares: for tests. */
  readonly checkAnswers?: boolean;
}

export interface Service {
  readonly url: string;
  /** Of the metrics; null where they have no port of their own. */
  readonly metricsUrl: string | null;
  /** Where people reach it. */
  readonly origin: string;
  /** Takes nothing more, finishes what is under way, and resolves when all is quiet. */
  stop(): Promise<void>;
}

/** @throws system errors of listening: `EADDRINUSE`, `EACCES`, `EADDRNOTAVAIL`; CertificateFault; RangeError of a proxy that is none */
export async function startService(options: ServiceOptions): Promise<Service> {
  const {
    central,
    now,
    log,
    signer,
    tls,
    host = '127.0.0.1',
    port,
    connectionLimits,
    proxies = { ranges: [] },
  } = options;
  let isStopping = false;
  const stopping = (): boolean => isStopping;
  const feed = new TotalsFeed(() => central.totals(now()), log);
  const eventFeed = new EventFeed(central.events);
  const readiness = new Readiness({ operations: central.operations, stopping });
  const held = new Held();
  const metrics = new Metrics();
  const counted = serviceMetrics(metrics, {
    uploads: () => uploads.state,
    requests: () => ({ count: held.requests, bytes: held.bytes }),
  });
  const version = options.version ?? 'unknown';
  const totals = () => central.totals(now());
  watchCentre(metrics, { central, totals, readiness, version, elapsed: () => performance.now() });
  // Listening comes before the first reconciliation: a busy port must not leave work going on behind an error.
  const uploads = new Uploads({
    receive: (batches) => central.receive(batches),
    onReceived: () => reconciliation.wake(),
    limits: { ...UPLOAD_LIMITS, ...options.uploadLimits },
    watch: counted,
  });
  let site: Site | null = null;
  const webhooks = { seal: await sealOf(signer), toLoopback: options.webhooksToLoopback ?? false };
  const {
    app,
    sockets: uploadSockets,
    phoneSockets,
  } = createRoutes({
    webhooks,
    ...{ central, now, uploads, feed, eventFeed, log, newRequestId: () => randomUUID() },
    ...{ site: () => known(site), randomBytes: (count: number) => Uint8Array.from(randomBytes(count)) },
    ...{ stopping, held, metrics, readiness, checkAnswers: options.checkAnswers ?? false },
    rates: new Rates(() => performance.now(), {}, counted.limited),
    onRefused: counted.batchRefused,
    onSignIn: counted.signIn,
    arrival: {
      ...{ originOf: originBy(proxies), logRequests: options.logRequests ?? 'all', onAnswer: counted.answered },
    },
    ...(signer && { signer }),
    ...(options.publishing && { listValidMs: options.publishing.validMs }),
    ...(options.socketLimits && { socketLimits: options.socketLimits }),
    ...(options.eventSocketLimits && { eventSocketLimits: options.eventSocketLimits }),
    ...(options.phoneSocketLimits && { phoneSocketLimits: options.phoneSocketLimits }),
  });
  const sockets = socketServers();
  const { origin: kept } = await central.people.settings();
  const listeners = await openListeners({
    ...{ fetch: app.fetch as Fetch, sockets: sockets.either, host, port, log, onCertificate: counted.certificate },
    ...(tls && { tls }),
    ...(connectionLimits && { limits: connectionLimits }),
    ...(options.metrics && {
      metrics: { host: '127.0.0.1', ...options.metrics, fetch: metricsFetch(metrics, readiness) },
    }),
  });
  const { url, metricsUrl } = listeners;
  site = siteOf(options.origin ?? kept ?? localOrigin(url));
  const reconciliation = new Reconciliation({
    reconcile: () => central.reconcile(),
    log,
    processors: options.processors ?? 1,
    onReconciled: counted.reconciled,
    onFault: counted.reconcileFailed,
  });
  const noticing = startNoticing({ central, now, eventFeed, log });
  const sending = startWebhooks({ central, now, log, ...webhooks });
  const checkpoints = signer && new Checkpoints({ central, sign: (bytes) => signer.sign(bytes), log });
  const sign = signer && ((bytes: Uint8Array) => signer.sign(bytes));
  const publishing =
    options.publishing && options.publishing.everyMs > 0 && sign
      ? startPublishing({ lists: central.lists, sign, ...options.publishing, now, log })
      : null;
  log('info', 'listening', { url, metrics: metricsUrl });

  const stop = async (): Promise<void> => {
    isStopping = true;
    log('info', 'stopping');
    feed.close();
    // Who listens connects again by itself, to whoever serves then.
    for (const socket of sockets.others.clients) socket.terminate();
    const { graceMs = 10_000 } = options;
    // What was read of an upload is answered first.
    const uploaded = uploadSockets.stop(graceMs).then(() => {
      for (const socket of sockets.uploads.clients) socket.terminate();
    });
    const phones = phoneSockets?.stop(graceMs).then(() => {
      for (const socket of sockets.phones.clients) socket.terminate();
    });
    await Promise.all([uploaded, phones, listeners.close(graceMs)]);
    await uploads.settled();
    await reconciliation.stop();
    await noticing.stop();
    await publishing?.stop();
    await sending.stop();
    await checkpoints?.stop();
    log('info', 'stopped');
  };
  let stopped: Promise<void> | null = null;
  return {
    url,
    metricsUrl,
    origin: site.origin,
    stop: () => {
      stopped ??= stop();
      return stopped;
    },
  };
}

/** The port is known when the service listens, and nobody asks before. */
function known(site: Site | null): Site {
  if (site === null) throw new Error('asked before it listened');
  return site;
}
