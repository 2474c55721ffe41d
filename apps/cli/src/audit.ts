/** `retap audit`: who did what to the centre, and whether that is the truth. */
import type { Command } from 'commander';
import { type CheckpointOptions, printCheckpoint } from './audit/checkpoint.ts';
import { type ExportOptions, exportLog } from './audit/export.ts';
import { type ShowOptions, show } from './audit/show.ts';
import { type VerifyOptions, verifyLog } from './audit/verify.ts';
import { CENTRAL_DIRECTORY, databaseOption } from './database.ts';
import { identityPassphraseOption } from './identity.ts';
import { countFrom } from './options.ts';
import type { ExitStatus, Shell } from './shell.ts';

const ENTRIES_MAX = 1e12;

export function addAudit(program: Command, shell: Shell, end: (status: ExitStatus) => void): void {
  const audit = program.command('audit').description('who did what to the centre, and proof of it (docs/audit.md)');
  const add = (name: string, description: string): Command =>
    audit.command(name).description(description).addOption(databaseOption(CENTRAL_DIRECTORY));
  const done = async (work: Promise<void>): Promise<void> => {
    await work;
    end(0);
  };

  add('show', 'show entries, newest first')
    .option('--limit <N>', 'how many', countFrom(1, 10_000), 50)
    .option('--before <N>', 'only entries before this one', countFrom(1, ENTRIES_MAX))
    .option('--who <NAME>', 'only what this one did: @ana, root, terminal 17')
    .option('--what <WORD>', 'only this: deny.added')
    .action((options: ShowOptions) => done(show(options, shell)));
  add('export', 'write entries and checkpoints as lines of JSON, for an outsider')
    .option('--from <N>', 'first entry', countFrom(1, ENTRIES_MAX), 1)
    .option('--output <FILE>', 'default: standard output')
    .action((options: ExportOptions) => done(exportLog(options, shell)));
  add('checkpoint', 'print the newest checkpoint, for an outsider to keep')
    .option('--identity <FILE>', "the centre's key pair: sign what has come since")
    .addOption(identityPassphraseOption())
    .option('--output <FILE>', 'default: standard output')
    .action((options: CheckpointOptions) => done(printCheckpoint(options, shell)));
  add('verify', 'say whether a log is whole, and what the centre has signed (status 0: it is, 2: it is not)')
    .argument('[FILE]', 'an export; without it the log of the database')
    .requiredOption('--centre-fingerprint <HEX>', "of the centre's key, as 'retap init' printed it")
    .option('--checkpoint <FILE>', 'a checkpoint or an export that was kept: the log must go on from it')
    .action(async (file: string | undefined, options: VerifyOptions) => end(await verifyLog(file, options, shell)));
}
