/** `retap bench-tap`: what a tap costs in exchanges, bytes and time, in this process and over PC/SC. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MemoryJournal } from '@retap/terminal';
import { FileJournal, openReader, plugIn } from '@retap/terminal-service';
import type { Command } from 'commander';
import { BenchCard } from './bench-tap/bench-card.ts';
import {
  GATE,
  KINDS,
  type Kind,
  OTHER,
  quantile,
  TimedChannel,
  type Times,
  terminalOf,
  timedTap,
} from './bench-tap/measure.ts';
import { BIT_RATES, type ExchangeBytes, wireMs } from './bench-tap/wire.ts';
import { UsageError } from './failure.ts';
import { countFrom, formatOption } from './options.ts';
import { ProgressLine } from './progress.ts';
import { type ExitStatus, type Shell, stopIfInterrupted } from './shell.ts';

interface BenchTapOptions {
  readonly taps: number;
  readonly reader?: string;
  readonly vpcd?: number;
  readonly format: 'text' | 'json';
}

/** Where a tap is timed; all in one run, in turn. */
interface Place {
  readonly name: string;
  readonly times: Times;
  readonly tap: () => Promise<void>;
  readonly close: () => Promise<void>;
}

interface Cost {
  readonly kind: Kind;
  readonly exchanges: readonly ExchangeBytes[];
}

/** Taps before any is counted: the compiler has not seen the code yet. */
const WARM_UP = 50;
const CARD_DEADLINE_MS = 5_000;

export function addBenchTap(program: Command, shell: Shell, end: (status: ExitStatus) => void): void {
  program
    .command('bench-tap')
    .description('measure a tap: exchanges, bytes, time on the air, time in this process and over PC/SC')
    .option('--taps <N>', 'debits timed at each place', countFrom(10, 1_000_000), 1_000)
    .option('--reader <NAME>', 'PC/SC reader of the virtual slot that --vpcd names')
    .option('--vpcd <PORT>', 'port of vsmartcard-vpcd to plug the card in', countFrom(1, 65_535))
    .addOption(formatOption())
    .action(async (options: BenchTapOptions) => end(await benchTap(options, shell)));
}

async function benchTap(options: BenchTapOptions, shell: Shell): Promise<ExitStatus> {
  if ((options.reader === undefined) !== (options.vpcd === undefined)) {
    throw new UsageError('give both --reader and --vpcd: the reader of pcscd, and the port its card is plugged in at');
  }
  const progress = new ProgressLine(shell);
  progress.show(() => 'counting exchanges');
  const costs: Cost[] = [];
  for (const kind of KINDS) costs.push({ kind, exchanges: await exchangesOf(kind, shell) });
  const folder = await mkdtemp(path.join(tmpdir(), 'retap-bench-'));
  const places: Place[] = [];
  try {
    places.push(await inMemory(shell), await onDisk(folder, shell));
    if (options.reader !== undefined && options.vpcd !== undefined) {
      places.push(await overPcsc(options.reader, options.vpcd, shell));
    }
    await time(places, options.taps, progress, shell);
  } finally {
    for (const place of places) await place.close();
    await rm(folder, { recursive: true, force: true });
    progress.clear();
  }
  const result = { costs: costs.map(costOf), times: places.map(timeOf) };
  shell.stdout.write(options.format === 'json' ? `${JSON.stringify(result, null, 2)}\n` : table(result, options.taps));
  return 0;
}

/** Places take turns, so that whatever else the machine does meets all of them. */
async function time(places: readonly Place[], taps: number, progress: ProgressLine, shell: Shell): Promise<void> {
  for (let tap = -WARM_UP; tap < taps; tap += 1) {
    stopIfInterrupted(shell);
    progress.show(() => `tap ${Math.max(0, tap)} of ${taps}`);
    for (const { tap: once, times } of places) {
      await once();
      if (tap >= 0) continue;
      times.total.length = 0;
      times.own.length = 0;
    }
  }
}

async function exchangesOf(kind: Kind, { now, elapsed }: Shell): Promise<readonly ExchangeBytes[]> {
  const sales = await terminalOf(OTHER, new MemoryJournal(), now);
  const card = await BenchCard.issue(kind === 'debit, MAC mode' ? 'mac' : 'full', sales);
  const gate = await terminalOf(GATE, new MemoryJournal(), now, kind === 'debit, log read');
  let timed: TimedChannel | null = null;
  const medium = card.inProcess(GATE, (channel) => (timed = new TimedChannel(channel, elapsed)));
  if (!timed) throw new Error('a medium without channel');
  await timedTap(gate, medium, kind, timed, elapsed, { total: [], own: [] });
  return (timed as TimedChannel).exchanges;
}

