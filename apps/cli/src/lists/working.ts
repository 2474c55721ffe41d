/** The lists of the database that a command names. */
import { type Central, type Lists, openCentral } from '@retap/central';
import { type DatabaseOption, existingDatabase } from '../database.ts';
import type { Shell } from '../shell.ts';

export async function withLists<Result>(
  options: DatabaseOption,
  shell: Shell,
  work: (lists: Lists, central: Central) => Promise<Result>,
): Promise<Result> {
  const central = await openCentral({ database: existingDatabase(options, shell), now: shell.now });
  try {
    return await work(central.lists, central);
  } finally {
    await central.close();
  }
}
