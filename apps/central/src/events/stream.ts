/** Server-sent events: what happens, by position, and the totals in between (WHATWG HTML, 9.2). */
import type { Event } from '@retap/central';
import type { EventFeed, Forgotten, Subscription } from './feed.ts';

/**
 * Both streams as one. A reader who is slow is not read for: events wait in the database, and of the totals the newest counts.
 * @param totals bytes as they are to be sent; where they end, all ends
 */
export function eventStream(
  totals: ReadableStream<Uint8Array>,
  feed: EventFeed,
  subscription: Omit<Subscription, 'signal'>,
): ReadableStream<Uint8Array> {
  const ending = new AbortController();
  const reader = totals.getReader();
  const events = feed.follow({ ...subscription, signal: ending.signal });
  let nextTotals: Promise<Uint8Array | null> | null = null;
  let nextEvent: Promise<Uint8Array | null> | null = null;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      nextTotals ??= reader.read().then(({ value }) => value ?? null);
      nextEvent ??= events.next().then(({ value }) => (value ? encoded(value) : null));
      const next = [
        nextTotals.then((value) => ['totals', value] as const),
        nextEvent.then((value) => ['events', value] as const),
      ];
      const [from, bytes] = await Promise.race(next).catch(async (error) => {
        // A stream that fails is not cancelled: nobody else lets go of what it reads.
        await end();
        throw error;
      });
      if (from === 'totals') nextTotals = null;
      else nextEvent = null;
      if (bytes !== null) return controller.enqueue(bytes);
      await end();
      controller.close();
    },
    cancel: end,
  });

  async function end(): Promise<void> {
    ending.abort();
    await reader.cancel();
    // One that was not read to the end is told so: else it would be counted as a follower for ever.
    await events.return();
  }
}

function encoded(item: Event | Forgotten): Uint8Array {
  const text =
    'forgotten' in item
      ? `event: forgotten\ndata: ${JSON.stringify({ upTo: item.forgotten })}\n\n`
      : `id: ${item.position}\nevent: ${item.type}\ndata: ${JSON.stringify(messageOf(item))}\n\n`;
  return new TextEncoder().encode(text);
}

/** An event as it is told, by whichever way. */
export function messageOf({ position, at, type, data }: Event): object {
  return { position, type, at, data };
}
