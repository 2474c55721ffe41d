/** A thread of the swarm: lives one world after another, as it is told. */
import { parentPort } from 'node:worker_threads';
import { type LivedWorld, liveWorld, minimise } from '@retap/simulator';
import { centresOf, type Engine, type Place } from './centres.ts';

export interface Order {
  readonly seed: number;
  readonly engine: Engine;
  readonly taps: number;
  readonly place: Place;
}

/** Make it smaller, for so long. */
export interface MinimiseOrder extends Order {
  readonly minimise: { readonly found: LivedWorld; readonly forMs: number };
}

export type Answer = { readonly lived: LivedWorld } | { readonly failed: string };

async function carriedOut(order: Order | MinimiseOrder): Promise<LivedWorld> {
  const { seed, taps, engine } = order;
  const openCentral = centresOf(engine, order.place);
  if (!('minimise' in order)) return liveWorld(seed, { openCentral, taps });
  const { found, forMs } = order.minimise;
  const until = performance.now() + forMs;
  return minimise(found, { openCentral, taps, isTimeLeft: () => performance.now() < until });
}

const port = parentPort;
if (port === null) throw new Error('this is a thread of the swarm, and was started as a program');
port.on('message', (order: Order | MinimiseOrder) => {
  carriedOut(order).then(
    (lived) => port.postMessage({ lived } satisfies Answer),
    (error: unknown) => {
      const failed = error instanceof Error ? (error.stack ?? error.message) : String(error);
      port.postMessage({ failed } satisfies Answer);
    },
  );
});
