/** A city lived to its end: all that its terminals send, and what the centre must make of it. */
import type { JournalRecord } from '@retap/model';
import { parseBatch } from '@retap/protocol';
import { City, type CityOptions, type Delivery, type Truth } from '@retap/simulator';
import { type OracleReport, oracle } from '@retap/testkit';

const HOUR = 3_600_000;

/** As much as honest equipment allows, so that most media go the careful way. */
const HARSH = {
  tornShare: 0.15,
  declinedShare: 0.05,
  powerCutShare: 0.03,
  offlineShare: 0.3,
  offlineHoursMax: 66,
  uploadCutShare: 0.1,
  acknowledgementLostShare: 0.1,
  uploadRepeatShare: 0.2,
} as const;

export interface LivedCity {
  /** In order of virtual time: whole, repeated and cut off. */
  readonly deliveries: readonly Delivery[];
  readonly truth: Truth;
  /** The state of the specification once all has arrived, by the oracle. */
  readonly expected: OracleReport;
}

export async function livedCity(options: CityOptions): Promise<LivedCity> {
  const city = await City.found({ faults: HARSH, ...options });
  const deliveries: Delivery[] = [];
  const records: JournalRecord[] = [];
  for await (const event of city.events()) {
    if (event.kind !== 'delivery') continue;
    deliveries.push(event);
    if (!event.isCut) for (const { record } of parseBatch(event.bytes).records) records.push(record);
  }
  const truth = city.truth();
  const configuration = { maxDelay: 72 * HOUR, clockTolerance: 120_000, minimumBalance: 0 };
  return { deliveries, truth, expected: oracle(records, { asOf: truth.asOf, ...configuration }) };
}
