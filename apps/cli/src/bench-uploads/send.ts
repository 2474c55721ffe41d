/** The terminals' side of the load: each sends its batches in order, and again until they are answered. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Shell } from '../shell.ts';
import { stopIfInterrupted } from '../shell.ts';
import type { LoadedBatch, LoadedTerminal } from './fleet.ts';
import type { Link } from './link.ts';

export interface Sent {
  /** From the first attempt to the acknowledgement, of each batch, in milliseconds. */
  readonly waitedMs: readonly number[];
  /** Of the requests that were answered with it, in milliseconds: what one round trip takes. */
  readonly answeredMs: readonly number[];
  /** Answers other than the acknowledgement, and connections that broke. */
  readonly turnedAway: Readonly<Record<string, number>>;
  /** Batches that were refused for good: nothing that a terminal could do again. */
  readonly lost: number;
  readonly seconds: number;
  /** Of a core, which this client took meanwhile. */
  readonly clientSeconds: number;
}

export interface SendOptions {
  readonly linkOf: () => Link;
  /** Over which the terminals begin, in milliseconds; 0: all at once. */
  readonly spreadMs: number;
  /** Records a second, all terminals in turn; null: as fast as each is answered. */
  readonly rate: number | null;
  /** 0 … 1, drawn anew each time. */
  readonly jitter: () => number;
  /** A batch is durable. @param sentAt when the request began that brought it, by `shell.elapsed` */
  readonly onAcknowledged: (batch: LoadedBatch, sentAt: number) => void;
}

const RETRY_FIRST_MS = 500;
const RETRY_MAX_MS = 30_000;

export async function sendAll(
  fleet: readonly LoadedTerminal[],
  { linkOf, spreadMs, rate, jitter, onAcknowledged }: SendOptions,
  shell: Shell,
): Promise<Sent> {
  const [waitedMs, answeredMs]: [number[], number[]] = [[], []];
  const turnedAway: Record<string, number> = {};
  let lost = 0;
  const since = shell.elapsed();
  const cpu = process.cpuUsage();

  /** What a terminal does (docs/terminal.md): after a fault twice as long as before, with chance in it, or as the centre says. */
  const deliver = async (batch: LoadedBatch, link: Link): Promise<void> => {
    const begun = shell.elapsed();
    for (let pauseMs = RETRY_FIRST_MS; ; pauseMs = Math.min(RETRY_MAX_MS, 2 * pauseMs)) {
      stopIfInterrupted(shell);
      const asked = shell.elapsed();
      const answer = await link.send(batch.body);
      if (answer.kind === 'acknowledged') {
        const now = shell.elapsed();
        waitedMs.push(now - begun);
        answeredMs.push(now - asked);
        onAcknowledged(batch, asked);
        return;
      }
      const name = answer.kind === 'broken' ? 'connection broke' : answer.name;
      turnedAway[name] = (turnedAway[name] ?? 0) + 1;
      if (answer.kind === 'refused' && answer.isForGood) {
        lost += 1;
        return;
      }
      const asTold = answer.kind === 'refused' ? answer.retryAfterMs : 0;
      await sleep(Math.max(asTold, pauseMs) * (0.5 + jitter()));
    }
  };
  /** When the batch of a terminal is due, in milliseconds from the start. */
  const dueMs = (terminal: number, batch: number, records: number): number =>
    rate === null ? 0 : (1_000 * records * (batch * fleet.length + terminal)) / rate;
  await Promise.all(
    fleet.map(async ({ batches }, index) => {
      await sleep((spreadMs * index) / fleet.length);
      const link = linkOf();
      let next = 0;
      const lane = async (): Promise<void> => {
        for (let at = next++; at < batches.length; at = next++) {
          const batch = batches[at] as LoadedBatch;
          const pauseMs = dueMs(index, at, batch.records) - (shell.elapsed() - since);
          if (pauseMs > 0) await sleep(pauseMs);
          await deliver(batch, link);
        }
      };
      await Promise.all(Array.from({ length: link.inFlightMax }, lane));
      link.close();
    }),
  );
  const { user, system } = process.cpuUsage(cpu);
  const clientSeconds = (user + system) / 1e6;
  return { waitedMs, answeredMs, turnedAway, lost, seconds: (shell.elapsed() - since) / 1_000, clientSeconds };
}
