/** One process an embedded directory. PGlite has no lock of its own: a second opener silently loses rows of the first. */
import { randomBytes } from 'node:crypto';
import { link, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CentralError } from '../error.ts';

/** @returns a function that gives the directory free. @throws CentralError `database-in-use` */
export async function lockDirectory(directory: string): Promise<() => Promise<void>> {
  const path = join(directory, 'retap.lock');
  const holder = `${process.pid} ${(await startOf(process.pid)) ?? ''}\n`;
  for (let attempt = 0; attempt < 10; attempt += 1) {
    if (await create(path, holder)) return () => rm(path, { force: true });
    const standing = await readFile(path, 'utf8').catch(() => null);
    if (standing === null) continue; // given free in between
    const pid = Number(standing.split(' ')[0]);
    if (await isAlive(standing, pid)) throw inUse(directory, pid);
    await removeStale(path, standing, directory);
  }
  throw inUse(directory, null);
}

async function create(path: string, content: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx');
    await file.writeFile(content);
    await file.sync();
    await file.close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** A number alone is not enough: after a restart of the machine another process may have it. */
async function isAlive(standing: string, pid: number): Promise<boolean> {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const start = await startOf(pid);
  return start === null || standing.trim() === `${pid} ${start}`.trim();
}

/** When the process started, in clock ticks since boot, where the system tells (Linux); null elsewhere. */
async function startOf(pid: number): Promise<string | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
}

/** Renames first and looks then: of two that found the same dead holder, the slower must not remove the quicker one's lock. */
async function removeStale(path: string, standing: string, directory: string): Promise<void> {
  const aside = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  const moved = await readFile(aside, 'utf8');
  if (moved !== standing) await link(aside, path);
  await rm(aside);
  if (moved !== standing) throw inUse(directory, Number(moved.split(' ')[0]));
}

function inUse(directory: string, pid: number | null): CentralError {
  const who = pid === null ? 'another process' : `process ${pid}`;
  return new CentralError(
    'database-in-use',
    `the embedded database ${directory} is in use by ${who}; stop it, or name another --database`,
  );
}
