/** `retap rebuild`: makes everything but the batches anew from the batches. */
import { openCentral } from '@retap/central';
import type { Command } from 'commander';
import { type CentreKeysOptions, centreKeysOptions, proofsOf } from './centre-keys.ts';
import { CENTRAL_DIRECTORY, type DatabaseOption, databaseOption, existingDatabase, shownDatabase } from './database.ts';
import { ProgressLine, paceOf } from './progress.ts';
import { type ExitStatus, type Shell, stopIfInterrupted } from './shell.ts';
import { userName } from './terminals/registry.ts';
import { formatCount, formatCounted } from './text.ts';

type RebuildOptions = DatabaseOption & CentreKeysOptions;

export function addRebuild(program: Command, shell: Shell, end: (status: ExitStatus) => void): void {
  const command = program
    .command('rebuild')
    .description('make accounts, resolutions and alerts anew from the stored batches; may be interrupted and run again')
    .addOption(databaseOption(CENTRAL_DIRECTORY))
    .action(async (options: RebuildOptions) => end(await rebuild(options, shell)));
  for (const option of centreKeysOptions()) command.addOption(option);
}

async function rebuild(options: RebuildOptions, shell: Shell): Promise<ExitStatus> {
  const database = existingDatabase(options, shell);
  const central = await openCentral({ database, now: shell.now, ...(await proofsOf(options, shell)) });
  const progress = new ProgressLine(shell);
  try {
    // Before it begins: it may be killed, and what was there is gone by then.
    const entry = { who: userName(), what: 'centre.rebuilt', object: 'centre', outcome: 'done' } as const;
    await central.audit.append({ ...entry, detail: {} });
    await central.rebuild(({ done, total }) => {
      stopIfInterrupted(shell);
      progress.show(
        (seconds) => `rebuilding ${formatCount(done)} of ${formatCount(total)}: ${paceOf(done, total, seconds)}`,
      );
    });
    progress.clear();
    const { batches, records } = await central.totals(shell.now());
    shell.stdout.write(
      `${shownDatabase(database)}: rebuilt from ${formatCounted(batches, 'batch', 'batches')}, ${formatCounted(records, 'record')}\n`,
    );
    return 0;
  } finally {
    progress.clear();
    await central.close();
  }
}
