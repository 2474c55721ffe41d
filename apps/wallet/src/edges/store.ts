/** The phone's store in IndexedDB. A commit is one strict transaction: the browser says done when the disk has it. */
import { type PhoneStore, PhoneStoreError, type StoreChange, type Stored } from '@retap/phone';
import type { WalletDatabase } from './database.ts';

const STORES = ['document', 'journal', 'foreign', 'items'] as const;
const DOCUMENT = 'document';

export function phoneStore(database: WalletDatabase): PhoneStore {
  return {
    load: () => told(() => load(database)),
    version: () => told(async () => (await database.get(DOCUMENT, DOCUMENT))?.version ?? 0),
    commit: (change) => told(() => commit(database, change)),
  };
}

async function load(database: WalletDatabase): Promise<Stored | null> {
  // One transaction: what it sees is of one version.
  const transaction = database.transaction(STORES, 'readonly');
  const [document, journal, foreign, items] = await Promise.all([
    transaction.objectStore('document').get(DOCUMENT),
    transaction.objectStore('journal').getAll(),
    transaction.objectStore('foreign').getAll(),
    transaction.objectStore('items').index('serial').getAll(),
  ]);
  return document ? { document, journal, foreign, items: items.reverse() } : null;
}

async function commit(database: WalletDatabase, change: StoreChange): Promise<void> {
  const {
    document,
    journal = [],
    journalAcknowledgedTo = 0,
    foreign = [],
    foreignAcknowledged = [],
    items = [],
  } = change;
  const transaction = database.transaction(STORES, 'readwrite', { durability: 'strict' });
  const documents = transaction.objectStore('document');
  const entries = transaction.objectStore('journal');
  const batches = transaction.objectStore('foreign');
  const lines = transaction.objectStore('items');
  const version = (await documents.get(DOCUMENT))?.version ?? 0;
  if (version !== document.version - 1) {
    transaction.abort();
    await transaction.done.catch(() => {});
    const what = `the wallet is at version ${version}, not ${document.version - 1}: another tab wrote since`;
    throw new PhoneStoreError('store-stale', what);
  }
  const written: Promise<unknown>[] = [documents.put(document, DOCUMENT)];
  for (const each of journal) written.push(entries.put(each));
  if (journalAcknowledgedTo > 0) written.push(entries.delete(IDBKeyRange.upperBound(journalAcknowledgedTo)));
  for (const each of foreign) written.push(batches.put(each));
  for (const id of foreignAcknowledged) written.push(batches.delete(id));
  for (const each of items) written.push(lines.put(each));
  // All of them are waited for: of one that failed alone the others' refusals would be nobody's.
  const [done, ...rest] = await Promise.allSettled([transaction.done, ...written]);
  const failed = [...rest, done].find((each) => each.status === 'rejected' && !isAborted(each.reason)) ?? done;
  if (failed.status === 'rejected') throw failed.reason;
}

const isAborted = (error: unknown): boolean => error instanceof DOMException && error.name === 'AbortError';

/** @throws PhoneStoreError whatever the browser throws */
async function told<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof PhoneStoreError) throw cause;
    const isFull = cause instanceof Error && cause.name === 'QuotaExceededError';
    const what = isFull ? 'this phone has no room left for the wallet' : `the browser’s storage failed: ${cause}`;
    throw new PhoneStoreError(isFull ? 'store-full' : 'store-failed', what, { cause });
  }
}
