/** How often somebody may fail, in a time. Guessing a code is hopeless as it is; this keeps it from costing us anything. */

import { addressOf } from './listening/address.ts';

/** Beyond, the one whose time began longest ago is forgotten: an attacker with many addresses must not fill memory. */
const KEPT_MAX = 10_000;

interface Counted {
  readonly since: number;
  failures: number;
}

export class Attempts {
  readonly #max: number;
  readonly #windowMs: number;
  readonly #now: () => number;
  /** In the order in which their time began. */
  readonly #counted = new Map<string, Counted>();

  /** @param max failures in `windowMs` milliseconds @param now a clock in milliseconds */
  constructor(max: number, windowMs: number, now: () => number) {
    this.#max = max;
    this.#windowMs = windowMs;
    this.#now = now;
  }

  /**
   * Counts an attempt as failed until {@link succeeded} says otherwise, so that many at once are not all free.
   * @returns 0, or in how many milliseconds to come again: then nothing was counted
   */
  begin(who: string): number {
    const now = this.#now();
    const found = this.#counted.get(who);
    // A clock that was set back must lock nobody out for longer than the time agreed.
    const current = found && now - found.since < this.#windowMs && now >= found.since ? found : null;
    if (current === null) {
      this.#counted.delete(who);
      this.#counted.set(who, { since: now, failures: 1 });
      this.#forgetOldest();
      return 0;
    }
    if (current.failures >= this.#max) return current.since + this.#windowMs - now;
    current.failures += 1;
    return 0;
  }

  succeeded(who: string): void {
    const found = this.#counted.get(who);
    if (found) found.failures -= 1;
  }

  #forgetOldest(): void {
    if (this.#counted.size <= KEPT_MAX) return;
    const [oldest] = this.#counted.keys();
    if (oldest !== undefined) this.#counted.delete(oldest);
  }
}

/** Whom to count an attempt for: an IPv4 address, or the /64 of an IPv6 one, of which everybody has plenty. */
export function clientOf(address: string | undefined): string {
  const found = addressOf(address ?? '');
  if (found === null) return 'unknown';
  if (found.family === 'ipv4') return found.text;
  const [head = '', tail = ''] = found.text.split('::');
  const groups = (text: string): string[] => (text === '' ? [] : text.split(':'));
  const zeros = Math.max(0, 8 - groups(head).length - groups(tail).length);
  const all = [...groups(head), ...Array.from({ length: zeros }, () => '0'), ...groups(tail)];
  return `${all.slice(0, 4).join(':')}::/64`;
}
