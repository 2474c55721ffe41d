/** The contract, and the wallet's own store, for a page of Chromium. */
import { openDatabase } from '../../src/edges/database.ts';
import { phoneStore } from '../../src/edges/store.ts';
import { CONTRACT } from './contract.ts';

/** @returns what broke; empty: nothing */
async function runContract(run = 'first'): Promise<string[]> {
  const broken: string[] = [];
  for (const [name, keep] of Object.entries(CONTRACT)) {
    const database = await openDatabase(`${run} ${name}`);
    await keep(phoneStore(database)).catch((error: unknown) => broken.push(`${name}: ${error}`));
    database.close();
  }
  return broken;
}

/** With what durability each transaction that writes was begun. */
async function durabilities(): Promise<(string | undefined)[]> {
  const seen: (string | undefined)[] = [];
  const { transaction } = IDBDatabase.prototype;
  IDBDatabase.prototype.transaction = function (stores, mode, options) {
    if (mode === 'readwrite') seen.push(options?.durability);
    return transaction.call(this, stores, mode, options);
  };
  await runContract('second');
  IDBDatabase.prototype.transaction = transaction;
  return seen;
}

/** A transaction that the browser gives up, with an error's name. @returns the code that the store says */
async function failingWith(name: string): Promise<string> {
  const database = await openDatabase('failing');
  const { put } = IDBObjectStore.prototype;
  IDBObjectStore.prototype.put = () => {
    throw new DOMException('no', name);
  };
  const error: unknown = await phoneStore(database)
    .commit({ document: { version: 1 } as never })
    .catch((reason: unknown) => reason);
  IDBObjectStore.prototype.put = put;
  database.close();
  return (error as { code: string }).code;
}

Object.assign(globalThis, { runContract, durabilities, failingWith });
