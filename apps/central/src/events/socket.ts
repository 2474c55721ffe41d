/** Events over a web socket: one JSON message each. */
import type { Event } from '@retap/central';
import type { WSContext, WSEvents } from 'hono/ws';
import type { WebSocket } from 'ws';
import { errorFields, type Log } from '../log.ts';
import type { EventFeed, Forgotten, Subscription } from './feed.ts';
import { messageOf } from './stream.ts';

/** Bytes on their way to one who does not read; then the socket is closed, and they come again from where they were. */
const BUFFERED_MAX = 2 ** 20;
/** RFC 6455, 7.4.1: going away; try again later. */
const TRY_AGAIN = 1013;
const NORMAL = 1000;

/** Times in milliseconds. */
export interface EventSocketLimits {
  /** Without a word of the other side it is asked for one, and after two of these it is gone. */
  readonly silentMs: number;
  /** How often that is looked at, and whether who asked may still listen. */
  readonly lookMs: number;
}

export const EVENT_SOCKET_LIMITS: EventSocketLimits = { silentMs: 30_000, lookMs: 2_000 };

export interface SocketOptions {
  readonly feed: EventFeed;
  readonly subscription: Omit<Subscription, 'signal'>;
  /** Whether who asked may still listen. */
  readonly isLive: () => Promise<boolean>;
  readonly limits: EventSocketLimits;
  readonly log: Log;
}

export function eventSocket({ feed, subscription, isLive, limits, log }: SocketOptions): WSEvents {
  const ending = new AbortController();
  return {
    onOpen: (_event, socket) => {
      const lookForLife = lifeOf(socket.raw as WebSocket | undefined, limits.silentMs);
      const looking = setInterval(() => {
        lookForLife();
        // A database that does not answer just now ends nobody's session.
        isLive().then(
          (live) => live || close(socket, NORMAL),
          () => {},
        );
      }, limits.lookMs);
      ending.signal.addEventListener('abort', () => clearInterval(looking));
      tell(socket).catch((error) => {
        log('warn', 'events-failed', errorFields(error));
        close(socket, TRY_AGAIN);
      });
    },
    onClose: () => ending.abort(),
    onError: () => ending.abort(),
  };

  async function tell(socket: WSContext): Promise<void> {
    for await (const item of feed.follow({ ...subscription, signal: ending.signal })) {
      socket.send(JSON.stringify(told(item)));
      if (((socket.raw as WebSocket | undefined)?.bufferedAmount ?? 0) > BUFFERED_MAX) return close(socket, TRY_AGAIN);
    }
  }

  function close(socket: WSContext, code: number): void {
    ending.abort();
    socket.close(code);
  }
}

/** @returns looks whether the other end is there: it is asked when it was silent, and cut off when it stays so */
function lifeOf(socket: WebSocket | undefined, silentMs: number): () => void {
  let heardAt = performance.now();
  let askedAt = 0;
  for (const sign of ['pong', 'ping', 'message'] as const) {
    socket?.on(sign, () => {
      heardAt = performance.now();
    });
  }
  return () => {
    const now = performance.now();
    if (now - heardAt > 2 * silentMs) return socket?.terminate();
    if (now - heardAt <= silentMs || askedAt > heardAt) return;
    askedAt = now;
    socket?.ping();
  };
}

function told(item: Event | Forgotten): object {
  return 'forgotten' in item ? { type: 'forgotten', upTo: item.forgotten } : messageOf(item);
}
