/** Lives a city to its end and keeps what the centre would have got. */
import { createHash } from 'node:crypto';
import type { JournalRecord } from '@retap/model';
import { parseBatch } from '@retap/protocol';
import { type OracleReport, oracle } from '@retap/testkit';
import { City, type CityOptions, type Delivery } from '../src/index.ts';

export const HOUR = 3_600_000;

export interface Lived {
  readonly city: City;
  /** Records in order of arrival, as often as they arrived. */
  readonly received: JournalRecord[];
  readonly deliveries: Delivery[];
  readonly digest: string;
}

/** @param watch called with each delivery as it arrives, and what was received up to it */
export async function lived(
  options: CityOptions,
  watch: (delivery: Delivery, received: readonly JournalRecord[]) => void = () => {},
): Promise<Lived> {
  const city = await City.found(options);
  const hash = createHash('sha256');
  const received: JournalRecord[] = [];
  const deliveries: Delivery[] = [];
  for await (const event of city.events()) {
    hash.update(`${event.kind} ${event.at} ${event.terminal} `).update(event.bytes);
    if (event.kind !== 'delivery') continue;
    deliveries.push(event);
    if (!event.isCut) for (const { record } of parseBatch(event.bytes).records) received.push(record);
    watch(event, received);
  }
  return { city, received, deliveries, digest: hash.digest('hex') };
}

export function reportOf(records: readonly JournalRecord[], asOf: number, clockTolerance = 120_000): OracleReport {
  return oracle(records, { asOf, maxDelay: 72 * HOUR, clockTolerance, minimumBalance: 0 });
}

/** A city in which as much goes wrong as honest equipment allows. */
export const HARSH = {
  tornShare: 0.15,
  declinedShare: 0.05,
  powerCutShare: 0.03,
  offlineShare: 0.3,
  offlineHoursMax: 66,
  uploadCutShare: 0.1,
  acknowledgementLostShare: 0.1,
  uploadRepeatShare: 0.2,
} as const;
