/** What a terminal knew of the time when it last knew it, for the next start: a file beside the journal. */
import { open, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Time } from '@retap/model';

export interface KeptClock {
  /** The centre's time as it was kept. */
  readonly at: Time;
  /** The centre's time minus the machine's clock then, in milliseconds. */
  readonly offset: number;
}

const PRIVATE = 0o600;
const VERSION = 1;

/** Null where there is none, or it cannot be used: then the terminal waits for its centre, as a new one does. @throws system errors */
export async function readKeptClock(file: string): Promise<KeptClock | null> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  try {
    const { version, at, offset } = JSON.parse(text);
    const isKept = version === VERSION && Number.isSafeInteger(at) && at >= 0 && Number.isSafeInteger(offset);
    return isKept ? { at, offset } : null;
  } catch {
    return null;
  }
}

/** Durable when it resolves; a power cut leaves this, or what was there before. @throws system errors */
export async function writeKeptClock(file: string, { at, offset }: KeptClock): Promise<void> {
  const part = `${file}.part`;
  await rm(part, { force: true });
  const handle = await open(part, 'wx', PRIVATE);
  try {
    await handle.writeFile(`${JSON.stringify({ version: VERSION, at, offset })}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(part, file);
  const folder = await open(path.dirname(file), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
