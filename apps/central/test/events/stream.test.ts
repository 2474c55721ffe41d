/** Whoever goes away is counted no longer, wherever in the stream that was; a fault ends a stream, and nothing beside it. */
import type { Event } from '@retap/central';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Caller } from '../../src/api/caller.ts';
import { EventFeed } from '../../src/events/feed.ts';
import { eventStream } from '../../src/events/stream.ts';
import { guardOf } from '../../src/people/guard.ts';
import { untilEnded } from '../../src/people/until-ended.ts';

const FOLLOWERS_MAX = 200;

const eventAt = (position: number): Event => ({ position, at: 0, type: 'alert.raised', data: {} });
/** A centre in which so much has happened that nobody reads it in one go. */
const BACKLOG = {
  last: async () => 1_000,
  first: async () => 1,
  after: async (position: number) => (position >= 1_000 ? [] : [eventAt(position + 1), eventAt(position + 2)]),
};
const SUBSCRIPTION = { who: null, after: 0, types: ['alert.raised'] } as const;

function totals(): { readonly stream: ReadableStream<Uint8Array>; readonly isWatched: () => boolean } {
  let isWatched = true;
  const stream = new ReadableStream<Uint8Array>({
    cancel: () => {
      isWatched = false;
    },
  });
  return { stream, isWatched: () => isWatched };
}

describe('a stream of events', () => {
  test('whose reader goes away in the midst of them has no place any more', async () => {
    const feed = new EventFeed(BACKLOG);
    for (let gone = 0; gone < FOLLOWERS_MAX; gone += 1) {
      const reader = eventStream(totals().stream, feed, SUBSCRIPTION).getReader();
      await reader.read();
      await reader.cancel();
    }
    expect(feed.isFullFor(null)).toBe(false);
  });

  test('of one account are so many, and others have their places', async () => {
    const feed = new EventFeed(BACKLOG);
    const readers = [];
    while (!feed.isFullFor('ana') && readers.length < FOLLOWERS_MAX) {
      const reader = eventStream(totals().stream, feed, { ...SUBSCRIPTION, who: 'ana' }).getReader();
      await reader.read();
      readers.push(reader);
    }
    expect(readers.length).toBeLessThan(FOLLOWERS_MAX / 2);
    expect(feed.isFullFor('ben')).toBe(false);
    await readers.pop()?.cancel();
    expect(feed.isFullFor('ana')).toBe(false);
    for (const reader of readers) await reader.cancel();
  });

  test('that fails lets go of the totals, too', async () => {
    const fault = Object.assign(new Error('terminating connection'), { code: '57P01' });
    const feed = new EventFeed({ ...BACKLOG, after: () => Promise.reject(fault) });
    const watched = totals();
    const reader = eventStream(watched.stream, feed, SUBSCRIPTION).getReader();
    await expect(reader.read()).rejects.toThrow('terminating');
    expect(watched.isWatched()).toBe(false);
  });
});

describe('a stream that somebody opened while the centre was open', () => {
  test('goes on as long as it is open, and ends when it becomes enrolled', async () => {
    let admission = 'open';
    const settlement = vi.fn(async () => ({ admission }));
    const central = { registry: { settlement }, people: {} } as never;
    const guard = guardOf({ central, site: () => expect.fail('none'), now: () => 0, clientOf: () => '' });
    const watched = totals();
    const reader = untilEnded(watched.stream, { kind: 'everybody' }, guard, 5).getReader();
    await vi.waitFor(() => expect(settlement.mock.calls.length).toBeGreaterThan(2));
    expect(watched.isWatched()).toBe(true);
    admission = 'enrolled';
    expect(await reader.read()).toMatchObject({ done: true });
    expect(watched.isWatched()).toBe(false);
    expect(await guard.isLive({ kind: 'everybody' })).toBe(false);
  });
});

describe('a stream that goes on as long as its session', () => {
  const PERSON: Caller = {
    ...({ kind: 'person', by: 'session' } as const),
    ...{ name: 'ana', who: '@ana', roles: ['auditor'], credential: '1', freshUntil: 0, endsAt: 1 },
  };
  const unhandled = vi.fn();
  afterEach(() => {
    process.off('unhandledRejection', unhandled);
  });

  test('and fails before is not looked after any more, and takes nothing with it', async () => {
    process.on('unhandledRejection', unhandled);
    const failing = new ReadableStream<Uint8Array>({
      pull: () => Promise.reject(new Error('the database is gone')),
    });
    const isLive = vi.fn(async () => false);
    const reader = untilEnded(failing, PERSON, { isLive }, 5).getReader();
    await expect(reader.read()).rejects.toThrow('the database is gone');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(unhandled).not.toHaveBeenCalled();
    expect(isLive).not.toHaveBeenCalled();
  });
});
