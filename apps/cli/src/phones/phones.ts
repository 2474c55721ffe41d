/** The phones of the database that a command names. */
import { type Central, openCentral, type Phones } from '@retap/central';
import { type DatabaseOption, existingDatabase } from '../database.ts';
import type { Shell } from '../shell.ts';

export function withPhones<Result>(
  options: DatabaseOption,
  shell: Shell,
  work: (phones: Phones) => Promise<Result>,
): Promise<Result> {
  return withCentral(options, shell, ({ phones }) => work(phones));
}

export async function withCentral<Result>(
  options: DatabaseOption,
  shell: Shell,
  work: (central: Pick<Central, 'phones' | 'transfers'>) => Promise<Result>,
): Promise<Result> {
  const central = await openCentral({ database: existingDatabase(options, shell), now: shell.now });
  try {
    return await work(central);
  } finally {
    await central.close();
  }
}
