/** Full processing: received, recorded, reconciled; one batch after the other, or as in service with uploads in flight. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Central, openCentral, type ReceivedBatch } from '@retap/central';
import { Reconciliation, Uploads, UploadsFull } from '@retap/central-service';
import type { Shell } from '../shell.ts';
import type { Workload } from './workload.ts';

export interface Processed {
  readonly perSecond: number;
  /** Share of the records that were decided on the careful path. */
  readonly careful: number;
  /** From handing over to the acknowledgement, of each batch, in milliseconds. */
  readonly acknowledgedMs: readonly number[];
}

type Feed = (central: Central, workload: Workload) => Promise<readonly number[]>;

/** One batch after the other, each reconciled before the next. */
export function inTurn(database: string, workload: Workload, shell: Shell): Promise<Processed> {
  return processed(database, workload, shell, async (central) => {
    const acknowledgedMs: number[] = [];
    for (const batch of workload.batches) {
      const since = shell.elapsed();
      await central.receive([batch]);
      acknowledgedMs.push(shell.elapsed() - since);
      while ((await central.reconcile()) > 0);
    }
    return acknowledgedMs;
  });
}

/** The way of uploads in the service, less HTTP: so many of them wait for their acknowledgement at any time. */
export function inFlight(database: string, workload: Workload, flights: number, shell: Shell): Promise<Processed> {
  return processed(database, workload, shell, (central) => fly(central, workload.batches, flights, shell.elapsed));
}

/** Comes again soon, where a terminal would take longer. */
const AGAIN_MS = 20;

/** @returns from handing over to the acknowledgement, of each batch, in milliseconds */
export async function fly(
  central: Central,
  batches: readonly ReceivedBatch[],
  flights: number,
  elapsed: () => number,
): Promise<readonly number[]> {
  const reconciliation = new Reconciliation({ reconcile: () => central.reconcile(), log: () => {}, processors: 1 });
  const uploads = new Uploads({
    receive: (group) => central.receive(group),
    onReceived: () => reconciliation.wake(),
    elapsed,
  });
  const acknowledgedMs: number[] = [];
  let next = 0;
  const send = async (): Promise<void> => {
    for (let batch = batches[next++]; batch; batch = batches[next++]) {
      const since = elapsed();
      await offered(central, uploads, batch);
      acknowledgedMs.push(elapsed() - since);
    }
  };
  try {
    await Promise.all(Array.from({ length: flights }, send));
  } finally {
    await uploads.settled();
    await reconciliation.stop();
  }
  while ((await central.reconcile()) > 0);
  return acknowledgedMs;
}

async function offered(central: Central, uploads: Uploads, batch: ReceivedBatch): Promise<void> {
  for (;;) {
    try {
      uploads.admit();
      await central.verify(batch);
      await uploads.offer(batch);
      return;
    } catch (error) {
      if (!(error instanceof UploadsFull)) throw error;
      await sleep(AGAIN_MS);
    }
  }
}

async function processed(database: string, workload: Workload, shell: Shell, feed: Feed): Promise<Processed> {
  const central = await openCentral({ database, now: shell.now });
  try {
    const before = await stored(central, 0);
    const start = shell.elapsed();
    const acknowledgedMs = await feed(central, workload);
    const seconds = (shell.elapsed() - start) / 1_000;
    await stored(central, before + workload.records);
    const { careful, records } = central.operations.rounds();
    return { perSecond: workload.records / seconds, careful: careful / records, acknowledgedMs };
  } finally {
    await central.close();
  }
}

/** @returns how many records there are @throws where it is not as it must be: the figures would mean nothing */
async function stored(central: Central, records: number): Promise<number> {
  const totals = await central.totals(0);
  if (totals.records !== records && records > 0)
    throw new Error(`the centre has ${totals.records} of ${records} records`);
  if (totals.waiting > 0) throw new Error(`${totals.waiting} records still wait`);
  if (totals.quarantined > 0) throw new Error(`${totals.quarantined} records were refused`);
  return totals.records;
}
