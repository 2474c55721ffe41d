/** A centre of a few lines: keeps what is whole, once each, and knows what it has acknowledged. */
import type { JournalRecord } from '@retap/model';
import { parseBatch } from '@retap/protocol';
import type { OracleReport } from '@retap/testkit';
import { City, type CityOptions, type CityWatch, isGranted } from '../src/index.ts';
import { HOUR, reportOf } from './lived.ts';

export interface KeptCentre {
  readonly city: City;
  /** In order of arrival, as often as they arrived. */
  readonly received: readonly JournalRecord[];
  /** When each arrived. */
  readonly receivedAt: readonly number[];
  readonly kills: number;
  readonly restarts: number;
  /** What terminals were told is kept, and is not. */
  readonly unkept: readonly string[];
}

/** Lives a city to its end with such a centre. */
export async function livedWithCentre(options: CityOptions): Promise<KeptCentre> {
  const received: JournalRecord[] = [];
  const receivedAt: number[] = [];
  const kept = new Set<string>();
  const unkept: string[] = [];
  let kills = 0;
  let restarts = 0;
  const centre = {
    receive: async (batches: readonly { readonly body: Uint8Array }[]) =>
      batches.map(({ body }) => {
        const { records } = parseBatch(body);
        for (const { record } of records) {
          received.push(record);
          receivedAt.push(city.now);
          kept.add(`${record.terminal}-${record.serial}`);
        }
        return { accepted: records.length, quarantined: [] };
      }),
    kill: async () => {
      kills += 1;
    },
    restart: async () => {
      restarts += 1;
    },
    tamper: async () => true,
  };
  const watch: CityWatch = {
    committed: () => undefined,
    served: () => undefined,
    acknowledged: (terminal, { from, to }) => {
      for (let serial = from; serial <= to; serial += 1) {
        if (!kept.has(`${terminal}-${serial}`)) unkept.push(`${terminal}-${serial}`);
      }
    },
  };
  const city: City = await City.found(options, watch, centre);
  for await (const event of city.events()) if (event.kind === 'journal') continue;
  return { city, received, receivedAt, kills, restarts, unkept };
}

/** Alerts twice a day, at the end, and when nothing is on its way any more. */
export function alertsOf({ city, received, receivedAt }: KeptCentre): OracleReport['alerts'] {
  const alerts: OracleReport['alerts'][number][] = [];
  let next = 0;
  for (const [index, at] of receivedAt.entries()) {
    if (at < next) continue;
    next = at + 12 * HOUR;
    alerts.push(...reportOf(received.slice(0, index), at).alerts);
  }
  const { asOf } = city.truth();
  return [...alerts, ...reportOf(received, asOf).alerts, ...reportOf(received, asOf + 1000 * HOUR).alerts];
}

/** Those of them that nothing has happened for. */
export function falseAlarmsOf(lived: KeptCentre): OracleReport['alerts'] {
  const { grants } = lived.city.truth();
  return alertsOf(lived).filter((alert) => !isGranted(alert, grants));
}
