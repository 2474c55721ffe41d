/** The directory that a simulation writes to: new, empty, or written over on purpose. */
import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { UsageError } from '../failure.ts';

/** What a city leaves in its directory. */
export const CITY_FILES = ['journals', 'batches', 'truth.json'] as const;
const FOLDERS = ['journals', 'batches'] as const;

/**
 * @param option that named it @param names what an earlier run may have left there
 * @throws UsageError where the directory holds something
 */
export async function prepareDirectory(
  option: string,
  directory: string,
  names: readonly string[],
  force: boolean,
): Promise<void> {
  const found = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    if (error.code === 'ENOTDIR') throw new UsageError(`${option} ${directory}: it is a file; name a directory`);
    throw error;
  });
  if (found.length > 0 && !force) {
    throw new UsageError(`${option} ${directory}: it is not empty; name another, or write over it by --force`);
  }
  for (const name of names) await rm(path.join(directory, name), { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
}

export async function makeCityFolders(directory: string): Promise<void> {
  for (const name of FOLDERS) await mkdir(path.join(directory, name), { recursive: true });
}
