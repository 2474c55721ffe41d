/** The phone's ports, as this browser has them. */
import type { PhoneOptions } from '@retap/phone';
import { openDatabase, type WalletDatabase } from './database.ts';
import { phoneKey, randomBytes, sha256, verify } from './key.ts';
import { locked } from './lock.ts';
import { phoneStore } from './store.ts';

export interface Opened {
  readonly database: WalletDatabase;
  readonly options: PhoneOptions;
}

export async function openPorts(): Promise<Opened> {
  const database = await openDatabase();
  const key = await phoneKey(database);
  const store = phoneStore(database);
  return {
    database,
    options: { store, key, verify, sha256, clock: Date.now, random: randomBytes, lock: locked },
  };
}
