/** `retap bench-uploads`: a fleet that was offline for a day comes back to a centre, all at once or spread over a time. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openCentral } from '@retap/central';
import { createIdentity, verifySignature } from '@retap/keys';
import type { Command } from 'commander';
import { loadFleet } from './bench-uploads/fleet.ts';
import { type Sent, sendAll } from './bench-uploads/send.ts';
import { type DatabaseOption, databaseNamed, databaseOption, isPostgres } from './database.ts';
import { UsageError } from './failure.ts';
import { countFrom, durationOption, formatOption } from './options.ts';
import { ProgressLine } from './progress.ts';
import { type ExitStatus, type Shell, stopIfInterrupted } from './shell.ts';

interface BenchOptions extends DatabaseOption {
  readonly terminals: number;
  readonly taps: number;
  readonly batch: number;
  readonly spread: number;
  readonly processors: number;
  readonly format: 'text' | 'json';
}

export function addBenchUploads(program: Command, shell: Shell, end: (status: ExitStatus) => void): void {
  program
    .command('bench-uploads')
    .description(
      'measure a fleet that comes back after a day offline: signed batches to a centre of its own (PostgreSQL)',
    )
    .addOption(databaseOption('none: an empty PostgreSQL is needed'))
    .option('--terminals <N>', 'that come back', countFrom(2, 20_000), 1_600)
    .option('--taps <N>', 'of each of them', countFrom(1, 10_000), 125)
    .option('--batch <N>', 'records a batch', countFrom(1, 2_000), 50)
    .addOption(durationOption('--spread <DURATION>', 'over which they come back; 0s: all at once', '0s'))
    .option('--processors <N>', 'of the centre', countFrom(1, 64), 2)
    .addOption(formatOption())
    .action(async (options: BenchOptions) => end(await benchUploads(options, shell)));
}

async function benchUploads(options: BenchOptions, shell: Shell): Promise<ExitStatus> {
  const database = databaseNamed(options, shell);
  if (database === null || !isPostgres(database)) {
    throw new UsageError(
      'bench-uploads needs an empty PostgreSQL: name one by --database postgres://… or DATABASE_URL',
    );
  }
  const folder = await mkdtemp(path.join(tmpdir(), 'retap-bench-'));
  const progress = new ProgressLine(shell);
  try {
    const identity = await createIdentity(path.join(folder, 'centre.identity'), folder, randomBytes);
    const central = await openCentral({ database, now: shell.now, verifySignature });
    const fleet = await (async () => {
      try {
        if ((await central.totals(0)).batches > 0) throw new UsageError('bench-uploads needs an empty database');
        await central.registry.settle({ admission: 'enrolled', centre: identity.publicKey, licenceMs: 7 * 86_400_000 });
        const from = shell.now() - 86_400_000;
        return await loadFleet(central, { ...options, from }, (count) => {
          stopIfInterrupted(shell);
          progress.show(() => `enrolling ${count} of ${options.terminals} terminals, and signing their batches`);
        });
      } finally {
        await central.close();
      }
    })();
    const measured = await against(database, folder, options, shell, async (url) => {
      progress.show(() => `${options.terminals} terminals upload`);
      return sendAll(fleet, url, { spreadMs: options.spread, jitter: Math.random }, shell);
    });
    progress.clear();
    shell.stdout.write(options.format === 'json' ? `${JSON.stringify(measured, null, 2)}\n` : table(measured, options));
    return measured.sent.lost > 0 || measured.records !== options.terminals * options.taps ? 2 : 0;
  } finally {
    progress.clear();
    await rm(folder, { recursive: true, force: true });
  }
}

interface Measured {
  readonly sent: Sent;
  readonly records: number;
  /** Until nothing waits to be reconciled, from the first upload. */
  readonly drainedSeconds: number;
  /** Greatest resident memory of the centre, in MiB; 0 where the system does not tell. */
  readonly centreMiB: number;
}

/** Runs a centre of its own around the work, as a process, as in service. */
async function against(
  database: string,
  folder: string,
  { processors }: BenchOptions,
  shell: Shell,
  work: (url: string) => Promise<Sent>,
): Promise<Measured> {
  const identity = path.join(folder, 'centre.identity');
  const args = ['serve', '--database', database, '--port', '0', '--processors', String(processors)];
  const child = spawn(process.execPath, [process.argv[1] ?? '', ...args, '--identity', identity], {
    env: { ...shell.env, RETAP_IDENTITY_PASSPHRASE: folder },
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
    const since = shell.elapsed();
    const sent = await work(url);
    const records = await drained(database, shell);
    return { sent, records, drainedSeconds: (shell.elapsed() - since) / 1_000, centreMiB: peakMiB(child.pid ?? 0) };
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
}

/** Waits until nothing waits. @returns how many records the centre has */
async function drained(database: string, shell: Shell): Promise<number> {
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

/** As Linux counts it (proc(5), VmHWM). */
function peakMiB(pid: number): number {
  try {
    return Math.round(Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1_024);
  } catch {
    return 0;
  }
}

function table(
  { sent, records, drainedSeconds, centreMiB }: Measured,
  { terminals, taps, batch }: BenchOptions,
): string {
  const rows: [string, string][] = [
    ['terminals, records each, records a batch', `${terminals}, ${taps}, ${batch}`],
    ['records the centre has', `${records} of ${terminals * taps}`],
    ['all acknowledged after', `${sent.seconds.toFixed(1)} s`],
    ['records acknowledged a second', String(Math.round(records / sent.seconds))],
    ['all reconciled after', `${drainedSeconds.toFixed(1)} s`],
    ['batch, first attempt to acknowledgement', quantiles(sent.waitedMs)],
    ['request that was acknowledged', quantiles(sent.answeredMs)],
    ['turned away', JSON.stringify(sent.turnedAway)],
    ['refused for good', String(sent.lost)],
    ['greatest memory of the centre', `${centreMiB} MiB`],
  ];
  return `${rows.map(([name, value]) => `${name.padEnd(44)}${value}`).join('\n')}\n`;
}

function quantiles(values: readonly number[]): string {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): string =>
    `${Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0)}`;
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, max ${at(1)} ms`;
}
