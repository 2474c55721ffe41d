/** One line on standard error that is written over again; nothing where nobody watches. */
import type { Shell } from './shell.ts';
import { formatCount } from './text.ts';

/** Redrawing more often would only flicker. */
const PERIOD_MS = 200;

export class ProgressLine {
  readonly #shell: Shell;
  readonly #startedAt: number;
  #drawnAt = Number.NEGATIVE_INFINITY;
  #drawn = false;

  constructor(shell: Shell) {
    this.#shell = shell;
    this.#startedAt = shell.elapsed();
  }

  /** @param line what to show, given the seconds since the start */
  show(line: (seconds: number) => string): void {
    const { stderr, elapsed } = this.#shell;
    const at = elapsed();
    if (!stderr.isTTY || at - this.#drawnAt < PERIOD_MS) return;
    this.#drawnAt = at;
    this.#drawn = true;
    const text = line((at - this.#startedAt) / 1_000).slice(0, (stderr.columns ?? 80) - 1);
    stderr.write(`\r${text}\u001b[K`);
  }

  /** Takes the line away. */
  clear(): void {
    if (this.#drawn) this.#shell.stderr.write('\r\u001b[K');
    this.#drawn = false;
  }
}

/** `43 %, 7,100/s, 12 s left`; what cannot be known yet is left out. */
export function paceOf(done: number, total: number | null, seconds: number): string {
  const perSecond = seconds > 0 ? done / seconds : 0;
  const parts = [`${formatCount(Math.round(perSecond))}/s`];
  if (total !== null && total > 0) {
    parts.unshift(`${Math.floor((100 * Math.min(done, total)) / total)} %`);
    if (perSecond > 0) parts.push(`${formatCount(Math.ceil(Math.max(0, total - done) / perSecond))} s left`);
  }
  return parts.join(', ');
}
