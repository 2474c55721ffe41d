/** Where a report goes: standard output, or a file that appears whole or not at all. */

import { once } from 'node:events';
import { constants } from 'node:fs';
import { access, chmod, type FileHandle, open, realpath, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Writable } from 'node:stream';
import { UsageError } from './failure.ts';
import type { Shell } from './shell.ts';

export interface Output {
  /** Resolves when more may be written: a slow reader slows the report down instead of filling memory. */
  write(text: string | Uint8Array): Promise<void>;
  /** The report is whole. */
  finish(): Promise<void>;
  /** The report will not be finished: leaves no part of it behind. Harmless after {@link finish}. */
  discard(): Promise<void>;
}

/**
 * @param file its name; undefined or `-` for standard output
 * @throws UsageError where the file cannot be written, before any work is done
 */
export async function openOutput(file: string | undefined, shell: Shell): Promise<Output> {
  if (file === undefined || file === '-') return new StreamOutput(shell.stdout);
  try {
    return await openFile(file);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === undefined) throw error;
    throw new UsageError(`--output ${file}: ${REASONS[code] ?? `cannot be written (${code})`}`, { cause: error });
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'its directory does not exist; make it first',
  ENOTDIR: 'a part of its path is no directory; check the name',
  EISDIR: 'it is a directory; name a file',
  EACCES: 'this user may not write there; choose another place',
  EPERM: 'this user may not write there; choose another place',
  EROFS: 'it is on a read-only file system; choose another place',
  ENOSPC: 'the disk is full; make room first',
};

async function openFile(file: string): Promise<Output> {
  const found = await stat(file).catch(() => null);
  if (found?.isDirectory()) throw Object.assign(new Error(file), { code: 'EISDIR' });
  if (found) await access(file, constants.W_OK);
  // A pipe or a device is written to, not replaced.
  if (found && !found.isFile()) return new FileOutput(await open(file, 'w'), null, file);
  // Through a link its target is replaced, not the link.
  const target = found ? await realpath(file) : path.resolve(file);
  const temporary = path.join(path.dirname(target), `.${path.basename(target)}.${process.pid}.part`);
  const handle = await open(temporary, 'w');
  if (found) await chmod(temporary, found.mode & 0o777);
  return new FileOutput(handle, temporary, target);
}

class FileOutput implements Output {
  readonly #handle: FileHandle;
  readonly #temporary: string | null;
  readonly #target: string;
  #closed = false;

  constructor(handle: FileHandle, temporary: string | null, target: string) {
    this.#handle = handle;
    this.#temporary = temporary;
    this.#target = target;
  }

  async write(text: string | Uint8Array): Promise<void> {
    await this.#handle.writeFile(text);
  }

  async finish(): Promise<void> {
    if (this.#temporary !== null) await this.#handle.sync();
    this.#closed = true;
    await this.#handle.close();
    if (this.#temporary !== null) await rename(this.#temporary, this.#target);
  }

  async discard(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#handle.close();
    if (this.#temporary !== null) await rm(this.#temporary, { force: true });
  }
}

class StreamOutput implements Output {
  readonly #stream: Writable;
  #fault: Error | null = null;

  constructor(stream: Writable) {
    this.#stream = stream;
    // Without a listener the end of a reader (`| head`) would end the process with a stack trace.
    stream.on('error', (error) => {
      this.#fault ??= error;
    });
  }

  async write(text: string | Uint8Array): Promise<void> {
    if (this.#fault) throw this.#fault;
    if (this.#stream.write(text)) return;
    await once(this.#stream, 'drain');
  }

  async finish(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#stream.write('', (error) => (error ? reject(error) : resolve()));
    });
  }

  async discard(): Promise<void> {}
}

/** Gathers small texts into writes of some size: a system call for each line would take longer than the report. */
export async function writeAll(output: Output, texts: AsyncIterable<string> | Iterable<string>): Promise<void> {
  const BLOCK = 64 * 2 ** 10;
  let block = '';
  for await (const text of texts) {
    block += text;
    if (block.length < BLOCK) continue;
    await output.write(block);
    block = '';
  }
  if (block !== '') await output.write(block);
}
