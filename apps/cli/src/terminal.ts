/** `retap terminal`: a validator or point of sale, with its reader and its screen. */
import path from 'node:path';
import { createLog } from '@retap/central-service';
import { ConfigurationError, openTerminal, readConfiguration, type TerminalService } from '@retap/terminal-service';
import type { Command } from 'commander';
import { Faults, UsageError } from './failure.ts';
import { type SecretSource, secretOf } from './keys/secret.ts';
import { type ExitStatus, type Shell, untilInterrupted } from './shell.ts';

interface TerminalOptions {
  readonly config: string;
  readonly passphraseFile?: string;
}

export function addTerminal(program: Command, shell: Shell, end: (status: ExitStatus) => void): void {
  program
    .command('terminal')
    .description(
      'run a validator, a point of sale or an inspector: reader, screen on loopback, upload (docs/terminal.md)',
    )
    .requiredOption('--config <FILE>', 'configuration of the terminal, as JSON')
    .option(
      '--passphrase-file <FILE>',
      'file with the passphrase of the key store; default: RETAP_PASSPHRASE, or asked for',
    )
    .action(async (options: TerminalOptions) => end(await terminal(options, shell)));
}

async function terminal(options: TerminalOptions, shell: Shell): Promise<ExitStatus> {
  const service = await opened(options, shell);
  shell.stdout.write(`Retap terminal, screen: ${service.url}\n`);
  await untilInterrupted(shell);
  await service.stop();
  return 0;
}

async function opened({ config, passphraseFile }: TerminalOptions, shell: Shell): Promise<TerminalService> {
  try {
    const configuration = await readConfiguration(config);
    const passphrase = await secretOf(sourceOf(configuration.keys.store, passphraseFile), shell);
    const log = createLog((line) => shell.stderr.write(line), shell.now);
    const { port } = configuration.screen;
    return await openTerminal({ configuration, passphrase, now: shell.now, log }).catch((error) => {
      throw portFault(error, config, port);
    });
  } catch (error) {
    throw error instanceof ConfigurationError ? new Faults(error.messages) : error;
  }
}

function sourceOf(store: string, file: string | undefined): SecretSource {
  const what = `passphrase of ${path.basename(store)}`;
  return { what, option: '--passphrase-file', file, variable: 'RETAP_PASSPHRASE' };
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
