/** A phone's store in memory: for tests. What a power cut leaves is what each commit resolved for. */
import {
  type ForeignBatch,
  type Item,
  type JournalEntry,
  type PhoneDocument,
  type PhoneStore,
  PhoneStoreError,
  type StoreChange,
  type Stored,
} from './port.ts';

/** All that was committed. */
export interface MemoryContents {
  readonly document: PhoneDocument;
  readonly journal: ReadonlyMap<number, JournalEntry>;
  readonly foreign: ReadonlyMap<string, ForeignBatch>;
  readonly items: ReadonlyMap<string, Item>;
}

export class MemoryPhoneStore implements PhoneStore {
  /** Replaced as a whole, so that a copy of the phone is a copy of this. */
  contents: MemoryContents | null = null;
  /** While true there is no room. */
  isFull = false;
  /** The phone is killed at the next commit: before it is written, or after, its answer never comes. */
  killedAt: 'before' | 'after' | null = null;
  /** Commits that were written. */
  commits = 0;

  async load(): Promise<Stored | null> {
    if (this.contents === null) return null;
    const { document, journal, foreign, items } = this.contents;
    return {
      document,
      journal: [...journal.values()],
      foreign: [...foreign.values()],
      items: [...items.values()].sort((a, b) => b.serial - a.serial),
    };
  }

  async version(): Promise<number> {
    return this.contents?.document.version ?? 0;
  }

  async commit(change: StoreChange): Promise<void> {
    if (this.killedAt === 'before') throw new PhoneKilled();
    if (this.isFull) throw new PhoneStoreError('store-full', 'no room in memory');
    // Looked at and written in one go: of two at a time one is stale, as it is in a browser.
    if (change.document.version !== (this.contents?.document.version ?? 0) + 1) {
      throw new PhoneStoreError('store-stale', `version ${change.document.version} is not the next one`);
    }
    this.contents = contentsAfter(this.contents, change);
    this.commits += 1;
    if (this.killedAt === 'after') throw new PhoneKilled();
  }
}

/** Nothing of the phone goes on after it. */
export class PhoneKilled extends Error {
  override readonly name = 'PhoneKilled';
}

function contentsAfter(before: MemoryContents | null, change: StoreChange): MemoryContents {
  const journal = new Map(before?.journal);
  const foreign = new Map(before?.foreign);
  const items = new Map(before?.items);
  for (const serial of journal.keys()) if (serial <= (change.journalAcknowledgedTo ?? 0)) journal.delete(serial);
  for (const entry of change.journal ?? []) journal.set(entry.serial, entry);
  for (const id of change.foreignAcknowledged ?? []) foreign.delete(id);
  for (const each of change.foreign ?? []) foreign.set(each.id, each);
  for (const item of change.items ?? []) items.set(item.id, item);
  return { document: change.document, journal, foreign, items };
}
