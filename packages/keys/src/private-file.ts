/** Files that only their owner may read: read with that checked, written whole or not at all. */
import { constants } from 'node:fs';
import { type FileHandle, link, open, readFile, realpath, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { type RandomBytes, toHex } from '@retap/card';
import { KeyStoreError } from './fault.ts';

const PRIVATE = 0o600;
/** Far above any key store; a device that never ends is none. */
const BYTES_MAX = 2 ** 20;

/**
 * The text of a file that nobody but its owner may read.
 * @param what it is called in messages
 * @throws KeyStoreError `key-store-missing`, `key-store-unreadable`, `key-store-permissions`
 */
export async function readPrivate(file: string, what: string): Promise<string> {
  const handle = await openToRead(file, what);
  try {
    // Of what is open, not of the name: the name may be another file by then.
    const found = await handle.stat();
    if (!found.isFile()) throw new KeyStoreError('key-store-unreadable', `${file}: no regular file; name the ${what}`);
    if ((found.mode & 0o077) !== 0) throw permissions(file, what, found.mode);
    if (found.size > BYTES_MAX) throw new KeyStoreError('key-store-damaged', `${file}: too large to be a ${what}`);
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}

async function openToRead(file: string, what: string): Promise<FileHandle> {
  try {
    // Without waiting: a pipe that nobody writes to would hold us for ever.
    return await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw new KeyStoreError('key-store-missing', `${file}: no such ${what}; check the name`, { cause: error });
    }
    const message = `${file}: this user cannot read the ${what} (${code}); run as its owner`;
    throw new KeyStoreError('key-store-unreadable', message, { cause: error });
  }
}

function permissions(file: string, what: string, mode: number): KeyStoreError {
  const octal = (mode & 0o777).toString(8).padStart(4, '0');
  const message = `${file}: others may read this ${what} (mode ${octal}); run: chmod 600 '${file.replaceAll("'", "'\\''")}'`;
  return new KeyStoreError('key-store-permissions', message);
}

/**
 * Makes the file, or replaces it, with mode 0600. A power cut leaves the old file or the new one; a process that is killed
 * may leave its own `.NAME.….part` beside it, which nothing reads. Where the name is a link, the file it names is replaced: else
 * that one would stay as it was, and the keys come to lie where nobody meant them to.
 * @param replaced what the file must hold until then, or another process's change would be lost; null: there must be none
 * @throws KeyStoreError `key-store-exists`, `key-store-changed`, `key-store-unwritable`
 */
export async function writePrivate(
  name: string,
  text: string,
  replaced: string | null,
  random: RandomBytes,
): Promise<void> {
  const file = replaced === null ? name : await realpath(name).catch(() => name);
  const folder = path.dirname(file);
  const temporary = path.join(folder, `.${path.basename(file)}.${toHex(random(6))}.part`);
  try {
    await writeSynced(temporary, text);
    // `rename` would replace a file that another process made in the meantime.
    if (replaced === null) await link(temporary, file);
    else {
      await checkUnchanged(file, replaced);
      await rename(temporary, file);
    }
    await syncFolder(folder);
  } catch (error) {
    throw unwritable(file, error);
  } finally {
    await rm(temporary, { force: true }).catch(() => {});
  }
}

async function checkUnchanged(file: string, expected: string): Promise<void> {
  if ((await readFile(file, 'utf8')) === expected) return;
  const message = `${file}: another process has changed it; nothing was written, run it again`;
  throw new KeyStoreError('key-store-changed', message);
}

async function writeSynced(file: string, text: string): Promise<void> {
  const handle = await open(file, 'wx', PRIVATE);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The name is durable only when its directory is. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function unwritable(file: string, error: unknown): unknown {
  if (error instanceof KeyStoreError) return error;
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined) return error;
  if (code === 'EEXIST') {
    const message = `${file} exists and is not overwritten: what depends on its keys would be lost; choose another name`;
    return new KeyStoreError('key-store-exists', message, { cause: error });
  }
  const message = `${file}: cannot be written (${code}); choose another place, or make room there`;
  return new KeyStoreError('key-store-unwritable', message, { cause: error });
}
