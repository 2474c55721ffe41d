/** The terminals' side of the load: each sends its batches one after another, and again until it is answered. */
import { setTimeout as sleep } from 'node:timers/promises';
import { askCentre, CONTENT_TYPES } from '@retap/terminal-service';
import type { Shell } from '../shell.ts';
import { stopIfInterrupted } from '../shell.ts';
import type { LoadedTerminal } from './fleet.ts';

export interface Sent {
  /** From the first attempt to the acknowledgement, of each batch, in milliseconds. */
  readonly waitedMs: readonly number[];
  /** Of the requests that were answered with it, in milliseconds: what one round trip takes. */
  readonly answeredMs: readonly number[];
  /** Answers by status and code other than the acknowledgement, and connections that broke. */
  readonly turnedAway: Readonly<Record<string, number>>;
  /** Batches that were refused for good: nothing that a terminal could do again. */
  readonly lost: number;
  readonly seconds: number;
}

const RETRY_FIRST_MS = 500;
const RETRY_MAX_MS = 30_000;

/** @param burst all begin at once; else spread over so many milliseconds @param jitter 0 … 1, drawn anew each time */
export async function sendAll(
  fleet: readonly LoadedTerminal[],
  centre: string,
  { spreadMs, jitter }: { readonly spreadMs: number; readonly jitter: () => number },
  shell: Shell,
): Promise<Sent> {
  const [waitedMs, answeredMs]: [number[], number[]] = [[], []];
  const turnedAway: Record<string, number> = {};
  let lost = 0;
  const since = shell.elapsed();

  /** What a terminal does (docs/terminal.md): after a fault twice as long as before, with chance in it, or as the centre says. */
  const deliver = async (body: Uint8Array): Promise<void> => {
    const begun = shell.elapsed();
    for (let pauseMs = RETRY_FIRST_MS; ; pauseMs = Math.min(RETRY_MAX_MS, 2 * pauseMs)) {
      stopIfInterrupted(shell);
      const asked = shell.elapsed();
      const answer = await askCentre({ centre, path: 'batches', contentType: CONTENT_TYPES.signed, body });
      if (answer.kind === 'done') {
        waitedMs.push(shell.elapsed() - begun);
        answeredMs.push(shell.elapsed() - asked);
        return;
      }
      const name = answer.kind === 'fault' ? 'connection broke' : `${answer.status} ${answer.code}`;
      turnedAway[name] = (turnedAway[name] ?? 0) + 1;
      if (answer.kind === 'refused' && answer.status < 500 && answer.status !== 429) {
        lost += 1;
        return;
      }
      const asTold = answer.kind === 'refused' ? 1_000 * (answer.retryAfterS ?? 0) : 0;
      await sleep(Math.max(asTold, pauseMs) * (0.5 + jitter()));
    }
  };
  await Promise.all(
    fleet.map(async ({ batches }, index) => {
      await sleep((spreadMs * index) / fleet.length);
      for (const body of batches) await deliver(body);
    }),
  );
  return { waitedMs, answeredMs, turnedAway, lost, seconds: (shell.elapsed() - since) / 1_000 };
}
