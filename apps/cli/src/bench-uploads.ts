/** `retap bench-uploads`: a fleet that was offline for a day comes back to a centre, all at once or spread over a time. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openCentral } from '@retap/central';
import { type Command, Option } from 'commander';
import { aroundCentre, type Measured } from './bench-uploads/centre.ts';
import { enrolledFleet, type LoadedTerminal } from './bench-uploads/fleet.ts';
import { HttpLink } from './bench-uploads/http-link.ts';
import { sendAll } from './bench-uploads/send.ts';
import { SocketLink } from './bench-uploads/socket-link.ts';
import { Visibility } from './bench-uploads/visible.ts';
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
  readonly rate?: number;
  readonly by: 'http' | 'socket';
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
    .option(
      '--rate <N>',
      'records a second, all terminals in turn; default: as fast as they are answered',
      countFrom(1, 1e6),
    )
    .addOption(new Option('--by <WAY>', 'to the centre').choices(['http', 'socket']).default('http'))
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
    const fleet = await enrolledFleet(database, folder, options, shell, (count) => {
      stopIfInterrupted(shell);
      progress.show(() => `enrolling ${count} of ${options.terminals} terminals, and signing their batches`);
    });
    const measured = await aroundCentre(database, folder, options, shell, async (url) => {
      progress.show(() => `${options.terminals} terminals upload`);
      return send(fleet, url, database, options, shell);
    });
    progress.clear();
    shell.stdout.write(options.format === 'json' ? `${JSON.stringify(measured, null, 2)}\n` : table(measured, options));
    return measured.sent.lost > 0 || measured.records !== options.terminals * options.taps ? 2 : 0;
  } finally {
    progress.clear();
    await rm(folder, { recursive: true, force: true });
  }
}

/** How long accounts take to show it is measured where the load is given: else they wait for a backlog that is wanted. */
async function send(
  fleet: readonly LoadedTerminal[],
  url: string,
  database: string,
  { spread: spreadMs, rate, by }: BenchOptions,
  shell: Shell,
): Promise<Measured['sent']> {
  const central = await openCentral({ database, now: shell.now });
  try {
    const visibility = new Visibility(central, shell.elapsed);
    const linkOf = () => (by === 'http' ? new HttpLink(url) : new SocketLink(url, shell.now));
    const onAcknowledged = rate === undefined ? () => {} : visibility.follow.bind(visibility);
    const sent = await sendAll(
      fleet,
      { linkOf, spreadMs, rate: rate ?? null, jitter: Math.random, onAcknowledged },
      shell,
    );
    await visibility.settled();
    return { ...sent, visibleMs: visibility.ms };
  } finally {
    await central.close();
  }
}

function table(
  { sent, records, drainedSeconds, centreSeconds, centreMiB }: Measured,
  { terminals, taps, batch }: BenchOptions,
): string {
  const rows: (readonly [string, string])[] = [
    ['terminals, records each, records a batch', `${terminals}, ${taps}, ${batch}`],
    ['records the centre has', `${records} of ${terminals * taps}`],
    ['all acknowledged after', `${sent.seconds.toFixed(1)} s`],
    ['records acknowledged a second', String(Math.round(records / sent.seconds))],
    ['all reconciled after', `${drainedSeconds.toFixed(1)} s`],
    ['batch, first attempt to acknowledgement', quantiles(sent.waitedMs)],
    ['request that was acknowledged', quantiles(sent.answeredMs)],
    ['turned away', JSON.stringify(sent.turnedAway)],
    ['refused for good', String(sent.lost)],
    ...(sent.visibleMs.length > 0
      ? ([[`sent to account shows it, ${sent.visibleMs.length} batches`, quantiles(sent.visibleMs)]] as const)
      : []),
    ['of a core: the centre, this client', `${centreSeconds.toFixed(1)} s, ${sent.clientSeconds.toFixed(1)} s`],
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
