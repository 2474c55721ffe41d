/** The phones of the database that a command names. */
import { openCentral, type Phones } from '@retap/central';
import { type DatabaseOption, existingDatabase } from '../database.ts';
import type { Shell } from '../shell.ts';

export async function withPhones<Result>(
  options: DatabaseOption,
  shell: Shell,
  work: (phones: Phones) => Promise<Result>,
): Promise<Result> {
  const central = await openCentral({ database: existingDatabase(options, shell), now: shell.now });
  try {
    return await work(central.phones);
  } finally {
    await central.close();
  }
}
