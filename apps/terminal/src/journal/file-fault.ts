/** Faults of a journal's directory, in the journal's words. */
import { stat } from 'node:fs/promises';
import { JournalError } from '@retap/terminal';

/** @throws JournalError `journal-failed` for whatever `work` throws, unless it is one already */
export async function faultOf<Value>(what: string, work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof JournalError) throw cause;
    throw new JournalError('journal-failed', `${what}: ${messageOf(cause)}`, { cause });
  }
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

/** The disk, the quota of the user, or the size that a file may have. */
const FULL: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

export function isFull(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && FULL.has(cause.code);
}

export function fullDisk(directory: string, cause?: unknown): JournalError {
  return new JournalError('journal-full', `no room on the disk for the journal ${directory}`, { cause });
}

/** @param mode that the owner needs. @throws JournalError `journal-permissions` where others than the owner have any */
export async function assertPrivate(path: string, mode: 0o600 | 0o700): Promise<void> {
  if (process.platform === 'win32') return;
  const entry = await stat(path);
  if (mode === 0o700 && !entry.isDirectory()) {
    throw new JournalError('journal-failed', `${path} is not a directory; name another journal`);
  }
  const found = entry.mode & 0o777;
  if ((found & 0o077) === 0) return;
  const advice = `others may not even read a journal; run: chmod ${mode.toString(8)} '${path}'`;
  throw new JournalError('journal-permissions', `${path} has mode ${found.toString(8)}: ${advice}`);
}
