/** The command line: every command with its options. */
import { Command } from 'commander';
import { addAlerts } from './alerts.ts';
import { addAudit } from './audit.ts';
import { addBench } from './bench.ts';
import { addBenchTap } from './bench-tap.ts';
import { addBenchUploads } from './bench-uploads.ts';
import { addCard } from './card.ts';
import { addCheck } from './check.ts';
import { addInit } from './init.ts';
import { addKeys } from './keys.ts';
import { addLists } from './lists.ts';
import { addPeople } from './people.ts';
import { addProposals } from './proposals.ts';
import { addRebuild } from './rebuild.ts';
import { addReconcile } from './reconcile.ts';
import { addServe } from './serve.ts';
import type { ExitStatus, Shell } from './shell.ts';
import { addSimulate } from './simulate.ts';
import { addStart } from './start.ts';
import { addTerminal } from './terminal.ts';
import { addTerminals } from './terminals.ts';
import { addUpload } from './upload.ts';
import { VERSION } from './version.ts';
import { addWebhooks } from './webhooks.ts';

/** Adds a command; `end` takes its exit status. */
type AddCommand = (program: Command, shell: Shell, end: (status: ExitStatus) => void) => void;

const COMMANDS: readonly AddCommand[] = [
  addStart,
  addServe,
  addInit,
  addPeople,
  addTerminals,
  addLists,
  addProposals,
  addAudit,
  addAlerts,
  addWebhooks,
  addReconcile,
  addSimulate,
  addCheck,
  addRebuild,
  addBench,
  addBenchTap,
  addBenchUploads,
  addTerminal,
  addUpload,
  addKeys,
  addCard,
];

/** @throws CommanderError where the command line makes no sense; the message has been written by then */
export function createProgram(shell: Shell, end: (status: ExitStatus) => void): Command {
  const program = new Command('retap')
    .description('Offline-first payment and ticketing: the reconciling centre, and a city to try it with.')
    .version(VERSION)
    .configureOutput({
      writeOut: (text) => shell.stdout.write(text),
      writeErr: (text) => shell.stderr.write(text),
      outputError: (text, write) => write(`retap: ${text.replace(/^error: /, '')}`),
    })
    .showHelpAfterError('(--help shows what there is)')
    .exitOverride();
  for (const add of COMMANDS) add(program, shell, end);
  return program;
}
