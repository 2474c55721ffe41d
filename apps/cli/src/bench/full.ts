/** Full processing of an empty database: received, recorded, reconciled, as in service with uploads in flight. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Central, openCentral, type ReceivedBatch } from '@retap/central';
import { Reconciliation, UploadLate, Uploads, UploadsFull } from '@retap/central-service';
import { proven } from './proven.ts';
import type { BenchContext } from './suite.ts';
import type { Workload } from './workload.ts';

export interface Processed {
  readonly perSecond: number;
  /** Share of the records that were decided on the careful path. */
  readonly careful: number;
  /** From handing over to the acknowledgement, of each batch, in milliseconds. */
  readonly acknowledgedMs: readonly number[];
}

type Feed = (central: Central, workload: Workload) => Promise<readonly number[]>;

/** The way of uploads in the service, less HTTP: so many of them wait for their acknowledgement at any time. */
export function inFlight(
  database: string,
  workload: Workload,
  flights: number,
  context: BenchContext,
): Promise<Processed> {
  return processed(database, workload, context, (central) => {
    return fly(central, workload.batches, flights, context.shell.elapsed);
  });
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
  let turn = Promise.resolve();
  const send = async (): Promise<void> => {
    for (let batch = batches[next++]; batch; batch = batches[next++]) {
      const since = elapsed();
      // They arrive in the order of the traffic: what is out of order in it is there on purpose.
      const before = turn;
      let arrived = (): void => {};
      turn = new Promise((resolve) => {
        arrived = resolve;
      });
      await offered(central, uploads, batch, before, arrived);
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

async function offered(
  central: Central,
  uploads: Uploads,
  batch: ReceivedBatch,
  before: Promise<void>,
  onArrived: () => void,
): Promise<void> {
  for (;;) {
    try {
      uploads.admit();
      await central.verify(batch);
      await before;
      const acknowledged = uploads.offer(batch);
      onArrived();
      await acknowledged;
      return;
    } catch (error) {
      onArrived();
      // Whether it became durable is not known where it was late; sent again it is answered alike.
      if (!(error instanceof UploadsFull || error instanceof UploadLate)) throw error;
      await sleep(AGAIN_MS);
    }
  }
}

async function processed(database: string, workload: Workload, context: BenchContext, feed: Feed): Promise<Processed> {
  const { shell } = context;
  const central = await openCentral({ database, now: shell.now });
  try {
    const start = shell.elapsed();
    const acknowledgedMs = await feed(central, workload);
    const seconds = (shell.elapsed() - start) / 1_000;
    await proven(central, workload.records, context.check);
    const { careful, records } = central.operations.rounds();
    return { perSecond: workload.records / seconds, careful: careful / records, acknowledgedMs };
  } finally {
    await central.close();
  }
}
