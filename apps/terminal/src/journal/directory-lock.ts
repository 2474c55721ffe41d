/**
 * One process a directory. Each who wants it puts down a file that bears its own name, and looks whether another living
 * process has one there: whoever looks last sees the other and goes away. The name of a dead holder is never given again, so
 * that removing its file takes nothing from anybody, and a start that is cut off at any point leaves nothing to be mended.
 */
import { open, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { JournalError } from '@retap/terminal';

const LOCK = /^lock-(\d+)-(\d*)-([0-9a-f-]*)$/;
/** Two who start at once see each other and both go away; they come back after different times. */
const ATTEMPTS = 4;
const DELAY_MAX_MS = 40;

/** @returns a function that gives the directory free. @throws JournalError `journal-locked`; a fault of the directory as it is */
export async function lockDirectory(directory: string): Promise<() => Promise<void>> {
  const boot = await bootOf();
  const own = `lock-${process.pid}-${(await processOf(process.pid))?.start ?? ''}-${boot}`;
  const path = join(directory, own);
  const free = (): Promise<void> => rm(path, { force: true });
  for (let attempt = 1; ; attempt += 1) {
    await putDown(path, directory);
    const holder = await otherHolder(directory, own, boot).catch(async (cause: unknown) => {
      await free();
      throw cause;
    });
    if (holder === null) return free;
    await free();
    if (attempt === ATTEMPTS) throw locked(directory, `process ${holder}`);
    await sleep(Math.random() * DELAY_MAX_MS);
  }
}

async function putDown(path: string, directory: string): Promise<void> {
  try {
    await (await open(path, 'wx', 0o600)).close();
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') throw locked(directory, 'this very process');
    throw cause;
  }
}

/** Number of another process that holds the directory, or is about to; those of the dead are removed. */
async function otherHolder(directory: string, own: string, boot: string): Promise<number | null> {
  for (const name of await readdir(directory)) {
    const found = LOCK.exec(name);
    if (found === null || name === own) continue;
    const [, pid, start, itsBoot] = found;
    if (itsBoot === boot && (await isAlive(Number(pid), start ?? ''))) return Number(pid);
    await rm(join(directory, name), { force: true });
  }
  return null;
}

/** A number alone is not enough: another process may have it after its holder died. */
async function isAlive(pid: number, start: string): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it is there, and another user's.
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const found = await processOf(pid);
  // Killed and not yet waited for by its parent, it holds nothing any more.
  return found === null || (found.start === start && found.state !== 'Z' && found.state !== 'X');
}

/** State, and start in clock ticks since boot, where the system tells (Linux, proc(5)); null elsewhere. */
async function processOf(pid: number): Promise<{ readonly state: string; readonly start: string } | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields ? { state: fields[0] ?? '', start: fields[19] ?? '' } : null;
}

/** After a restart of the machine, numbers and ticks come again, on a terminal even the same ones. */
async function bootOf(): Promise<string> {
  return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '')).trim();
}

function locked(directory: string, who: string): JournalError {
  return new JournalError(
    'journal-locked',
    `the journal ${directory} is in use by ${who}; stop it, or name another journal`,
  );
}
