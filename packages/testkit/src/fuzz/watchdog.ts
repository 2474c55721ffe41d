/** A thread that ends the process where one input is read for ever: a loop without an await cannot be ended from within. */
import { Worker } from 'node:worker_threads';

export interface Watchdog {
  began(input: Uint8Array): void;
  ended(): void;
  stop(): Promise<void>;
}

const INPUT_BYTES_MAX = 64 * 2 ** 10;
/** So often it looks before it believes that the same input is still read: a machine may stand still for a moment. */
const LOOKS_MAX = 20;

/**
 * Runs in a thread of its own, from its text: it must see the main thread stand still. Of `state`: [0] counts inputs, odd
 * while one is read; [1] is its length.
 */
const WATCH = `
  const { workerData: { shared, name, every, looksMax }, parentPort } = require('node:worker_threads');
  const { writeSync } = require('node:fs');
  const state = new Int32Array(shared, 0, 2);
  let [before, looks] = [0, 0];
  setInterval(() => {
    const count = Atomics.load(state, 0);
    looks = count % 2 === 1 && count === before ? looks + 1 : 0;
    before = count;
    if (looks < looksMax) return;
    const input = Buffer.from(new Uint8Array(shared, 8, state[1])).toString('hex');
    writeSync(2, '\\nFuzzFault: ' + name + ': reads for ever, on the input ' + input + '\\n');
    process.kill(process.pid, 'SIGKILL');
  }, every);
  parentPort.on('message', () => process.exit());
`;

/** @param hangMs after so long an input counts as read for ever */
export function startWatchdog(name: string, hangMs: number): Watchdog {
  const shared = new SharedArrayBuffer(8 + INPUT_BYTES_MAX);
  const state = new Int32Array(shared, 0, 2);
  const bytes = new Uint8Array(shared, 8);
  const workerData = { shared, name, every: hangMs / LOOKS_MAX, looksMax: LOOKS_MAX };
  const worker = new Worker(WATCH, { eval: true, workerData });
  worker.unref();
  return {
    began(input) {
      const kept = input.subarray(0, INPUT_BYTES_MAX);
      bytes.set(kept);
      state[1] = kept.length;
      Atomics.add(state, 0, 1);
    },
    ended: () => void Atomics.add(state, 0, 1),
    async stop() {
      await worker.terminate();
    },
  };
}
