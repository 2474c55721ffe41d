/** Events over a web socket: one JSON message each. */
import type { Event } from '@retap/central';
import type { WSContext, WSEvents } from 'hono/ws';
import { errorFields, type Log } from '../log.ts';
import type { EventFeed, Forgotten, Subscription } from './feed.ts';
import { messageOf } from './stream.ts';

/** Bytes on their way to one who does not read; then the socket is closed, and they come again from where they were. */
const BUFFERED_MAX = 2 ** 20;
/** RFC 6455, 7.4.1: going away; try again later. */
const TRY_AGAIN = 1013;
const NORMAL = 1000;

interface Buffering {
  readonly bufferedAmount: number;
}

export interface SocketOptions {
  readonly feed: EventFeed;
  readonly subscription: Omit<Subscription, 'signal'>;
  /** Whether who asked may still listen. */
  readonly isLive: () => Promise<boolean>;
  readonly lookMs: number;
  readonly log: Log;
}

export function eventSocket({ feed, subscription, isLive, lookMs, log }: SocketOptions): WSEvents {
  const ending = new AbortController();
  return {
    onOpen: (_event, socket) => {
      const looking = setInterval(() => {
        // A database that does not answer just now ends nobody's session.
        isLive().then(
          (live) => live || close(socket, NORMAL),
          () => {},
        );
      }, lookMs);
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
      if (((socket.raw as Buffering | undefined)?.bufferedAmount ?? 0) > BUFFERED_MAX) return close(socket, TRY_AGAIN);
    }
  }

  function close(socket: WSContext, code: number): void {
    ending.abort();
    socket.close(code);
  }
}

function told(item: Event | Forgotten): object {
  return 'forgotten' in item ? { type: 'forgotten', upTo: item.forgotten } : messageOf(item);
}
