/** The sockets of the service: the one for all, and the one for metrics, opened and closed together. */
import type { WebSocketServerLike } from '@hono/node-server';
import type { Log } from '../log.ts';
import { type Certificate, type CertificateFiles, readCertificate, watchCertificate } from './certificate.ts';
import {
  CONNECTION_LIMITS,
  type ConnectionLimits,
  closeServer,
  createListener,
  type Fetch,
  listen,
  replaceCertificate,
  urlOf,
} from './server.ts';

export interface ListenerOptions {
  readonly fetch: Fetch;
  /** Takes the web sockets. */
  readonly sockets: WebSocketServerLike;
  readonly host: string;
  readonly port: number;
  readonly tls?: CertificateFiles;
  readonly limits?: Partial<ConnectionLimits>;
  /** Of the metrics, always without TLS. */
  readonly metrics?: { readonly fetch: Fetch; readonly port: number; readonly host: string };
  /** The certificate in use ends then. */
  readonly onCertificate: (expiresAt: number) => void;
  readonly log: Log;
}

export interface Listeners {
  readonly url: string;
  readonly metricsUrl: string | null;
  /** Requests under way end, within the grace; who watches is answered to the last. */
  close(graceMs: number): Promise<void>;
}

/** A renewed certificate is taken within this time, in milliseconds. */
const CERTIFICATE_LOOK_MS = 10_000;

/** @throws system errors of listening: `EADDRINUSE`, `EACCES`, `EADDRNOTAVAIL`; CertificateFault. Then nothing listens. */
export async function openListeners(options: ListenerOptions): Promise<Listeners> {
  const { fetch, sockets, host, port, tls, metrics, onCertificate, log } = options;
  const limits = { ...CONNECTION_LIMITS, ...options.limits };
  const certificate = tls ? await readCertificate(tls) : null;
  if (certificate) onCertificate(certificate.expiresAt);
  const server = createListener(fetch, certificate, limits, sockets);
  await listen(server, port, host);
  const watching = metrics ? createListener(metrics.fetch, null, limits) : null;
  try {
    if (metrics && watching) await listen(watching, metrics.port, metrics.host);
  } catch (error) {
    await closeServer(server, 0);
    throw error;
  }
  const onChange = (renewed: Certificate): void => {
    replaceCertificate(server, renewed);
    onCertificate(renewed.expiresAt);
  };
  const stopLooking = tls && watchCertificate({ files: tls, onChange, log, everyMs: CERTIFICATE_LOOK_MS });
  return {
    url: urlOf(server),
    metricsUrl: watching && urlOf(watching),
    async close(graceMs) {
      stopLooking?.();
      await closeServer(server, graceMs);
      if (watching) await closeServer(watching, 0);
    },
  };
}
