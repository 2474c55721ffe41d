/** The socket of the service: plain or by TLS, with an end to everything that could be drawn out. */
import { constants } from 'node:crypto';
import { createServer, type Server, type ServerOptions } from 'node:http';
import { createServer as createSecureServer, type Server as SecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer, type WebSocketServerLike } from '@hono/node-server';
import type { Certificate } from './certificate.ts';

/** How long things may take, and how many there may be. Times in milliseconds. */
export interface ConnectionLimits {
  /** From the first byte of a request to the end of its headers. */
  readonly headersMs: number;
  /** From the first byte of a request to its last. */
  readonly requestMs: number;
  /** Between two requests of one connection. Longer than a proxy keeps one, or it would send into one that is just being closed. */
  readonly idleMs: number;
  /** Without a byte in either direction, with an answer under way: who does not read it must not hold it for ever. */
  readonly silentMs: number;
  /** How often the first two are looked at. */
  readonly lookMs: number;
  /** Of the TLS handshake. */
  readonly handshakeMs: number;
  readonly headerBytesMax: number;
  readonly headersMax: number;
  /** Open at a time; one more is closed at once. */
  readonly connectionsMax: number;
}

export const CONNECTION_LIMITS: ConnectionLimits = {
  headersMs: 10_000,
  // A batch of 16 MiB over a slow link.
  requestMs: 60_000,
  idleMs: 75_000,
  silentMs: 120_000,
  lookMs: 2_000,
  handshakeMs: 10_000,
  headerBytesMax: 16_384,
  headersMax: 100,
  connectionsMax: 8_000,
};

/** Mozilla's "intermediate" set: forward secrecy and authenticated encryption, and nothing else. TLS 1.3 has only such. */
const CIPHERS = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
].join(':');

/** What stands for a certificate; also when it is replaced, since nothing of the one before is kept then. */
function secureOptions({ cert, key }: Certificate) {
  return {
    cert,
    key,
    minVersion: 'TLSv1.2',
    ciphers: CIPHERS,
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
  } as const;
}

export type Fetch = (request: Request, bindings: unknown) => Response | Promise<Response>;

/** @param certificate null: plain HTTP @param sockets a web socket server without a listener of its own */
export function createListener(
  fetch: Fetch,
  certificate: Certificate | null,
  limits: ConnectionLimits,
  sockets?: WebSocketServerLike,
): Server | SecureServer {
  const serverOptions: ServerOptions = {
    headersTimeout: limits.headersMs,
    requestTimeout: limits.requestMs,
    keepAliveTimeout: limits.idleMs,
    connectionsCheckingInterval: limits.lookMs,
    maxHeaderSize: limits.headerBytesMax,
    noDelay: true,
    requireHostHeader: true,
  };
  const websocket = sockets && { websocket: { server: sockets } };
  const server =
    certificate === null
      ? createAdaptorServer({ fetch, createServer, serverOptions, ...websocket })
      : createAdaptorServer({
          ...{ fetch, ...websocket },
          createServer: createSecureServer,
          serverOptions: {
            ...serverOptions,
            ...secureOptions(certificate),
            ALPNProtocols: ['http/1.1'],
            handshakeTimeout: limits.handshakeMs,
          },
        });
  const listener = server as Server | SecureServer;
  listener.maxHeadersCount = limits.headersMax;
  listener.maxConnections = limits.connectionsMax;
  listener.setTimeout(limits.silentMs);
  return listener;
}

/** From the next connection on; those that are open go on with the one before. */
export function replaceCertificate(server: Server | SecureServer, certificate: Certificate): void {
  if ('setSecureContext' in server) server.setSecureContext(secureOptions(certificate));
}

/** @throws system errors of listening: `EADDRINUSE`, `EACCES`, `EADDRNOTAVAIL` */
export function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

export function urlOf(server: Server | SecureServer): string {
  const { address, family, port } = server.address() as AddressInfo;
  const scheme = 'setSecureContext' in server ? 'https' : 'http';
  return `${scheme}://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}

/** Requests under way end, idle connections are closed; after the grace all others too. */
export async function closeServer(server: Server, graceMs: number): Promise<void> {
  // A connection kept alive falls idle only after its answer, so once is not enough.
  const idle = setInterval(() => server.closeIdleConnections(), 50);
  const grace = setTimeout(() => server.closeAllConnections(), graceMs);
  await new Promise<void>((resolve) => server.close(() => resolve()));
  clearInterval(idle);
  clearTimeout(grace);
}
