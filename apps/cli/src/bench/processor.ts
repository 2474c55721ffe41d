/** A process of the centre by itself: what two of them do on one database is more than what two loops in one process do. */
import { openCentral } from '@retap/central';
import { fly } from './full.ts';
import { workloadOf } from './workload.ts';

/** What a process is asked to do: its part of the batches. */
export interface ProcessorOrder {
  readonly database: string;
  readonly records: number;
  readonly seed: string;
  readonly batch: number;
  readonly exceptional: number;
  readonly flights: number;
  /** Which of how many processes it is; it takes every so many-th batch. */
  readonly process: number;
  readonly processes: number;
}

/** `ready`: the batches are made, and it waits for the word to go; `done`: so is everything. */
export type ProcessorWord = 'ready' | 'done';

process.once('message', (order: ProcessorOrder) => {
  void work(order);
});

async function work({ database, flights, process: own, processes, ...options }: ProcessorOrder): Promise<void> {
  const batches = workloadOf(options).batches.filter((_, index) => index % processes === own);
  const central = await openCentral({ database, now: Date.now, processors: processes });
  const told = new Promise<void>((resolve) => process.once('message', () => resolve()));
  say('ready');
  await told;
  await fly(central, batches, flights, () => performance.now());
  await central.drain();
  await central.close();
  say('done');
  process.disconnect();
}

function say(word: ProcessorWord): void {
  process.send?.(word);
}
