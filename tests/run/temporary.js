/**
 * Where the tests put what they make: databases above all, thousands of small files each. In memory where there is room: on a disk
 * creating them takes longer than what is tested. What kill −9 leaves is the same there, for it is the system that keeps it.
 */
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { freemem } from 'node:os';
import path from 'node:path';

const IN_MEMORY = '/dev/shm';
/** With the process after it. */
const PREFIX = 'retap-test-';
/** A run has used 3 GiB at most. */
const ROOM = 8 * 2 ** 30;

/** Points TMPDIR into memory for this process and its children, until it ends; leaves alone what somebody has set. */
export function useTemporaryMemory() {
  if (process.env.TMPDIR !== undefined || !hasRoom()) return;
  removeForsaken();
  const folder = mkdtempSync(path.join(IN_MEMORY, `${PREFIX}${process.pid}-`));
  // As /tmp is: PostgreSQL runs as a user of its own.
  chmodSync(folder, 0o1777);
  process.env.TMPDIR = folder;
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
}

/** What runs left behind that were killed: it is memory. */
function removeForsaken() {
  for (const name of readdirSync(IN_MEMORY).filter((each) => each.startsWith(PREFIX))) {
    const owner = name.slice(PREFIX.length).split('-')[0] ?? '';
    if (!existsSync(`/proc/${owner}`)) rmSync(path.join(IN_MEMORY, name), { recursive: true, force: true });
  }
}

function hasRoom() {
  try {
    const mounts = readFileSync('/proc/mounts', 'utf8').split('\n');
    const [, , , flags = ''] = mounts.find((line) => line.split(' ')[1] === IN_MEMORY)?.split(' ') ?? [];
    const { bavail, bsize } = statfsSync(IN_MEMORY);
    // Some tests compile a program and run it.
    return flags.startsWith('rw') && !flags.includes('noexec') && Math.min(bavail * bsize, freemem()) > ROOM;
  } catch {
    return false; // no such place on this system
  }
}