async function inMemory(shell: Shell): Promise<Place> {
  return inProcess('in this process, journal in memory', new MemoryJournal(), shell, async () => undefined);
}

async function onDisk(folder: string, shell: Shell): Promise<Place> {
  const store = await FileJournal.open(path.join(folder, 'journal'));
  return inProcess('in this process, journal synced to disk', store, shell, () => store.close());
}

async function inProcess(
  name: string,
  store: MemoryJournal | FileJournal,
  { now, elapsed }: Shell,
  close: () => Promise<void>,
): Promise<Place> {
  const terminal = await terminalOf(GATE, store, now);
  const card = await BenchCard.issue('full', terminal);
  const times: Times = { total: [], own: [] };
  const tap = async (): Promise<void> => {
    let timed: TimedChannel | null = null;
    const medium = card.inProcess(GATE, (channel) => (timed = new TimedChannel(channel, elapsed)));
    if (timed) await timedTap(terminal, medium, 'debit', timed, elapsed, times);
  };
  return { name, times, tap, close };
}

/** The card stays in the field: a tap is timed from there, since its insertion is polled by the driver. */
async function overPcsc(name: string, port: number, { now, elapsed, interrupted }: Shell): Promise<Place> {
  const terminal = await terminalOf(GATE, new MemoryJournal(), now);
  const card = await BenchCard.issue('full', terminal);
  const reader = await openReader({ name, deadlineMs: CARD_DEADLINE_MS });
  const plugged = await plugIn(card.card, { port });
  const held = await reader.waitForCard(interrupted);
  const times: Times = { total: [], own: [] };
  const tap = async (): Promise<void> => {
    const timed = new TimedChannel(held, elapsed);
    await timedTap(terminal, card.heldTo(timed, GATE), 'debit', timed, elapsed, times);
  };
  const close = async (): Promise<void> => {
    await held.close();
    await plugged.unplug();
    await reader.close();
  };
  return { name: `over PC/SC (${reader.name}), journal in memory`, times, tap, close };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const round = (value: number): number => Math.round(value * 1_000) / 1_000;

function costOf({ kind, exchanges }: Cost) {
  const sent = sum(exchanges.map((each) => each.sent));
  const received = sum(exchanges.map((each) => each.received));
  const wire = BIT_RATES.map((rate) => ({ kilobitsPerSecond: rate, milliseconds: round(wireMs(exchanges, rate)) }));
  return { kind, exchanges: exchanges.length, sent, received, bytes: sent + received, wire };
}

function timeOf({ name, times: { total, own } }: Place) {
  const of = (values: readonly number[]) => ({ p50: round(quantile(values, 0.5)), p99: round(quantile(values, 0.99)) });
  return { place: name, total: of(total), own: of(own) };
}

interface Result {
  readonly costs: readonly ReturnType<typeof costOf>[];
  readonly times: readonly ReturnType<typeof timeOf>[];
}

function table({ costs, times }: Result, taps: number): string {
  const rates = BIT_RATES.map((rate) => `${rate} kbit/s`.padStart(12)).join('');
  const head = `${'ms on the air, computed'.padStart(74)}\n${'tap'.padEnd(18)}${'exchanges'.padStart(10)}${'sent'.padStart(7)}${'received'.padStart(10)}${'bytes'.padStart(7)}${rates}`;
  const cost = costs.map(({ kind, exchanges, sent, received, bytes, wire }) => {
    const air = wire.map(({ milliseconds }) => milliseconds.toFixed(1).padStart(12)).join('');
    const counts = `${String(exchanges).padStart(10)}${String(sent).padStart(7)}${String(received).padStart(10)}${String(bytes).padStart(7)}`;
    return `${kind.padEnd(18)}${counts}${air}`;
  });
  const columns = ['p50', 'p99', 'own p50', 'own p99'].map((word) => word.padStart(10)).join('');
  const timed = times.map(({ place, total, own }) => {
    const values = [total.p50, total.p99, own.p50, own.p99].map((value) => value.toFixed(3).padStart(10)).join('');
    return `${place.padEnd(52)}${values}`;
  });
  return [head, ...cost, '', `${`ms of a debit, ${taps} taps`.padEnd(52)}${columns}`, ...timed, ''].join('\n');
}
