/** What the bench feeds: the records of a simulated city in the order of their uploads, cut into pieces. */
import type { JournalRecord } from '@retap/model';
import { formatRecord, parseBatch } from '@retap/protocol';
import { City } from '@retap/simulator';

export interface Workload {
  readonly records: readonly JournalRecord[];
  readonly pieces: readonly Uint8Array[];
}

/** Records a medium has, roughly: enough for chains, and as many accounts as a city of this many taps. */
const RECORDS_A_MEDIUM = 6;

export async function workloadOf(seed: string, wanted: number, recordsAPiece: number): Promise<Workload> {
  const media = Math.max(20, Math.ceil(wanted / RECORDS_A_MEDIUM));
  const terminals = Math.max(4, Math.ceil(media / 50));
  const city = await City.found({ seed, days: Number.POSITIVE_INFINITY, media, terminals });
  const records: JournalRecord[] = [];
  for await (const event of city.events()) {
    if (event.kind !== 'journal') continue;
    for (const { record } of parseBatch(event.bytes).records) records.push(record);
    if (records.length >= wanted) break;
  }
  records.length = Math.min(records.length, wanted);
  const pieces: Uint8Array[] = [];
  for (let from = 0; from < records.length; from += recordsAPiece) {
    const lines = records.slice(from, from + recordsAPiece).map((record) => `${formatRecord(record)}\n`);
    pieces.push(new TextEncoder().encode(lines.join('')));
  }
  return { records, pieces };
}
