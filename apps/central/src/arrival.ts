/** What holds for every request, whatever its route: where it comes from, its name, its line in the log, its headers. */
import type { HttpBindings } from '@hono/node-server';
import type { Context, MiddlewareHandler } from 'hono';
import type { ApiEnv } from './api/declaration.ts';
import { clientOf } from './attempts.ts';
import type { Connection, Origin } from './listening/origin.ts';
import type { Log } from './log.ts';

export interface ArrivalOptions {
  /** By the connection and the proxies that are trusted. */
  readonly originOf: (connection: Connection) => Origin;
  /** A name for a request that no other has. */
  readonly newRequestId: () => string;
  /** True from the moment the service begins to stop. */
  readonly stopping: () => boolean;
  readonly log: Log;
  /** Which requests get a line in the log. `failures`: those answered by 400 and more. */
  readonly logRequests: 'all' | 'failures';
  /** A clock that only goes forward, in milliseconds. */
  readonly elapsed: () => number;
  /** An answer has been found. */
  readonly onAnswer?: (answered: Answered) => void;
}

export interface Answered {
  readonly method: string;
  /** As declared; null where nothing is. Never what was asked: names of media and codes are in paths. */
  readonly route: string | null;
  readonly status: number;
  /** Of a refusal. */
  readonly code: string | null;
  readonly ms: number;
}

/** What a proxy may say of a request that it names; anything else would be a way into the log. */
const REQUEST_ID = /^[\w.:-]{1,64}$/;

/** A year; only for this name, since what else its owner serves is not ours to decide (RFC 6797). */
const HSTS = 'max-age=31536000';

/** Unless the answer says otherwise. An answer that somebody opens by itself in a browser runs, loads and is framed by nothing. */
const EVERY_ANSWER = [
  ['x-content-type-options', 'nosniff'],
  ['cross-origin-resource-policy', 'same-origin'],
  ['cache-control', 'no-store'],
  ['content-security-policy', "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"],
  ['referrer-policy', 'no-referrer'],
] as const;

export function arrivals(options: ArrivalOptions): MiddlewareHandler<ApiEnv> {
  const { originOf, newRequestId, stopping, elapsed, onAnswer } = options;
  return async (c, next) => {
    const start = elapsed();
    const origin = originOf(connectionOf(c));
    const told = origin.byProxy ? c.req.header('x-request-id') : undefined;
    c.set('requestId', told !== undefined && REQUEST_ID.test(told) ? told : newRequestId());
    c.set('caller', { kind: 'everybody' });
    c.set('origin', origin);
    // Before there is an answer: to add a header to one that there is, is to make it anew, body and all.
    const added = headersOf(c.var.requestId, origin);
    for (const [name, value] of added) c.header(name, value);
    await next();
    // Some answers are not made of what was said before.
    for (const [name, value] of added) if (!c.res.headers.has(name)) c.header(name, value);
    // Else a connection kept alive would hold up the end of the process.
    if (stopping()) c.header('connection', 'close');
    const answered: Answered = {
      method: c.req.method,
      route: c.get('route') ?? null,
      status: c.res.status,
      code: c.get('refusal') ?? null,
      ms: elapsed() - start,
    };
    onAnswer?.(answered);
    keepLine(c, answered, options);
  };
}

/** What every answer has, unless it says otherwise. */
function headersOf(requestId: string, { isSecure }: Origin): (readonly [name: string, value: string])[] {
  const named = [['retap-request', requestId], ...EVERY_ANSWER] as const;
  return isSecure ? [...named, ['strict-transport-security', HSTS]] : [...named];
}

/** Neither path, query, headers nor body: what is secret in them would be in the log for ever. */
function keepLine(c: Context<ApiEnv>, answered: Answered, { log, logRequests }: ArrivalOptions): void {
  const { method, route, status, code, ms } = answered;
  if (logRequests === 'failures' && status < 400) return;
  const { caller } = c.var;
  log('info', 'request', {
    requestId: c.var.requestId,
    method,
    route,
    status,
    code,
    ms: Math.round(ms * 10) / 10,
    client: clientIn(c),
    caller: caller.kind === 'person' ? caller.who : null,
  });
}

/** Whom limits and the log count a request for. */
export function clientIn(c: Context<ApiEnv>): string {
  return clientOf(c.get('origin')?.address);
}

function connectionOf(c: Context<ApiEnv>): Connection {
  // Absent where a test asks the routes without a socket.
  const socket = (c.env as Partial<HttpBindings> | undefined)?.incoming?.socket;
  return {
    remote: socket?.remoteAddress,
    isSecure: socket !== undefined && 'encrypted' in socket,
    header: (name) => c.req.header(name),
  };
}
