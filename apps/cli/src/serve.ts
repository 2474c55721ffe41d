/** `retap serve`: the centre alone; takes batches, shows the page. */
import { mkdir } from 'node:fs/promises';
import { openCentral } from '@retap/central';
import { createLog, startService } from '@retap/central-service';
import type { Command } from 'commander';
import { type CentreKeysOptions, centreKeysOptions, proofsOf } from './centre-keys.ts';
import {
  CENTRAL_DIRECTORY,
  type DatabaseOption,
  databaseNamed,
  databaseOption,
  isPostgres,
  shownDatabase,
} from './database.ts';
import { listenFault } from './listening.ts';
import { countFrom } from './options.ts';
import { type ExitStatus, type Shell, untilInterrupted } from './shell.ts';

interface ServeOptions extends DatabaseOption, CentreKeysOptions {
  readonly port: number;
  readonly host: string;
  readonly processors: number;
}

export function addServe(program: Command, shell: Shell, end: (status: ExitStatus) => void): void {
  const command = program
    .command('serve')
    .description('run the centre: takes batches by POST /batches, shows the page')
    .addOption(databaseOption(CENTRAL_DIRECTORY))
    .option('--port <N>', 'port to listen on; 0 takes a free one', countFrom(0, 65_535), 8080)
    .option('--host <H>', 'address to listen on', '127.0.0.1')
    .option('--processors <N>', 'loops that reconcile side by side', countFrom(1, 64), 1)
    .action(async (options: ServeOptions) => end(await serve(options, shell)));
  for (const option of centreKeysOptions()) command.addOption(option);
}

async function serve(options: ServeOptions, shell: Shell): Promise<ExitStatus> {
  const { port, host, processors } = options;
  const database = databaseNamed(options, shell) ?? CENTRAL_DIRECTORY;
  const proofs = await proofsOf(options, shell); // first: a wrong passphrase leaves no empty database behind
  if (!isPostgres(database)) await mkdir(database, { recursive: true });
  const central = await openCentral({ database, processors, now: shell.now, ...proofs });
  try {
    const log = createLog((line) => shell.stderr.write(line), shell.now);
    const service = await startService({ central, now: shell.now, port, host, processors, log }).catch((error) => {
      throw listenFault(error, host, port);
    });
    shell.stdout.write(`Retap centre on ${shownDatabase(database)}: ${service.url}\n`);
    await untilInterrupted(shell);
    await service.stop();
    return 0;
  } finally {
    await central.close();
  }
}
