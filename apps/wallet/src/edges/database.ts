/** The one IndexedDB database of the wallet, with everything that this phone knows. */
import type { ForeignBatch, Item, JournalEntry, PhoneDocument } from '@retap/phone';
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';

interface WalletSchema extends DBSchema {
  /** One row, under the key `document`. */
  document: { key: string; value: PhoneDocument };
  journal: { key: number; value: JournalEntry };
  foreign: { key: string; value: ForeignBatch };
  items: { key: string; value: Item; indexes: { serial: number } };
  /** `phone`: the key pair; its private part can be used and not read. */
  keys: { key: string; value: CryptoKeyPair };
  /** What says who holds this phone: digest of the PIN, number of a passkey; `room`: nothing, of a certain length. */
  holder: { key: string; value: unknown };
}

export type WalletDatabase = IDBPDatabase<WalletSchema>;

const NAME = 'retap-wallet';
const VERSION = 1;

/** @param name another one in tests */
export function openDatabase(name = NAME): Promise<WalletDatabase> {
  return openDB<WalletSchema>(name, VERSION, {
    upgrade(database) {
      database.createObjectStore('document');
      database.createObjectStore('journal', { keyPath: 'serial' });
      database.createObjectStore('foreign', { keyPath: 'id' });
      database.createObjectStore('items', { keyPath: 'id' }).createIndex('serial', 'serial');
      database.createObjectStore('keys');
      database.createObjectStore('holder');
    },
  });
}
