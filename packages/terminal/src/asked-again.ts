/**
 * What the centre lacks of what it had acknowledged: a centre that was restored from an old backup. It is sent again as far as
 * the journal keeps it, and no oftener than a liar could bear to be told: whoever stands in between may say that all is missing.
 */
import type { ReceivedSerials } from '@retap/protocol';
import type { KeptRange } from './journal-batches.ts';
import type { Clock } from './port.ts';

/** What was sent again, and acknowledged, goes no second time before this, in milliseconds; then before twice as long, and so on. */
const PAUSE_FIRST_MS = 3_600_000;
const PAUSE_MAX_MS = 24 * 3_600_000;

export class AskedAgain {
  readonly #clock: Clock;
  /** Not sent yet, ascending. */
  #wanted: readonly KeptRange[] = [];
  /** Sent in this round, ascending. */
  #sent: readonly KeptRange[] = [];
  #roundSince = 0;
  #pauseMs = PAUSE_FIRST_MS;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Records that the centre lacks and that were not sent since. */
  get count(): number {
    return this.#wanted.reduce((sum, { from, to }) => sum + to - from + 1, 0);
  }

  /**
   * The centre has told what it has. What it said before no longer counts.
   * @param range records that it had acknowledged, and should have: what lacks of others is not asked of us
   */
  heard(received: ReceivedSerials, range: KeptRange): void {
    this.#beginRound();
    const tail = { from: received.last + 1, to: range.to };
    const lacking = [...received.missing.map(([from, to]) => ({ from, to })).reverse(), tail];
    this.#wanted = without(joined(lacking.flatMap((each) => overlap(each, range))), this.#sent);
  }

  /** The newest that is to be sent; null where nothing is. */
  next(): KeptRange | null {
    return this.#wanted.at(-1) ?? null;
  }

  /** These were sent, and the centre has them; or they are not kept any more. */
  done(range: KeptRange): void {
    this.#wanted = without(this.#wanted, [range]);
    if (this.#sent.length === 0) this.#roundSince = this.#clock();
    this.#sent = joined([...this.#sent, range]);
  }

  /** What was sent long enough ago may be asked for again; by the clock alone, for the centre's word may be anybody's. */
  #beginRound(): void {
    if (this.#sent.length === 0) return;
    const passedMs = this.#clock() - this.#roundSince;
    // A clock that was set back must hold nothing up for ever.
    if (passedMs >= 0 && passedMs < this.#pauseMs) return;
    const isQuiet = passedMs >= PAUSE_MAX_MS + this.#pauseMs;
    this.#pauseMs = isQuiet ? PAUSE_FIRST_MS : Math.min(PAUSE_MAX_MS, 2 * this.#pauseMs);
    this.#sent = [];
  }
}

function overlap(one: KeptRange, other: KeptRange): KeptRange[] {
  const [from, to] = [Math.max(one.from, other.from), Math.min(one.to, other.to)];
  return from <= to ? [{ from, to }] : [];
}

/** As few ranges as say the same, ascending. */
function joined(ranges: readonly KeptRange[]): readonly KeptRange[] {
  const result: KeptRange[] = [];
  for (const range of [...ranges].sort((a, b) => a.from - b.from)) {
    const open = result.at(-1);
    if (open === undefined || range.from > open.to + 1) result.push(range);
    else result[result.length - 1] = { from: open.from, to: Math.max(open.to, range.to) };
  }
  return result;
}

/** @param ranges, and those to be left out, ascending and apart */
function without(ranges: readonly KeptRange[], left: readonly KeptRange[]): readonly KeptRange[] {
  return ranges.flatMap((range) => {
    const rest: KeptRange[] = [];
    let { from } = range;
    for (const each of left) {
      if (each.to < from || each.from > range.to) continue;
      if (each.from > from) rest.push({ from, to: each.from - 1 });
      from = each.to + 1;
    }
    return from <= range.to ? [...rest, { from, to: range.to }] : rest;
  });
}
