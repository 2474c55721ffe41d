/** `retap check`: derives every account anew from the stored batches and compares. */
import { openCentral } from '@retap/central';
import { verifySignature } from '@retap/keys';
import type { Amount } from '@retap/model';
import type { Command } from 'commander';
import { type CentreKeysOptions, centreKeysOptions, proofsOf } from './centre-keys.ts';
import { CENTRAL_DIRECTORY, type DatabaseOption, databaseOption, existingDatabase, shownDatabase } from './database.ts';
import { asOfOption, maxDelayOption, minimumBalanceOption } from './options.ts';
import { ProgressLine, paceOf } from './progress.ts';
import { type ExitStatus, type Shell, stopIfInterrupted } from './shell.ts';
import { userName } from './terminals/registry.ts';
import { formatCount, printable } from './text.ts';

interface CheckOptions extends DatabaseOption, CentreKeysOptions {
  readonly asOf?: number;
  readonly maxDelay: number;
  readonly minimumBalance: Amount;
}

export function addCheck(program: Command, shell: Shell, end: (status: ExitStatus) => void): void {
  const command = program
    .command('check')
    .description('derive every account anew from the stored batches and compare (status 0: equal, 2: differs)')
    .addOption(databaseOption(CENTRAL_DIRECTORY))
    .addOption(asOfOption())
    .addOption(maxDelayOption())
    .addOption(minimumBalanceOption())
    .action(async (options: CheckOptions) => end(await check(options, shell)));
  for (const option of centreKeysOptions()) command.addOption(option);
}

async function check(options: CheckOptions, shell: Shell): Promise<ExitStatus> {
  const database = existingDatabase(options, shell);
  const { maxDelay, minimumBalance } = options;
  const central = await openCentral({ database, now: shell.now, verifySignature, ...(await proofsOf(options, shell)) });
  const progress = new ProgressLine(shell);
  try {
    const configuration = { maxDelay, minimumBalance, clockTolerance: central.clockTolerance };
    const discrepancies = central.check(options.asOf ?? shell.now(), configuration, ({ done, total }) => {
      stopIfInterrupted(shell);
      progress.show(
        (seconds) => `checking ${formatCount(done)} of ${formatCount(total)}: ${paceOf(done, total, seconds)}`,
      );
    });
    let found = 0;
    for await (const { subject, stored, derived } of discrepancies) {
      stopIfInterrupted(shell);
      found += 1;
      progress.clear();
      const [inStore, anew] = [stored, derived].map((each) => printable(JSON.stringify(each) ?? 'nothing'));
      shell.stdout.write(`${printable(subject)}\n  stored   ${inStore}\n  derived  ${anew}\n`);
    }
    progress.clear();
    const entry = { who: userName(), what: 'centre.checked', object: 'centre', outcome: 'done' } as const;
    await central.audit.append({ ...entry, detail: { differences: found } });
    if (found === 0) {
      shell.stdout.write(`${shownDatabase(database)}: equal to what the stored batches say\n`);
      return 0;
    }
    shell.stdout.write(`${formatCount(found)} differences; 'retap rebuild' makes the state anew from the batches\n`);
    return 2;
  } finally {
    progress.clear();
    await central.close();
  }
}
