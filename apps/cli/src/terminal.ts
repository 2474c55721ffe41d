/** `retap terminal`: a validator or point of sale, with its reader and its screen. */
import { createLog } from '@retap/central-service';
import { openTerminal, type TerminalService } from '@retap/terminal-service';
import type { Command } from 'commander';
import { UsageError } from './failure.ts';
import { parseCentre } from './options.ts';
import { type ExitStatus, type Shell, untilInterrupted } from './shell.ts';
import { type EnrolOptions, enrolTerminal, type RenewOptions, renewLicence } from './terminal/enrol.ts';
import { type ExportOptions, exportWaiting } from './terminal/export.ts';
import { secretsOf, type TerminalOptions, withConfiguration } from './terminal/options.ts';

export function addTerminal(program: Command, shell: Shell, end: (status: ExitStatus) => void): void {
  const command = program
    .command('terminal')
    .description(
      'run a validator, a point of sale or an inspector: reader, screen on loopback, upload (docs/terminal.md)',
    )
    .configureHelp({ showGlobalOptions: true })
    .requiredOption('--config <FILE>', 'configuration of the terminal, as JSON')
    .option(
      '--passphrase-file <FILE>',
      'file with the passphrase of the key store and the identity; default: RETAP_PASSPHRASE, or asked for',
    )
    .option(
      '--pin-file <FILE>',
      'file with the PIN of the token, where the keys are in one; default: RETAP_PIN, or asked for',
    )
    .action(async (options: TerminalOptions) => end(await terminal(options, shell)));
  addEnrolment(command, shell, end);
}

function addEnrolment(terminal: Command, shell: Shell, end: (status: ExitStatus) => void): void {
  const centre = ['--centre <URL>', 'address of the centre; default: of the configuration', parseCentre] as const;
  terminal
    .command('enrol')
    .description('make the key of this terminal, and have the centre license it')
    .requiredOption('--code <CODE>', 'as the operator of the centre gave it')
    .option(...centre)
    .option('--centre-fingerprint <HEX>', "of the centre's key, as its operator told it: another one is refused")
    .action(async (_options, command: Command) => {
      await enrolTerminal(command.optsWithGlobals<EnrolOptions>(), shell);
      end(0);
    });
  terminal
    .command('renew')
    .description('have the licence renewed; a running terminal does so by itself')
    .option(...centre)
    .action(async (_options, command: Command) => {
      await renewLicence(command.optsWithGlobals<RenewOptions>(), shell);
      end(0);
    });
  terminal
    .command('export')
    .description('write what waits for the centre to a file, for `retap upload`; the terminal may be running')
    .requiredOption('--output <FILE>', 'the signed batches; - is standard output')
    .action(async (_options, command: Command) => {
      await exportWaiting(command.optsWithGlobals<ExportOptions>(), shell);
      end(0);
    });
}

async function terminal(options: TerminalOptions, shell: Shell): Promise<ExitStatus> {
  const service = await opened(options, shell);
  shell.stdout.write(`Retap terminal, screen: ${service.url}\n`);
  await untilInterrupted(shell);
  await service.stop();
  return 0;
}

function opened(options: TerminalOptions, shell: Shell): Promise<TerminalService> {
  return withConfiguration(options, async (configuration) => {
    const secrets = await secretsOf(configuration, options, shell);
    const log = createLog((line) => shell.stderr.write(line), shell.now);
    const { port } = configuration.screen;
    return openTerminal({ configuration, secrets, now: shell.now, log }).catch((error) => {
      throw portFault(error, options.config, port);
    });
  });
}

/** The error in words where the port of the screen could not be listened on; else as it is. */
function portFault(error: unknown, config: string, port: number): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') {
    return new UsageError(`${config}: screen.port: ${port} is in use: stop what runs there, or give another one`);
  }
  if (code === 'EACCES' && port < 1024) {
    return new UsageError(`${config}: screen.port: ${port} needs more rights than this user has: give one above 1023`);
  }
  return error;
}
