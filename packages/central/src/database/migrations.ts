/** The schema's numbered files, as they lie in `sql/`. */
import { readdir, readFile } from 'node:fs/promises';

const FOLDER = new URL('../../sql/', import.meta.url);

/** Their names, in the order in which they are applied. */
export async function migrationFiles(): Promise<string[]> {
  return (await readdir(FOLDER)).filter((name) => /^\d{4}_.*\.sql$/.test(name)).sort();
}

export function readMigration(name: string): Promise<string> {
  return readFile(new URL(name, FOLDER), 'utf8');
}
