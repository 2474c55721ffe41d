/** What a command gets from the process around it; `main.ts` alone reads environment, clock and signals. */
import type { Readable, Writable } from 'node:stream';

export interface Shell {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The wall clock, in milliseconds since the Unix epoch. */
  readonly now: () => number;
  /** A clock that only goes forward, in milliseconds, for measuring. */
  readonly elapsed: () => number;
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable & { readonly isTTY?: boolean };
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  /** Aborted by the first SIGINT or SIGTERM; a second one ends the process at once. */
  readonly interrupted: AbortSignal;
}

/** 0 done; 1 usage, or something that cannot be read; 2 done, and something is wrong with what was read. */
export type ExitStatus = 0 | 1 | 2;

/** Someone pressed Ctrl-C before the work was done. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  readonly code = 'interrupted';
}

/** @throws Interrupted */
export function stopIfInterrupted({ interrupted }: Shell): void {
  if (interrupted.aborted) throw new Interrupted('interrupted');
}

/** Resolves with the first SIGINT or SIGTERM. */
export function untilInterrupted({ interrupted }: Shell): Promise<void> {
  return new Promise((resolve) => {
    if (interrupted.aborted) resolve();
    else interrupted.addEventListener('abort', () => resolve(), { once: true });
  });
}
