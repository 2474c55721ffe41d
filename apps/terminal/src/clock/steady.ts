/** A clock that nobody sets, and that goes on while the machine sleeps. */

/** Less than this is how coarsely the uptime is told. */
const COARSE_MS = 50;

export interface SteadySources {
  /** Milliseconds, fine; it may stand while the machine sleeps, as CLOCK_MONOTONIC does. */
  readonly fine: () => number;
  /** Milliseconds since the machine was started, however coarse, with the time that it slept. */
  readonly uptime: () => number;
}

/**
 * The fine clock, and what it missed. Without that, a terminal that slept for an hour would go on an hour behind, sure of its time.
 * @returns milliseconds since some moment
 */
export function steadyClock({ fine, uptime }: SteadySources): () => number {
  let slept = 0;
  let apart = uptime() - fine();
  return () => {
    const now = fine();
    const grown = uptime() - now - apart;
    if (grown > COARSE_MS) {
      slept += grown;
      apart += grown;
    }
    return now + slept;
  };
}
