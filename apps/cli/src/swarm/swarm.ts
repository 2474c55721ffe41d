/** `retap simulate --faults swarm`: random worlds with random faults, each audited from inside; the first violation ends it. */
import { createHash } from 'node:crypto';
import type { LivedWorld } from '@retap/simulator';
import { isPostgres } from '../database.ts';
import { UsageError } from '../failure.ts';
import { ProgressLine } from '../progress.ts';
import { type ExitStatus, Interrupted, type Shell } from '../shell.ts';
import { formatCount } from '../text.ts';
import { clearPlace, ENGINES, engineOf, makePlace } from './centres.ts';
import { revision } from './revision.ts';
import type { Order } from './thread.ts';
import { Threads } from './threads.ts';
import { violationText } from './violation-text.ts';

export interface SwarmOptions {
  /** The first seed. */
  readonly seed: number;
  readonly seeds: number;
  /** Taps of each world, at least. */
  readonly taps: number;
  readonly workers: number;
  /** How long to look for a smaller world with the same violation. */
  readonly minimiseMs: number;
  readonly postgres: string | null;
}

/** A world on a database is smaller by this: the same one would take as long as hundreds in memory. */
const ON_DATABASE_SHARE = 5;

export async function swarm(options: SwarmOptions, shell: Shell): Promise<ExitStatus> {
  const { seed, seeds, taps, postgres } = options;
  if (postgres !== null && !isPostgres(postgres)) {
    throw new UsageError('--database: of a swarm only a PostgreSQL can be named; the embedded ones it makes itself');
  }
  const place = await makePlace(postgres, `retap_swarm_${process.pid}_`);
  const orders = Array.from({ length: seeds }, (_, index): Order => {
    const each = seed + index;
    const engine = engineOf(each, postgres !== null);
    return { seed: each, engine, taps: engine === 'memory' ? taps : Math.ceil(taps / ON_DATABASE_SHARE), place };
  });
  const threads = new Threads(Math.min(options.workers, seeds));
  const tally = new Tally(seeds);
  const progress = new ProgressLine(shell);
  const interruption = new Promise<never>((_, reject) => {
    shell.interrupted.addEventListener('abort', () => reject(new Interrupted('interrupted')), { once: true });
  });
  interruption.catch(() => {});
  const redraw = setInterval(() => progress.show((seconds) => tally.progress(seconds)), 500);
  const startedAt = shell.elapsed();
  try {
    const worlds = threads.live(orders);
    for (;;) {
      const { value: lived, done } = await Promise.race([worlds.next(), interruption]);
      if (done) break;
      tally.add(lived, engineOf(Number(lived.seed), postgres !== null));
      if (lived.violation) return await violated(lived, orders, threads, options, progress, shell);
    }
    progress.clear();
    shell.stdout.write(tally.summary((shell.elapsed() - startedAt) / 1000));
    return 0;
  } catch (error) {
    progress.clear();
    if (error instanceof Interrupted) shell.stdout.write(`interrupted. ${tally.summary(null)}`);
    throw error;
  } finally {
    clearInterval(redraw);
    progress.clear();
    await threads.end();
    await clearPlace(place);
  }
}

async function violated(
  found: LivedWorld,
  orders: readonly Order[],
  threads: Threads,
  { minimiseMs, taps }: SwarmOptions,
  progress: ProgressLine,
  shell: Shell,
): Promise<ExitStatus> {
  const order = orders.find(({ seed }) => seed === found.seed) as Order;
  progress.clear();
  shell.stderr.write(`seed ${found.seed} breaks ${found.violation?.invariant}; looking for less that does\n`);
  const smallest =
    minimiseMs === 0 ? found : await threads.minimise({ ...order, minimise: { found, forMs: minimiseMs } });
  const replay = `retap simulate --faults swarm --seed ${found.seed} --taps ${taps}`;
  shell.stdout.write(violationText(found, smallest, await revision(), replay));
  return 2;
}

/** What has been lived so far. */
class Tally {
  readonly #seeds: number;
  readonly #hash = createHash('sha256');
  readonly #engines = { memory: 0, embedded: 0, postgres: 0 };
  #worlds = 0;
  #taps = 0;
  #records = 0;
  #torn = 0;

  constructor(seeds: number) {
    this.#seeds = seeds;
  }

  add({ seed, digest, counts }: LivedWorld, engine: (typeof ENGINES)[number]): void {
    this.#worlds += 1;
    this.#engines[engine] += 1;
    this.#taps += counts.taps;
    this.#records += counts.records;
    this.#torn += counts.torn;
    this.#hash.update(`${seed} ${digest}\n`);
  }

  progress(seconds: number): string {
    const rate = formatCount(Math.round(this.#taps / Math.max(seconds, 0.001)));
    const left =
      this.#worlds === 0 ? '' : `, ${durationOf((seconds / this.#worlds) * (this.#seeds - this.#worlds))} left`;
    return `${formatCount(this.#worlds)} of ${formatCount(this.#seeds)} seeds held; ${rate} taps/s${left}`;
  }

  /** @param seconds null where it was interrupted */
  summary(seconds: number | null): string {
    const engines = ENGINES.filter((engine) => this.#engines[engine] > 0);
    const on = engines.map((engine) => `${formatCount(this.#engines[engine])} on ${ENGINE_NAMES[engine]}`).join(', ');
    const rate =
      seconds === null ? '' : `; ${durationOf(seconds)}, ${formatCount(Math.round(this.#taps / seconds))} taps/s`;
    const lines = [
      `all held in ${formatCount(this.#worlds)} of ${formatCount(this.#seeds)} worlds (${on || 'none was lived to its end'})`,
      `${formatCount(this.#taps)} taps, ${formatCount(this.#torn)} of them torn; ${formatCount(this.#records)} records${rate}`,
      `digest ${this.#hash.copy().digest('hex')}`,
    ];
    return `${lines.join('\n')}\n`;
  }
}

const ENGINE_NAMES = { memory: 'the memory store', embedded: 'the embedded database', postgres: 'PostgreSQL' } as const;

function durationOf(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  return `${Math.ceil(seconds / 60)} min`;
}
