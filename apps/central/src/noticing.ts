/** Notices what happens: alerts that came or went become cases, copied phones are denied, and events get their positions. */
import type { Central } from '@retap/central';
import type { Time } from '@retap/model';
import { Beat } from './beat.ts';
import type { EventFeed } from './events/feed.ts';
import type { Log } from './log.ts';

/** Events are kept for so long, and not more of them than so many. */
const KEPT_MS = 30 * 86_400_000;
const KEPT_MAX = 1_000_000;
const FORGET_EVERY_MS = 600_000;
/** How long an alert or an event may wait where nothing has woken us: it may be another process's. */
const NOTICE_MS = 1_000;

export interface NoticingOptions {
  readonly central: Pick<Central, 'alertWork' | 'events' | 'transfers'>;
  readonly now: () => Time;
  readonly eventFeed: EventFeed;
  readonly log: Log;
}

export function startNoticing({ central, now, eventFeed, log }: NoticingOptions): Beat {
  let forgetAt = 0;
  const work = async (): Promise<boolean> => {
    const watched = await central.alertWork.watch(now());
    // Before events get their places: it is one of them.
    const denied = await central.transfers.denyCopied();
    const placed = await central.events.place();
    await eventFeed.refresh();
    if (now() >= forgetAt) {
      const forgotten = await central.events.forget({ before: now() - KEPT_MS, countMax: KEPT_MAX });
      if (forgotten === 0) forgetAt = now() + FORGET_EVERY_MS;
    }
    return watched !== null || placed > 0 || denied > 0;
  };
  return new Beat({ name: 'notice', work, log, pauseMs: NOTICE_MS });
}
