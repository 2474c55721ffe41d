/** The terminal of a command: a journal that goes on from one command to the next, and the way to the centre. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Amount, amountOf } from '@retap/model';
import { JournalError, type TerminalOptions, upload } from '@retap/terminal';
import { type JournaledTerminal, openJournaledTerminal, uplinkTo } from '@retap/terminal-service';
import { type Command, Option } from 'commander';
import { UsageError } from '../failure.ts';
import { countFrom, parseAmount, parseCentre, parseDuration } from '../options.ts';
import type { ExitStatus, Shell } from '../shell.ts';
import { formatCounted } from '../text.ts';
import type { OpenKeys } from './key-place.ts';

export interface DeskOptions {
  readonly terminal?: number;
  readonly journal?: string;
  readonly minimumBalance: Amount;
  readonly maximumBalance: Amount;
  readonly retapWindow?: number;
  readonly sibling?: readonly number[];
  readonly centre?: string;
}

const TERMINAL_MAX = 2 ** 31 - 1;
/** The same as retap terminal has where its configuration says nothing else. */
const RETAP_WINDOW_MS = 60_000;
const CLOCK_TOLERANCE_MS = 120_000;
/** A person waits for the command: after so many faults in a row it says so. */
const FAULTS_MAX = 3;
const BACKOFF = { firstDelayMs: 250, delayMaxMs: 1_000 };

const parseTerminal = countFrom(1, TERMINAL_MAX);

export function addJournalOptions(command: Command): Command {
  return command
    .addOption(new Option('--terminal <N>', 'number that this desk is enrolled under').argParser(parseTerminal))
    .option('--journal <DIR>', "directory of the desk's journal; always the same for the same number")
    .addOption(centreOption());
}

function centreOption(): Option {
  return new Option('--centre <URL>', 'sends what waits in the journal there, as http://127.0.0.1:8080').argParser(
    parseCentre,
  );
}

export function addBalanceOptions(command: Command): Command {
  const [least, greatest] = ['least balance allowed, in minor units', 'greatest balance allowed, in minor units'];
  return command
    .addOption(new Option('--minimum-balance <N>', least).argParser(parseAmount).default(amountOf(0), '0'))
    .addOption(new Option('--maximum-balance <N>', greatest).argParser(parseAmount).default(amountOf(50_000), '50000'));
}

export function addRetapOptions(command: Command): Command {
  const window = 'how long after a torn tap the card may come back and be let through; default: 60s';
  const siblings = 'terminals of the same gate line';
  const parseSiblings = (text: string, before: readonly number[] = []): number[] => [...before, parseTerminal(text)];
  return command
    .addOption(new Option('--retap-window <DURATION>', window).argParser(parseDuration))
    .addOption(new Option('--sibling <N...>', siblings).argParser(parseSiblings));
}

/** @throws UsageError, JournalError */
export async function openDesk(options: DeskOptions, keys: OpenKeys, shell: Shell): Promise<JournaledTerminal> {
  const { terminal, journal } = options;
  if (terminal === undefined || journal === undefined) {
    throw new UsageError('what is done to a card is kept for the centre: give --terminal N and --journal DIR');
  }
  const desk = { ...terminalOptionsOf(terminal, options, shell), journal, journalKey: keys.journalKey() };
  return openJournaledTerminal(desk).catch((error) => {
    if (!(error instanceof JournalError) || error.code !== 'journal-foreign') throw error;
    throw new UsageError(`${journal}: ${error.message}; name the journal of this terminal`, { cause: error });
  });
}

/** How the terminal of a command behaves. @throws UsageError */
export function terminalOptionsOf(
  terminal: number,
  { minimumBalance, maximumBalance, retapWindow, sibling }: DeskOptions,
  { now }: Shell,
): Omit<TerminalOptions, 'store' | 'sealer' | 'sha256'> {
  if (minimumBalance > maximumBalance) {
    throw new UsageError('--minimum-balance is above --maximum-balance; give them the other way round');
  }
  return {
    terminal,
    clock: now,
    // Whoever runs the command answers for the clock of the machine.
    clockSetAt: now,
    clockSetMax: Number.POSITIVE_INFINITY,
    limits: { minimumBalance, maximumBalance },
    clockTolerance: CLOCK_TOLERANCE_MS,
    retapWindow: retapWindow ?? RETAP_WINDOW_MS,
    siblings: new Set(sibling),
    isLogTime: () => true,
  };
}

/** Sends what waits, or says how it is sent. @returns 2 where the centre did not take it */
export async function sendOrSay(
  { terminal }: JournaledTerminal,
  options: DeskOptions,
  shell: Shell,
): Promise<ExitStatus> {
  const { centre, journal } = options;
  const waiting = terminal.unsent.count;
  const records = (count: number): string => formatCounted(count, 'record');
  if (waiting === 0) {
    if (centre !== undefined) shell.stdout.write(`journal ${journal}: nothing waits for the centre\n`);
    return 0;
  }
  if (centre === undefined) {
    const hint = `send ${waiting === 1 ? 'it' : 'them'} by 'retap card send' with the same --keys, --terminal and --journal, and --centre URL`;
    shell.stdout.write(`journal ${journal}: ${records(waiting)} not sent yet; ${hint}\n`);
    return 0;
  }
  let why = 'it does not answer';
  const log: Parameters<typeof uplinkTo>[0]['log'] = (_level, _event, fields) => {
    if (typeof fields?.status !== 'number') return;
    why =
      typeof fields.code === 'string'
        ? `${fields.message} (${fields.code})`
        : `it answers with status ${fields.status}`;
  };
  const uplink = uplinkTo({ centre, signal: shell.interrupted, now: shell.now, onAnswer: () => {}, log });
  const pause = (milliseconds: number): Promise<void> => sleep(milliseconds);
  const end = await upload(terminal, {
    ...{ uplink, sleep: pause, random: Math.random, backoff: BACKOFF, faultsMax: FAULTS_MAX },
  });
  if (end === 'empty') {
    shell.stdout.write(`centre ${centre}: ${records(waiting)} acknowledged\n`);
    return 0;
  }
  const left = records(terminal.unsent.count);
  shell.stderr.write(`retap: centre ${centre}: ${why}; ${left} kept in ${journal}, 'retap card send' tries again\n`);
  return 2;
}
