/** How the site is just now, over HTTP (docs/console.md, "Today"). */
import { type Central, EVENT_TYPES, type EventType, may } from '@retap/central';
import type { Time } from '@retap/model';
import { z } from 'zod';
import type { Api } from './api/api.ts';
import type { Caller } from './api/caller.ts';
import { TIME, wholeNumber } from './api/shapes.ts';
import { businessDayOf } from './business-day.ts';
import { FLEET } from './metrics/of-centre.ts';

export interface TodayRouteOptions {
  readonly central: Central;
  readonly now: () => Time;
}

const DAY_MS = 86_400_000;
const WEEK_DAYS = 7;

const COUNT = z.int().min(0);
const DOUBT = z.object({ count: COUNT, amount: z.int().describe('Σ |amount|, in minor units') });
const MINUTES = z.object({
  from: TIME,
  until: TIME.describe('End of the business day'),
  counts: z.array(COUNT).describe('Transactions by the minute of their time, as far as they are received'),
});

const TODAY = z.object({
  at: TIME,
  taps: z
    .object({ today: MINUTES, before: MINUTES.describe('The same weekday a week ago'), lastDay: COUNT })
    .nullable()
    .describe('Null while a process that has just begun still reads the last days: ask again'),
  doubt: z.object({ all: DOUBT, lastDay: DOUBT }),
  queue: z.object({ batches: COUNT, oldestMs: z.int().nullable() }),
  terminals: z.object({
    active: COUNT,
    silent: COUNT,
    silentMs: z.int().describe('Not heard of for so long is silent'),
    clockOff: COUNT,
    licenceEnding: COUNT,
    licenceExpired: COUNT,
    withMissing: COUNT,
  }),
  cases: z.record(z.string(), COUNT).describe('Open alert cases by state, without those silenced'),
  news: z.object({
    last: COUNT.describe('Pass it as `since` the next time'),
    counts: z.record(z.string(), COUNT).describe('Events after `since`, by type'),
  }),
});

export function addTodayRoutes(api: Api, { central, now }: TodayRouteOptions): void {
  api.add(
    {
      ...{ method: 'get', path: '/today', operationId: 'today', tag: 'state', access: 'see-totals' },
      summary:
        'How the site is just now: taps by the minute against the same weekday before, doubt, queue, terminals, alerts',
      query: { since: wholeNumber(0, Number.MAX_SAFE_INTEGER).optional() },
      answers: { 200: { description: 'As of now', schema: TODAY } },
    },
    async ({ c, caller, query: { since } }) => {
      const at = now();
      const settings = await central.site.settings();
      const [today, before] = [businessDayOf(at, settings), businessDayOf(at, settings, WEEK_DAYS)];
      const stretches = [{ ...today, until: at }, before, { from: at - DAY_MS, until: at }];
      const [taps, doubt, queue, fleet, open, news] = await Promise.all([
        central.today.taps(stretches, at),
        central.today.doubt(at - DAY_MS),
        central.operations.backlog(),
        central.operations.fleet(FLEET),
        central.alertGroups.open(), // without those that somebody has silenced
        central.today.news(since ?? null, seen(caller)),
      ]);
      const { silent, clockOff, licenceEnding, licenceExpired, withMissing } = fleet;
      const [ofToday, ofBefore, ofLastDay] = taps ?? [];
      return c.json({
        at,
        taps: taps && {
          today: { ...ofToday, until: today.until },
          before: { ...ofBefore, until: before.until },
          lastDay: ofLastDay?.counts.reduce((sum, count) => sum + count, 0) ?? 0,
        },
        doubt: { all: doubt.all, lastDay: doubt.recent },
        queue,
        terminals: {
          ...{ active: fleet.terminals.active ?? 0, silent, silentMs: FLEET.silentMs },
          ...{ clockOff, licenceEnding, licenceExpired, withMissing },
        },
        cases: open.cases,
        news,
      });
    },
  );
}

/** Events that whoever asks may hear of. */
function seen(caller: Caller): EventType[] {
  return (Object.keys(EVENT_TYPES) as EventType[]).filter((type) =>
    caller.kind === 'person' ? may(caller.roles, EVENT_TYPES[type]) : EVENT_TYPES[type].startsWith('see-'),
  );
}
