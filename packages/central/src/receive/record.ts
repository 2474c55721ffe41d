/** Record: each record once, for ever; the first received stands (spec, "Records"). */
import type { JournalRecord } from '@retap/model';
import type { PositionedRecord } from '@retap/protocol';
import { sameRecord } from '@retap/protocol';
import type { ChainClaim } from '../registry/chain.ts';
import { extendedRuns, isInRun, type Joined, type Runs, type SerialsAsked } from './journal-runs.ts';

export interface BatchToRecord {
  readonly receipt: number;
  readonly records: readonly PositionedRecord[];
  /** What the batch says of its journal's hash chain; nothing where it is not signed. */
  readonly claims: readonly ChainClaim[];
}

/** A record as it arrived: which batch, and where in it. */
export interface Arrival extends PositionedRecord {
  readonly receipt: number;
}

/**
 * Keeps each record once: of an identity the first arrival stands, and a later one that says something else is a conflict.
 * @param batches in order of receipt, none of them recorded before, none missing between
 * @returns what is new
 */
export async function record(store: RecordStore, batches: readonly BatchToRecord[]): Promise<readonly Arrival[]> {
  const { first, repeats } = firstArrivals(batches);
  const runs = await store.runs(first);
  const fresh: Arrival[] = [];
  for (const [terminal, arrivals] of first) {
    for (const [serial, arrival] of arrivals) {
      if (!isInRun(runs, terminal, serial)) fresh.push(arrival);
      else repeats.push({ arrival, standing: null });
    }
  }
  await store.insert(fresh);
  await store.writeRuns(extendedRuns(runs, fresh));
  await store.insertConflicts(await conflicting(store, repeats));
  return fresh;
}

/** What recording asks of what is stored, and what it writes. */
export interface RecordStore {
  /** The runs that hold or touch one of these serials. */
  runs(serials: SerialsAsked): Promise<Runs>;
  /** None of these is stored. */
  insert(fresh: readonly Arrival[]): Promise<void>;
  writeRuns(joined: Joined): Promise<void>;
  /** Of these, whose identities are all stored, the ones that say something else. */
  differing(arrivals: readonly Arrival[]): Promise<readonly Arrival[]>;
  insertConflicts(arrivals: readonly Arrival[]): Promise<void>;
}

/** Of each identity the first arrival; `standing` is what a repeat must equal, null where it is in the database. */
interface Repeat {
  readonly arrival: Arrival;
  readonly standing: JournalRecord | null;
}

function firstArrivals(batches: readonly BatchToRecord[]) {
  const first = new Map<number, Map<number, Arrival>>();
  const repeated: Arrival[] = [];
  for (const { receipt, records } of batches) {
    for (const { position, record } of records) {
      let ofTerminal = first.get(record.terminal);
      if (!ofTerminal) {
        ofTerminal = new Map();
        first.set(record.terminal, ofTerminal);
      }
      const arrival = { receipt, position, record };
      if (ofTerminal.has(record.serial)) repeated.push(arrival);
      else ofTerminal.set(record.serial, arrival);
    }
  }
  // Whether the first of this call or one in the database stands is known later; both are compared where both exist.
  const repeats: Repeat[] = repeated.map((arrival) => ({
    arrival,
    standing: first.get(arrival.record.terminal)?.get(arrival.record.serial)?.record ?? null,
  }));
  return { first, repeats };
}

async function conflicting(store: RecordStore, repeats: readonly Repeat[]): Promise<readonly Arrival[]> {
  const found = new Set(
    repeats.filter(({ arrival, standing }) => standing && !sameRecord(standing, arrival.record)).map((r) => r.arrival),
  );
  const stored = repeats.filter(({ standing }) => standing === null).map((r) => r.arrival);
  for (const arrival of await store.differing(stored)) found.add(arrival);
  return [...found];
}
