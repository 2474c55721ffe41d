/** One process an embedded directory. PGlite has no lock of its own: a second opener silently loses rows of the first. */
import { randomBytes } from 'node:crypto';
import { link, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CentralError } from '../error.ts';

/** @returns a function that gives the directory free. @throws CentralError `database-in-use` */
export async function lockDirectory(directory: string): Promise<() => Promise<void>> {
  const path = join(directory, 'retap.lock');
  const own = `${path}.${randomBytes(6).toString('hex')}`;
  await writeSynced(own, `${process.pid} ${(await startOf(process.pid)) ?? ''}\n`);
  try {
    for (let attempt = 0; attempt < 10; attempt += 1) {
      // A name for a file that is whole already: made and then written, a lock could be read while it is still empty.
      if (await isLinked(own, path)) return () => rm(path, { force: true });
      const standing = await readIfThere(path);
      if (standing === null) continue; // given free in between
      if (await isAlive(standing)) throw inUse(directory, holderOf(standing));
      if (await takeOver(own, path, standing)) return () => rm(path, { force: true });
    }
    throw inUse(directory, null);
  } finally {
    await rm(own, { force: true });
  }
}

/**
 * Puts our lock in the place of a dead holder's. Only who holds the second name may, so that of two who found the same
 * dead holder the slower cannot put away the quicker one's lock; renaming it over the first gives it free in one step.
 */
async function takeOver(own: string, path: string, standing: string): Promise<boolean> {
  const turn = `${path}.takeover`;
  if (!(await isLinked(own, turn))) {
    const other = await readIfThere(turn);
    if (other === null || (await isAlive(other))) return false;
    throw new CentralError('database-in-use', `a start was cut off; if no other Retap is running, remove ${turn}`);
  }
  if ((await readIfThere(path)) !== standing) {
    await rm(turn);
    return false;
  }
  await rename(turn, path);
  return true;
}

async function writeSynced(path: string, content: string): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function isLinked(own: string, name: string): Promise<boolean> {
  try {
    await link(own, name);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function holderOf(lock: string): number {
  return Number(lock.split(' ')[0]);
}

/** A number alone is not enough: after a restart of the machine another process may have it. */
async function isAlive(standing: string): Promise<boolean> {
  const pid = holderOf(standing);
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

function inUse(directory: string, pid: number | null): CentralError {
  const who = pid === null ? 'another process' : `process ${pid}`;
  return new CentralError(
    'database-in-use',
    `the embedded database ${directory} is in use by ${who}; stop it, or name another --database`,
  );
}
