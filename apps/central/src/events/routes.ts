/** What happens, as it happens: as server-sent events and over a web socket (docs/events.md). */
import { upgradeWebSocket } from '@hono/node-server';
import { EVENT_TYPES, type EventType, may } from '@retap/central';
import type { Context } from 'hono';
import { refuse, unavailable } from '../answers.ts';
import type { Api } from '../api/api.ts';
import type { Caller } from '../api/caller.ts';
import { wholeNumber } from '../api/shapes.ts';
import type { Log } from '../log.ts';
import { untilEnded } from '../people/until-ended.ts';
import type { TotalsFeed } from '../totals-feed.ts';
import type { EventFeed } from './feed.ts';
import { EVENT_TYPES_ASKED } from './shapes.ts';
import { EVENT_SOCKET_LIMITS, type EventSocketLimits, eventSocket } from './socket.ts';
import { eventStream } from './stream.ts';

export interface EventRouteOptions {
  readonly feed: TotalsFeed;
  readonly eventFeed: EventFeed;
  readonly isLive: (caller: Caller) => Promise<boolean>;
  readonly socketLimits: Partial<EventSocketLimits>;
  readonly log: Log;
}

const QUERY = { after: wholeNumber(0, Number.MAX_SAFE_INTEGER).optional(), types: EVENT_TYPES_ASKED } as const;

export function addEventRoutes(api: Api, { feed, eventFeed, isLive, socketLimits, log }: EventRouteOptions): void {
  const full = (c: Context) => unavailable(c, 'too-many-watchers', 'too many are watching; try again later');
  const whoOf = (caller: Caller): string | null => (caller.kind === 'person' ? caller.name : null);
  api.add(
    {
      method: 'get',
      path: '/events',
      operationId: 'watchEvents',
      summary: 'What happens, each with its position as id, and the totals each time they have changed',
      tag: 'events',
      access: 'see-totals',
      query: QUERY,
      answers: { 200: { description: 'Server-sent events; docs/events.md has the types', type: 'text/event-stream' } },
    },
    ({ c, caller, query }) => {
      const who = whoOf(caller);
      if (eventFeed.isFullFor(who)) return full(c);
      const totals = feed.watch();
      if (totals === null) return full(c);
      const after = lastEventId(c) ?? query.after ?? null;
      const subscription = { who, after, types: allowed(caller, query.types) };
      const stream = eventStream(totals, eventFeed, subscription);
      return c.body(untilEnded(stream, caller, { isLive }), 200, {
        'content-type': 'text/event-stream',
        'x-accel-buffering': 'no',
      });
    },
  );
  api.add(
    {
      method: 'get',
      path: '/events/socket',
      operationId: 'openEventSocket',
      summary: 'The same events over a web socket, one JSON message each',
      tag: 'events',
      access: 'see-totals',
      query: QUERY,
      answers: { 101: { description: 'The socket' }, 426: { description: 'It was not asked for a web socket' } },
    },
    async ({ c, caller, query }) => {
      if (c.req.header('upgrade')?.toLowerCase() !== 'websocket') {
        c.header('upgrade', 'websocket');
        return c.json({ code: 'upgrade-needed', message: 'ask for a web socket', requestId: c.var.requestId }, 426);
      }
      // A page of another site may open a socket to any address, and would read what only ours may.
      if (isForeign(c)) return refuse(c, 403, 'origin-foreign', 'a page of another site may not listen here');
      const who = whoOf(caller);
      if (eventFeed.isFullFor(who)) return full(c);
      const subscription = { who, after: query.after ?? null, types: allowed(caller, query.types) };
      const live = () => isLive(caller);
      const limits = { ...EVENT_SOCKET_LIMITS, ...socketLimits };
      const socket = eventSocket({ feed: eventFeed, subscription, isLive: live, limits, log });
      return (await upgradeWebSocket(() => socket)(c, async () => {})) as Response;
    },
  );
}

/** Where a stream that broke had got to: browsers send it by themselves. */
function lastEventId(c: Context): number | null {
  const text = c.req.header('last-event-id') ?? '';
  return /^\d{1,15}$/.test(text) ? Number(text) : null;
}

function allowed(caller: Caller, types: readonly EventType[]): EventType[] {
  return types.filter((type) => {
    const capability = EVENT_TYPES[type];
    return caller.kind === 'person' ? may(caller.roles, capability) : capability.startsWith('see-');
  });
}

function isForeign(c: Context): boolean {
  const origin = c.req.header('origin');
  return origin !== undefined && (!URL.canParse(origin) || new URL(origin).host !== c.req.header('host'));
}
