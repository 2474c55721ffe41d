/** Recording over memory. */
import { identityOf } from '@retap/model';
import { sameRecord } from '@retap/protocol';
import type { Joined, JournalRun, Runs, SerialsAsked } from '../receive/journal-runs.ts';
import type { Arrival, RecordStore } from '../receive/record.ts';
import type { Tables } from './tables.ts';

export class MemoryRecordStore implements RecordStore {
  readonly #tables: Tables;

  constructor(tables: Tables) {
    this.#tables = tables;
  }

  async runs(serials: SerialsAsked): Promise<Runs> {
    return new Map([...serials.keys()].map((terminal) => [terminal, this.#tables.runs.get(terminal) ?? []]));
  }

  async insert(fresh: readonly Arrival[]): Promise<void> {
    for (const arrival of fresh) {
      if (this.#tables.rows.has(identityOf(arrival.record))) {
        throw new Error(`record ${identityOf(arrival.record)} is stored already`);
      }
      this.#tables.insert(arrival);
    }
  }

  async writeRuns({ swallowed, kept, disordered }: Joined): Promise<void> {
    const gone = new Set(swallowed.map(startOf));
    const now = new Set(kept.map(startOf));
    for (const terminal of new Set([...swallowed, ...kept].map((run) => run.terminal))) {
      const others = (this.#tables.runs.get(terminal) ?? []).filter(
        (run) => !gone.has(startOf(run)) && !now.has(startOf(run)),
      );
      const own = kept.filter((run) => run.terminal === terminal);
      this.#tables.runs.set(
        terminal,
        [...others, ...own].sort((a, b) => a.first - b.first),
      );
    }
    for (const { terminal, serial } of disordered) {
      this.#tables.disordered.set(identityOf({ terminal, serial }), { terminal, serial });
    }
  }

  async differing(arrivals: readonly Arrival[]): Promise<readonly Arrival[]> {
    return arrivals.filter(({ record }) => !sameRecord(this.#tables.of(record).record, record));
  }

  async insertConflicts(arrivals: readonly Arrival[]): Promise<void> {
    for (const { record } of arrivals) {
      const { terminal, serial } = record;
      this.#tables.conflicts.set(identityOf(record), { terminal, serial });
    }
  }
}

function startOf({ terminal, first }: JournalRun): string {
  return `${terminal}-${first}`;
}
