/** A centre of the load's own: `retap serve` as a process, as in service. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openCentral } from '@retap/central';
import { UsageError } from '../failure.ts';
import { type Shell, stopIfInterrupted } from '../shell.ts';
import type { Sent } from './send.ts';

/** From the request that brought a batch to the account that shows it, in milliseconds, of some batches; none without a rate. */
export interface Visible {
  readonly visibleMs: readonly number[];
}

export interface Measured {
  readonly sent: Sent & Visible;
  readonly records: number;
  /** Until nothing waits to be reconciled, from the first upload. */
  readonly drainedSeconds: number;
  /** Of a core, which the centre's process took; without its database. 0 where the system does not tell. */
  readonly centreSeconds: number;
  /** Greatest resident memory of the centre, in MiB; 0 where the system does not tell. */
  readonly centreMiB: number;
}

/** Runs a centre of its own around the work, as a process, as in service. @param folder with the key pair of an enrolled centre */
export function aroundCentre(
  database: string,
  folder: string,
  { processors }: { readonly processors: number },
  shell: Shell,
  work: (url: string) => Promise<Sent & Visible>,
): Promise<Measured> {
  const identity = { file: identityIn(folder), passphrase: folder };
  return withCentre({ database, processors, identity }, shell, async ({ url, pid }) => {
    const [since, secondsBefore] = [shell.elapsed(), coreSeconds(pid)];
    const sent = await work(url);
    const records = await drained(database, shell);
    const drainedSeconds = (shell.elapsed() - since) / 1_000;
    const centreMiB = memoryMiB(pid, 'VmHWM');
    return { sent, records, drainedSeconds, centreSeconds: coreSeconds(pid) - secondsBefore, centreMiB };
  });
}

export const identityIn = (folder: string): string => path.join(folder, 'centre.identity');

interface OwnCentre {
  readonly url: string;
  readonly pid: number;
}

interface OwnCentreOptions {
  readonly database: string;
  readonly processors: number;
  /** File of its key pair, and its passphrase; none: it takes what is not signed. */
  readonly identity?: { readonly file: string; readonly passphrase: string };
}

export async function withCentre<Result>(
  { database, processors, identity }: OwnCentreOptions,
  shell: Shell,
  work: (centre: OwnCentre) => Promise<Result>,
): Promise<Result> {
  const args = ['serve', '--database', database, '--port', '0', '--processors', String(processors)];
  if (identity) args.push('--identity', identity.file);
  const child = spawn(process.execPath, [process.argv[1] ?? '', ...args], {
    env: { ...shell.env, ...(identity && { RETAP_IDENTITY_PASSPHRASE: identity.passphrase }) },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  try {
    const url = await new Promise<string>((resolve, reject) => {
      let said = '';
      child.stdout.on('data', (bytes: Buffer) => {
        said += bytes;
        const [found] = /https?:\/\/[\d.:]+\d/.exec(said) ?? [];
        if (found) resolve(found);
      });
      child.once('close', () => reject(new UsageError('the centre ended before it listened; see `retap serve`')));
    });
    return await work({ url, pid: child.pid ?? 0 });
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
}

/** Waits until nothing waits. @returns how many records the centre has */
export async function drained(database: string, shell: Shell): Promise<number> {
  const central = await openCentral({ database, now: shell.now });
  try {
    for (;;) {
      stopIfInterrupted(shell);
      const { waiting, records } = await central.totals(0);
      if (waiting === 0) return records;
      await sleep(200);
    }
  } finally {
    await central.close();
  }
}

/** Of a process, in MiB, as Linux counts it (proc(5)): `VmRSS` now, `VmHWM` at its greatest. 0 where the system does not tell. */
export function memoryMiB(pid: number, what: 'VmRSS' | 'VmHWM'): number {
  try {
    const [, kB] = new RegExp(`${what}:\\s+(\\d+) kB`).exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Math.round(Number(kB ?? 0) / 1_024);
  } catch {
    return 0;
  }
}

/** As Linux counts it (proc(5), utime and stime, in hundredths of a second). */
function coreSeconds(pid: number): number {
  try {
    const [, fields = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
    const [user, system] = fields.split(' ').slice(11, 13);
    return (Number(user) + Number(system)) / 100;
  } catch {
    return 0;
  }
}
