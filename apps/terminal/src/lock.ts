/** One process a file: two that write one card, each from what it read before, would lose what the other wrote. */
import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';

const ATTEMPTS = 10;

/**
 * Takes the lock `<path>.lock`; that of a process which has died is taken over.
 * @returns gives it free; or the process that holds it, as a number: 0 where somebody died while taking it over, and
 * `<path>.lock.takeover` must be removed
 */
export function lockFile(path: string): (() => void) | number {
  const lock = `${path}.lock`;
  const own = `${lock}.${randomBytes(6).toString('hex')}`;
  writeFileSync(own, nameOf(process.pid) ?? String(process.pid), { flag: 'wx', mode: 0o600 });
  try {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      // A name for a file that is whole: made and then written, a lock could be read while it is empty.
      if (isLinked(own, lock)) return () => rmSync(lock, { force: true });
      const standing = readIfThere(lock);
      if (standing === null) continue; // given free in between
      if (isAlive(standing)) return holderOf(standing);
      if (takeOver(own, lock, standing)) return () => rmSync(lock, { force: true });
    }
    return 0;
  } finally {
    rmSync(own, { force: true });
  }
}

/**
 * Puts our lock in the place of a dead holder's. Only who holds the second name may: of two who found the same dead holder the
 * slower would else put away the quicker one's lock.
 */
function takeOver(own: string, lock: string, standing: string): boolean {
  const turn = `${lock}.takeover`;
  if (!isLinked(own, turn)) return false;
  if (readIfThere(lock) !== standing) {
    rmSync(turn);
    return false;
  }
  renameSync(turn, lock);
  return true;
}

function isLinked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function holderOf(lock: string): number {
  return Number(lock.split(' ')[0]);
}

/** A number alone is not enough: another process may have it after its holder died. */
function isAlive(standing: string): boolean {
  const holder = holderOf(standing);
  if (!Number.isSafeInteger(holder) || holder <= 0) return false;
  try {
    process.kill(holder, 0);
  } catch (error) {
    // EPERM: it is there, and another user's.
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const name = nameOf(holder);
  return name === null || standing === name;
}

/** A process as no other one will be called: its number, its start in ticks since boot, and the boot (Linux, proc(5)). */
function nameOf(pid: number): string | null {
  const stat = readIfThere(`/proc/${pid}/stat`);
  if (stat === null) return null;
  const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // Killed and not yet waited for by its parent, it holds nothing any more.
  if (state === 'Z' || state === 'X') return '';
  return `${pid} ${fields[18]} ${readIfThere('/proc/sys/kernel/random/boot_id')?.trim() ?? ''}`;
}
