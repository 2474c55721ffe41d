/** What the city and its centre are doing, in one line: refreshed on a screen, every few seconds otherwise. */
import type { Central, Totals } from '@retap/central';
import type { Shell } from '../shell.ts';
import { formatCount } from '../text.ts';
import type { Feeder } from './feeder.ts';

const SCREEN_PERIOD_MS = 1_000;
const LINES_PERIOD_MS = 3_000;

export interface StatusSource {
  readonly central: Central;
  readonly feeder: Feeder;
  readonly url: string;
  readonly days: number;
  /** Called with each reading: what was delivered by then is worth keeping. */
  readonly onTotals: (totals: Totals) => Promise<void>;
}

export class StatusLine {
  readonly #shell: Shell;
  readonly #source: StatusSource;
  #timer: NodeJS.Timeout | null = null;
  #finished = false;
  #stopped = false;

  constructor(shell: Shell, source: StatusSource) {
    this.#shell = shell;
    this.#source = source;
  }

  announce(): void {
    const { url, days } = this.#source;
    this.#shell.stdout.write(`\n  Retap centre: ${url}\n\n`);
    this.#shell.stdout.write(
      `A city of ${days} simulated days feeds it. Ctrl-C stops; the next start goes on from there.\n`,
    );
    this.#plan();
  }

  /** The days are over. */
  async finish(): Promise<void> {
    await this.#show();
    this.#finished = true;
    if (this.#timer) clearTimeout(this.#timer);
    if (this.#stopped) return;
    const { url, days } = this.#source;
    const more = `--days ${days * 2} lets the city live on`;
    this.#shell.stdout.write(
      `\nThe ${days} simulated days are over. The centre stays up at ${url}; Ctrl-C stops it, ${more}.\n`,
    );
  }

  stop(): void {
    this.#stopped = true;
    if (this.#timer) clearTimeout(this.#timer);
  }

  #plan(): void {
    if (this.#stopped || this.#finished) return;
    const period = this.#shell.stdout.isTTY ? SCREEN_PERIOD_MS : LINES_PERIOD_MS;
    this.#timer = setTimeout(() => void this.#show().then(() => this.#plan()), period);
  }

  async #show(): Promise<void> {
    const { central, feeder, url, onTotals } = this.#source;
    // The database may be gone for a while: the log says so, and the line goes on when it is back.
    const totals = await central.totals(feeder.now).catch(() => null);
    if (totals === null || this.#stopped || this.#finished) return;
    await onTotals(totals);
    const text = `${feeder.moment} | ${statusOf(feeder.taps, totals)} | ${url}`;
    this.#shell.stdout.write(this.#shell.stdout.isTTY ? `\r${text}\u001b[K` : `${text}\n`);
  }
}

function statusOf(taps: number, { batches, inDoubt, alerts }: Totals): string {
  const count = Object.values(alerts).reduce((sum, each) => sum + each, 0);
  return [
    `${formatCount(taps)} taps`,
    `${formatCount(batches)} batches`,
    `${formatCount(inDoubt)} in doubt`,
    `${formatCount(count)} ${count === 1 ? 'alert' : 'alerts'}`,
  ].join(', ');
}
