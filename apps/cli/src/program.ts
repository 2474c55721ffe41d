/** The command line: every command with its options. */
import { Command } from 'commander';
import type { ExitStatus, Shell } from './shell.ts';
import { VERSION } from './version.ts';

/** Adds a command; `end` takes its exit status. */
type AddCommand = (program: Command, shell: Shell, end: (status: ExitStatus) => void) => void;

/** In the order in which help shows them. Each is loaded when it is asked for: all of them take a second. */
const COMMANDS: Readonly<Record<string, () => Promise<AddCommand>>> = {
  start: async () => (await import('./start.ts')).addStart,
  serve: async () => (await import('./serve.ts')).addServe,
  init: async () => (await import('./init.ts')).addInit,
  people: async () => (await import('./people.ts')).addPeople,
  terminals: async () => (await import('./terminals.ts')).addTerminals,
  phones: async () => (await import('./phones.ts')).addPhones,
  lists: async () => (await import('./lists.ts')).addLists,
  proposals: async () => (await import('./proposals.ts')).addProposals,
  audit: async () => (await import('./audit.ts')).addAudit,
  alerts: async () => (await import('./alerts.ts')).addAlerts,
  webhooks: async () => (await import('./webhooks.ts')).addWebhooks,
  reconcile: async () => (await import('./reconcile.ts')).addReconcile,
  simulate: async () => (await import('./simulate.ts')).addSimulate,
  whatif: async () => (await import('./whatif.ts')).addWhatIf,
  check: async () => (await import('./check.ts')).addCheck,
  rebuild: async () => (await import('./rebuild.ts')).addRebuild,
  bench: async () => (await import('./bench.ts')).addBench,
  'bench-tap': async () => (await import('./bench-tap.ts')).addBenchTap,
  'bench-simulate': async () => (await import('./bench-simulate.ts')).addBenchSimulate,
  'bench-uploads': async () => (await import('./bench-uploads.ts')).addBenchUploads,
  terminal: async () => (await import('./terminal.ts')).addTerminal,
  upload: async () => (await import('./upload.ts')).addUpload,
  keys: async () => (await import('./keys.ts')).addKeys,
  card: async () => (await import('./card.ts')).addCard,
};

/**
 * @param asked the first word of the command line; where it names no command, the program has them all, to help with
 * @throws CommanderError where the command line makes no sense; the message has been written by then
 */
export async function createProgram(
  asked: string | undefined,
  shell: Shell,
  end: (status: ExitStatus) => void,
): Promise<Command> {
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
  const known = asked !== undefined && Object.hasOwn(COMMANDS, asked);
  for (const [name, load] of Object.entries(COMMANDS)) {
    if (!known || name === asked) (await load())(program, shell, end);
  }
  return program;
}
