/** The proposals of the database that a command names. */
import { openCentral, type Proposals } from '@retap/central';
import { type DatabaseOption, existingDatabase } from '../database.ts';
import type { Shell } from '../shell.ts';

export async function withProposals<Result>(
  options: DatabaseOption,
  shell: Shell,
  work: (proposals: Proposals) => Promise<Result>,
): Promise<Result> {
  const central = await openCentral({ database: existingDatabase(options, shell), now: shell.now });
  try {
    return await work(central.proposals);
  } finally {
    await central.close();
  }
}
