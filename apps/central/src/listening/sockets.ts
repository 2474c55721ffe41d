/** Web sockets of three kinds, each with the longest message it has use for: terminals send batches, phones synchronise, who listens to events says nothing. */
import type { IncomingMessage } from 'node:http';
import type { WebSocketServerLike } from '@hono/node-server';
import {
  PHONE_MESSAGE_BYTES_MAX,
  PHONE_SOCKET_PROTOCOL,
  SOCKET_MESSAGE_BYTES_MAX,
  UPLOAD_SOCKET_PROTOCOL,
} from '@retap/protocol';
import { WebSocketServer } from 'ws';

export const UPLOAD_SOCKET_PATH = '/batches/socket';
export const PHONE_SOCKET_PATH = '/phones/socket';

/** What a client says by itself to keep its socket alive is let pass. */
const SAID_BYTES_MAX = 1_024;
/** Batches are deflated already. */
const COMMON = { noServer: true, perMessageDeflate: false } as const;

export interface SocketServers {
  /** All as one, without a listener of its own. */
  readonly either: WebSocketServerLike;
  readonly uploads: WebSocketServer;
  readonly phones: WebSocketServer;
  readonly others: WebSocketServer;
}

export function socketServers(): SocketServers {
  const uploads = new WebSocketServer({
    ...COMMON,
    maxPayload: SOCKET_MESSAGE_BYTES_MAX,
    handleProtocols: (offered) => offered.has(UPLOAD_SOCKET_PROTOCOL) && UPLOAD_SOCKET_PROTOCOL,
  });
  const phones = new WebSocketServer({
    ...COMMON,
    maxPayload: PHONE_MESSAGE_BYTES_MAX,
    handleProtocols: (offered) => offered.has(PHONE_SOCKET_PROTOCOL) && PHONE_SOCKET_PROTOCOL,
  });
  const others = new WebSocketServer({ ...COMMON, maxPayload: SAID_BYTES_MAX });
  const all = [uploads, phones, others] as const;
  const of = (request: IncomingMessage): WebSocketServer => {
    const path = pathOf(request);
    if (path === UPLOAD_SOCKET_PATH) return uploads;
    return path === PHONE_SOCKET_PATH ? phones : others;
  };
  const either = {
    options: COMMON,
    on(event: 'headers' | 'connection', listener: (...values: unknown[]) => void) {
      for (const server of all) server.on(event, listener);
      return either;
    },
    off(event: 'headers', listener: (...values: unknown[]) => void) {
      for (const server of all) server.off(event, listener);
      return either;
    },
    emit: (event: 'connection', socket: unknown, request: IncomingMessage) => of(request).emit(event, socket, request),
    handleUpgrade: (...[request, socket, head, done]: Parameters<WebSocketServer['handleUpgrade']>) =>
      of(request).handleUpgrade(request, socket, head, done),
    close() {
      for (const server of all) server.close();
    },
  };
  return { either: either as unknown as WebSocketServerLike, uploads, phones, others };
}

/** By its path alone: a protocol anybody may name. A request to a proxy has the whole URL there. */
function pathOf({ url = '' }: IncomingMessage): string | null {
  return URL.canParse(url, 'http://here') ? new URL(url, 'http://here').pathname : null;
}
