/**
 * A new embedded database begins as a copy of one that the build has made and migrated: to make it takes seconds of both cores
 * (initdb in WASM), to copy it a fraction of one. Where there is no copy to take, PGlite makes the database as ever.
 */
import { createHash } from 'node:crypto';
import { chmodSync, copyFileSync, mkdirSync, readdirSync } from 'node:fs';
import { chmod, mkdtemp, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { migrationFiles, readMigration } from './migrations.ts';

const DIST = fileURLToPath(new URL('../../dist/', import.meta.url));

/** Where the template of this PGlite and this schema lies, or would lie: another's cannot be taken for it. */
export async function templateFolder(): Promise<string> {
  const pglite = join(dirname(createRequire(import.meta.url).resolve('@electric-sql/pglite')), '../package.json');
  const hash = createHash('sha256').update(await readFile(pglite));
  for (const name of await migrationFiles()) hash.update(`\0${name}\0`).update(await readMigration(name));
  return join(DIST, `template-${hash.digest('hex').slice(0, 16)}`);
}

/**
 * Puts the template into `root` as its `pgdata`, whole or not at all; nothing where it has one, or where none was made.
 * @param durable whether it must be on the disk before anything is written into it
 */
export async function copyTemplate(root: string, durable: boolean): Promise<void> {
  const pgdata = join(root, 'pgdata');
  const template = await templateFolder();
  if ((await isThere(pgdata)) || !(await isThere(template))) return;
  // A name of its own until it is whole: what a kill in the middle leaves is no database, and is begun again.
  const copy = join(root, 'retap-copy');
  await rm(copy, { recursive: true, force: true });
  mkdirSync(copy, { mode: 0o700 });
  const [files, folders]: [string[], string[]] = [[], [copy]];
  // Not one await a file: there are more than a thousand, small ones, and each would cost ten times what copying it does.
  for (const entry of readdirSync(template, { recursive: true, withFileTypes: true })) {
    const path = join(copy, relative(template, join(entry.parentPath, entry.name)));
    if (entry.isDirectory()) {
      mkdirSync(path, { mode: 0o700 });
      folders.push(path);
    } else {
      copyFileSync(join(entry.parentPath, entry.name), path);
      chmodSync(path, 0o600); // the template may be read by everybody
      files.push(path);
    }
  }
  if (durable) await syncAll([...files, ...folders]);
  await rename(copy, pgdata);
  if (durable) await syncAll([root]);
}

/** Several at once: one after the other, a thousand take seconds. */
async function syncAll(paths: readonly string[]): Promise<void> {
  const left = [...paths];
  const worker = async () => {
    for (let path = left.pop(); path !== undefined; path = left.pop()) {
      const file = await open(path, 'r');
      try {
        await file.sync();
      } finally {
        await file.close();
      }
    }
  };
  await Promise.all(Array.from({ length: 16 }, worker));
}

/**
 * Makes the template, unless it is there; removes those of other versions.
 * @param make opens a database in a new directory, migrates and closes it
 */
export async function makeTemplate(make: (directory: string) => Promise<void>): Promise<void> {
  const template = await templateFolder();
  if (await isThere(template)) return;
  const made = await mkdtemp(join(DIST, 'making-'));
  try {
    await make(made);
    const pgdata = join(made, 'pgdata');
    for (const entry of await readdir(pgdata, { recursive: true, withFileTypes: true })) {
      await chmod(join(entry.parentPath, entry.name), entry.isDirectory() ? 0o755 : 0o644);
    }
    await chmod(pgdata, 0o755);
    const old = (await readdir(DIST)).filter((name) => name.startsWith('template-'));
    for (const name of old) await rm(join(DIST, name), { recursive: true, force: true });
    await rename(pgdata, template);
  } finally {
    await rm(made, { recursive: true, force: true });
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
