/** The process around the centre: takes uploads, keeps reconciling, answers questions, stops cleanly. */
import { randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import type { Central } from '@retap/central';
import type { Time } from '@retap/model';
import type { Guard } from './api/caller.ts';
import type { LicenceSigner } from './enrolment.ts';
import type { Log } from './log.ts';
import { Reconciliation } from './reconciliation.ts';
import { createRoutes } from './routes.ts';
import { TotalsFeed } from './totals-feed.ts';
import { Uploads } from './uploads.ts';

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
  /** By whom the licences of an enrolled centre are signed; without it terminals cannot enrol or renew here. */
  readonly signer?: LicenceSigner;
  /** How long requests under way may take after {@link Service.stop}, in milliseconds. */
  readonly graceMs?: number;
  /** Holds every JSON answer to what its route declares: for tests. */
  readonly checkAnswers?: boolean;
}

export interface Service {
  readonly url: string;
  /** Takes nothing more, finishes what is under way, and resolves when all is quiet. */
  stop(): Promise<void>;
}

const REQUEST_MS = 60_000;

/** @throws system errors of listening: `EADDRINUSE`, `EACCES`, `EADDRNOTAVAIL` */
export async function startService(options: ServiceOptions): Promise<Service> {
  const { central, now, log, host = '127.0.0.1' } = options;
  let stopping = false;
  const feed = new TotalsFeed(() => central.totals(now()), log);
  // Listening comes before the first reconciliation: a busy port must not leave work going on behind an error.
  const uploads = new Uploads(
    (batches) => central.receive(batches),
    () => reconciliation.wake(),
  );
  const { signer } = options;
  const { app } = createRoutes({
    ...{ central, now, uploads, feed, log, guard: lookersOn(now), newRequestId: () => randomUUID() },
    ...{ stopping: () => stopping, checkAnswers: options.checkAnswers ?? false },
    ...(signer && { signer }),
  });
  const server = createAdaptorServer({ fetch: app.fetch }) as Server;
  // A body that comes drop by drop holds memory for so long at most.
  server.requestTimeout = REQUEST_MS;
  await listen(server, options.port, host);
  const reconciliation = new Reconciliation({
    reconcile: () => central.reconcile(),
    log,
    processors: options.processors ?? 1,
  });
  const url = urlOf(server.address() as AddressInfo);
  log('info', 'listening', { url });

  const stop = async (): Promise<void> => {
    stopping = true;
    log('info', 'stopping');
    feed.close();
    await closeServer(server, options.graceMs ?? 10_000);
    await uploads.settled();
    await reconciliation.stop();
    log('info', 'stopped');
  };
  let stopped: Promise<void> | null = null;
  return {
    url,
    stop: () => {
      stopped ??= stop();
      return stopped;
    },
  };
}

/** Nobody signs in, and whoever reaches the centre may look. */
function lookersOn(now: () => Time): Guard {
  return {
    now,
    isOpen: () => Promise.resolve(true),
    callerOf: () => Promise.resolve({ kind: 'everybody' }),
    refused: () => Promise.resolve(),
  };
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function urlOf({ address, family, port }: AddressInfo): string {
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}

/** Requests under way end, idle connections are closed; after the grace all others too. */
async function closeServer(server: Server, graceMs: number): Promise<void> {
  // A connection kept alive falls idle only after its answer, so once is not enough.
  const idle = setInterval(() => server.closeIdleConnections(), 50);
  const grace = setTimeout(() => server.closeAllConnections(), graceMs);
  await new Promise<void>((resolve) => server.close(() => resolve()));
  clearInterval(idle);
  clearTimeout(grace);
}
