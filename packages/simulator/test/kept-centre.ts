/** A centre of a few lines: keeps what is whole, once each, and knows what it has acknowledged. */
import type { JournalRecord } from '@retap/model';
import { parseBatch } from '@retap/protocol';
import { City, type CityOptions, type CityWatch } from '../src/index.ts';

export interface KeptCentre {
  readonly city: City;
  /** In order of arrival, as often as they arrived. */
  readonly received: readonly JournalRecord[];
  readonly kills: number;
  readonly restarts: number;
  /** What terminals were told is kept, and is not. */
  readonly unkept: readonly string[];
}

/** Lives a city to its end with such a centre. */
export async function livedWithCentre(options: CityOptions): Promise<KeptCentre> {
  const received: JournalRecord[] = [];
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
  const city = await City.found(options, watch, centre);
  for await (const event of city.events()) if (event.kind === 'journal') continue;
  return { city, received, kills, restarts, unkept };
}
