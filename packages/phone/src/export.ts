/** What the centre has not acknowledged, as a file: the last resort where there will be no network from this phone. */
import type { JournalEntry, PhoneKey, Stored } from './port.ts';
import { sealed } from './sealed.ts';

/** Records in one batch: far below what a batch may have. */
const BATCH_RECORDS = 100;

/** A sequence of signed batches, as `retap upload` takes it. Empty where there is nothing. */
export async function exported({ document, journal, foreign }: Stored, key: PhoneKey): Promise<Uint8Array> {
  const parts = foreign.map(({ batch }) => batch);
  for (const run of runsOf(journal)) parts.push(await sealed(document.terminal, run, key));
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/**
 * Ascending, each at most {@link BATCH_RECORDS} long.
 * @param isAlone of an entry that goes by itself; default: none does
 */
export function runsOf(
  journal: readonly JournalEntry[],
  isAlone: (entry: JournalEntry) => boolean = () => false,
): [JournalEntry, ...JournalEntry[]][] {
  const runs: [JournalEntry, ...JournalEntry[]][] = [];
  for (const entry of [...journal].sort((a, b) => a.serial - b.serial)) {
    const run = runs.at(-1);
    const last = run?.at(-1);
    const isNext = last !== undefined && last.serial === entry.serial - 1 && !isAlone(last) && !isAlone(entry);
    if (run && isNext && run.length < BATCH_RECORDS) run.push(entry);
    else runs.push([entry]);
  }
  return runs;
}
