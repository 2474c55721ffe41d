/** Publishes by itself what has changed: a block that was approved reaches the terminals though nobody runs a command. */
import type { Lists } from '@retap/central';
import type { Time } from '@retap/model';
import { LIST_KINDS, type Sign } from '@retap/protocol';
import { Beat } from '../beat.ts';
import type { Log } from '../log.ts';

/** A database of which nobody has heard for so long may be an old backup, that has forgotten versions which terminals hold. */
const QUIET_MS = 120_000;
/** Until then every terminal that is online has said what it holds: it does so each hour. */
const HOLD_MS = 70 * 60_000;

export interface PublishingOptions {
  readonly lists: Pick<Lists, 'publish' | 'heardAt'>;
  readonly sign: Sign;
  readonly validMs: number;
  readonly everyMs: number;
  readonly now: () => Time;
  readonly log: Log;
}

export function startPublishing({ lists, sign, validMs, everyMs, now, log }: PublishingOptions): Beat {
  /** Null until it is known. */
  let heldUntil: Time | null = null;
  const started = now();
  const work = async (): Promise<boolean> => {
    if (heldUntil === null) {
      heldUntil = holdUntil(await lists.heardAt(), started);
      if (heldUntil > now()) log('warn', 'publishing-waits', { until: new Date(heldUntil).toISOString() });
    }
    if (heldUntil > now()) return false;
    for (const kind of LIST_KINDS) {
      const published = await lists.publish(kind, { sign, validMs });
      if (published?.isNew) log('info', 'list-published', { kind, version: published.list.version });
    }
    return false;
  };
  return new Beat({ name: 'publish', work, log, pauseMs: everyMs, pauseMsMax: Math.max(everyMs, 30_000) });
}

/** @param heardAt when the database last heard of a terminal; null: there never was one, and none can hold anything */
function holdUntil(heardAt: Time | null, started: Time): Time {
  return heardAt !== null && started - heardAt > QUIET_MS ? started + HOLD_MS : started;
}
