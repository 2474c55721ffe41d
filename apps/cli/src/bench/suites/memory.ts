/** Resident memory of a `retap serve` with very many accounts stored, under all the load that it takes. */
import { setTimeout as sleep } from 'node:timers/promises';
import { openCentral, type ReceivedBatch } from '@retap/central';
import { askCentre, CONTENT_TYPES } from '@retap/terminal-service';
import { memoryMiB, withCentre } from '../../bench-uploads/centre.ts';
import { type Shell, stopIfInterrupted } from '../../shell.ts';
import { formatCount } from '../../text.ts';
import { inSchema } from '../schema.ts';
import type { BenchContext, Measured, Suite } from '../suite.ts';
import { batchesOf, type CountedBatch } from '../workload.ts';

const BATCH = 100;
const FLIGHTS = 64;
const SAMPLE_MS = 1_000;
const FED_AT_ONCE = 500;
/** More than it takes; what is left over is not made. */
const RECORDS_A_SECOND = 60_000;
const AGAIN_MS = 100;

export const memory: Suite = {
  name: 'memory',
  ids: ['memory-most', 'memory-growth'],
  once: true,
  pass: ({ database, sizes, seed, shell, doing, note }: BenchContext): Promise<Measured> =>
    inSchema(database, async ({ url }) => {
      const { accounts, watchMs } = sizes;
      const records = accounts + Math.ceil((watchMs / 1_000) * RECORDS_A_SECOND);
      const feeder = batchesOf({ seed, records, batch: BATCH, exceptional: 0.01, openFirst: accounts });
      doing(`opening ${formatCount(accounts)} accounts`);
      await open(url, feeder, accounts, shell);
      const samples = await withCentre({ database: url, processors: 2 }, shell, async (own) => {
        const load = new Load(own.url, feeder, shell);
        const sending = load.run();
        const seen: number[] = [];
        const start = shell.elapsed();
        while (shell.elapsed() - start < watchMs) {
          await sleep(Math.min(SAMPLE_MS, watchMs / 4));
          seen.push(memoryMiB(own.pid, 'VmRSS'));
          doing(`watching a centre under load: ${seen.at(-1)} MiB, ${formatCount(load.records)} records`);
        }
        load.end();
        await sending;
        note([`${formatCount(load.records)} records in ${Math.round(watchMs / 1_000)} s while its memory was watched`]);
        return seen;
      });
      const third = Math.floor(samples.length / 3);
      const [middle, last] = [Math.max(...samples.slice(third, 2 * third + 1)), Math.max(...samples.slice(-third - 1))];
      return { 'memory-most': Math.max(...samples), 'memory-growth': last / middle };
    }),
};

async function open(url: string, feeder: Iterator<CountedBatch>, accounts: number, shell: Shell): Promise<void> {
  const central = await openCentral({ database: url, now: shell.now });
  try {
    for (let opened = 0; opened < accounts; ) {
      stopIfInterrupted(shell);
      const group: ReceivedBatch[] = [];
      for (; group.length < FED_AT_ONCE && opened < accounts; ) {
        const { value } = feeder.next();
        if (value === undefined) break;
        group.push(value.batch);
        opened += value.records;
      }
      await central.receive(group);
      while ((await central.reconcile()) > 0);
    }
  } finally {
    await central.close();
  }
}

/** As much as it takes: each sender goes on as soon as it is answered. */
class Load {
  records = 0;
  readonly #url: string;
  readonly #feeder: Iterator<CountedBatch>;
  readonly #shell: Shell;
  #ended = false;

  constructor(url: string, feeder: Iterator<CountedBatch>, shell: Shell) {
    this.#url = url;
    this.#feeder = feeder;
    this.#shell = shell;
  }

  async run(): Promise<void> {
    await Promise.all(Array.from({ length: FLIGHTS }, () => this.#send()));
  }

  end(): void {
    this.#ended = true;
  }

  async #send(): Promise<void> {
    while (!this.#ended) {
      const { value, done } = this.#feeder.next();
      if (done) return;
      await this.#deliver(value);
    }
  }

  async #deliver({ batch: { body }, records }: CountedBatch): Promise<void> {
    while (!this.#ended) {
      stopIfInterrupted(this.#shell);
      const answer = await askCentre({ centre: this.#url, path: 'batches', contentType: CONTENT_TYPES.batch, body });
      if (answer.kind === 'done') {
        this.records += records;
        return;
      }
      if (answer.kind === 'refused' && answer.status < 500 && answer.status !== 429) {
        throw new Error(`a batch was refused: ${answer.status} ${answer.code}`);
      }
      await sleep(AGAIN_MS);
    }
  }
}
