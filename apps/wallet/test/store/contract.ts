/** What every store of a phone does, in memory or in a browser: run in Node and, bundled, in Chromium. It imports no test runner. */
import { type Amount, amountOf, firstAccount } from '@retap/model';
import {
  type Item,
  type JournalEntry,
  type PhoneDocument,
  type PhoneStore,
  PhoneStoreError,
  type PhoneStoreErrorCode,
  type Stored,
} from '@retap/phone';

/** Each with a store that nothing was written to. It throws where the contract is broken. */
export const CONTRACT: Readonly<Record<string, (store: PhoneStore) => Promise<void>>> = {
  'nothing written → null, version 0': async (store) => {
    same(await store.load(), null);
    same(await store.version(), 0);
  },
  'what is committed is there, newest item first': async (store) => {
    const foreign = [{ id: '9-1', batch: Uint8Array.of(1, 2) }];
    await store.commit({
      document: documentOf(1),
      journal: [entry(1)],
      foreign,
      items: [item(1), item(10), item(2)],
    });
    const stored = await loaded(store);
    same(stored.document, documentOf(1));
    same(stored.journal, [entry(1)]);
    same(stored.foreign, foreign);
    same(
      stored.items.map(({ serial }) => serial),
      [10, 2, 1],
    );
    same([...(stored.foreign[0]?.batch ?? [])], [1, 2]);
    same(await store.version(), 1);
  },
  'on top of another version → stale, and nothing of it is written': async (store) => {
    await store.commit({ document: documentOf(1) });
    for (const version of [1, 3]) {
      await refused(
        'store-stale',
        store.commit({ document: documentOf(version), items: [item(1)], journal: [entry(1)] }),
      );
    }
    const { document, items, journal } = await loaded(store);
    same([document.version, items.length, journal.length], [1, 0, 0]);
  },
  'two at a time on one version → one of them': async (store) => {
    await store.commit({ document: documentOf(1) });
    const both = await Promise.allSettled([
      store.commit({ document: documentOf(2), items: [item(1)] }),
      store.commit({ document: documentOf(2), items: [item(2)] }),
    ]);
    same(both.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
    same((await loaded(store)).items.length, 1);
  },
  'what is acknowledged goes, what is put again takes the place': async (store) => {
    const foreign = ['9-1', '9-2'].map((id) => ({ id, batch: Uint8Array.of(1) }));
    await store.commit({ document: documentOf(1), journal: [entry(1), entry(2), entry(3)], foreign, items: [item(1)] });
    await store.commit({
      document: documentOf(2),
      journal: [entry(4)],
      journalAcknowledgedTo: 2,
      foreignAcknowledged: ['9-1'],
      items: [{ ...item(1), state: 'reported' }],
    });
    const stored = await loaded(store);
    same(
      stored.journal.map(({ serial }) => serial),
      [3, 4],
    );
    same(
      stored.foreign.map(({ id }) => id),
      ['9-2'],
    );
    same(
      stored.items.map(({ state }) => state),
      ['reported'],
    );
  },
};

async function loaded(store: PhoneStore): Promise<Stored> {
  const stored = await store.load();
  if (stored === null) throw new Error('nothing is stored');
  return stored;
}

async function refused(code: PhoneStoreErrorCode, promise: Promise<void>): Promise<void> {
  const error: unknown = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  same(error instanceof PhoneStoreError ? error.code : String(error), code);
}

function same(found: unknown, expected: unknown): void {
  const [a, b] = [JSON.stringify(found), JSON.stringify(expected)];
  if (a !== b) throw new Error(`found ${a}, not ${b}`);
}

const NOTHING: Amount = amountOf(0);

function documentOf(version: number): PhoneDocument {
  return {
    ...{
      version,
      terminal: 7,
      kind: 'person',
      name: 'Ana',
      centre: new Uint8Array(32),
      certificate: new Uint8Array(3),
    },
    ...{ account: firstAccount('P7', NOTHING, 1, 7), lastSerial: 1, lastRecordTime: 1, link: 'AB', requestNumber: 0 },
    ...{ openRequest: null, actionSerial: 0, isBlocked: false, standing: 'active', denied: [], wishes: [], saidAt: 0 },
    ...{ heardAt: null, clockOffset: null, mebibytePrice: NOTHING, bytesSent: 0, bytesReceived: 0 },
  };
}

function entry(serial: number): JournalEntry {
  return { serial, record: { terminal: 7, serial } as JournalEntry['record'], before: 'AB' };
}

function item(serial: number): Item {
  return {
    ...{ id: `7-${serial}`, serial, kind: 'payment', amount: NOTHING, balance: NOTHING, time: serial },
    ...{ state: 'unreported', other: null, note: '', product: null, validUntil: null, refersTo: null },
    ...{
      refunded: NOTHING,
      requestNumber: null,
      batch: null,
      certificate: null,
      otherBatch: null,
      otherCertificate: null,
    },
  };
}
