/** Notices what happens: alerts that came or went become cases, and events get their positions. */
import type { Central } from '@retap/central';
import type { Time } from '@retap/model';
import { Beat } from './beat.ts';
import type { Log } from './log.ts';

/** How long an alert or an event may wait where nothing has woken us: it may be another process's. */
const NOTICE_MS = 1_000;

export interface NoticingOptions {
  readonly central: Pick<Central, 'alertWork' | 'events'>;
  readonly now: () => Time;
  readonly log: Log;
}

export function startNoticing({ central, now, log }: NoticingOptions): Beat {
  const work = async (): Promise<boolean> => {
    const watched = await central.alertWork.watch(now());
    const placed = await central.events.place();
    return watched !== null || placed > 0;
  };
  return new Beat({ name: 'notice', work, log, pauseMs: NOTICE_MS });
}
