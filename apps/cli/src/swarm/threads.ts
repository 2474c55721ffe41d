/** Some threads, each with one world at a time; what comes of them is told in the order of the seeds, however many there are. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { LivedWorld } from '@retap/simulator';
import type { Answer, MinimiseOrder, Order } from './thread.ts';

// Compiled it lies beside us with our own ending.
const PROGRAM = new URL(`./thread${path.extname(fileURLToPath(import.meta.url))}`, import.meta.url);

export class Threads {
  readonly #workers: Worker[];

  constructor(count: number) {
    this.#workers = Array.from({ length: count }, () => new Worker(PROGRAM));
  }

  /**
   * Lives the worlds of all orders. Ends after the first with a violation: by its seed, not by the clock, so all before it are
   * lived to their end.
   */
  async *live(orders: Iterable<Order>): AsyncGenerator<LivedWorld, void, void> {
    const queue = orders[Symbol.iterator]();
    /** In the order of the seeds. */
    const started: Promise<LivedWorld>[] = [];
    const free = [...this.#workers];
    let isFound = false;
    const startNext = (): void => {
      for (let worker = free.pop(); worker && !isFound; worker = free.pop()) {
        const { value: order, done } = queue.next();
        if (done) return;
        const own = worker;
        const living = this.#ask(own, order).then((lived) => {
          isFound ||= lived.violation !== null;
          free.push(own);
          startNext();
          return lived;
        });
        // Whoever waits for it hears of it; until then it is no unhandled one.
        living.catch(() => {});
        started.push(living);
      }
    };
    startNext();
    for (let living = started.shift(); living; living = started.shift()) {
      const lived = await living;
      yield lived;
      if (lived.violation) return;
    }
  }

  minimise(order: MinimiseOrder): Promise<LivedWorld> {
    return this.#ask(this.#workers[0] as Worker, order);
  }

  async end(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  #ask(worker: Worker, order: Order | MinimiseOrder): Promise<LivedWorld> {
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        worker.off('message', answered);
        worker.off('error', failed);
        worker.off('exit', ended);
      };
      const answered = (answer: Answer): void => {
        settle();
        if ('lived' in answer) resolve(answer.lived);
        else reject(new Error(`seed ${order.seed}: ${answer.failed}`));
      };
      const failed = (error: Error): void => {
        settle();
        reject(error);
      };
      const ended = (): void => {
        settle();
        reject(new Error(`the thread of seed ${order.seed} ended`));
      };
      worker.once('message', answered);
      worker.once('error', failed);
      worker.once('exit', ended);
      worker.postMessage(order);
    });
  }
}
