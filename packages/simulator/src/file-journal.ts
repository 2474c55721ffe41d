/** A journal in a file: what `append` returned for is there after a power cut. */
import { type FileHandle, open, rename, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { JournalError, type JournalStore } from '@retap/terminal';

export class FileJournal implements JournalStore {
  readonly #path: string;
  #file: FileHandle;
  #lengthBytes: number;
  /** Bytes known to be free on the file system; asked anew when they are used up. */
  #roomBytes = 0;

  private constructor(path: string, file: FileHandle, lengthBytes: number) {
    this.#path = path;
    this.#file = file;
    this.#lengthBytes = lengthBytes;
  }

  /** Opens the file, and makes it if it is not there; its directory must be there. @throws JournalError `journal-failed` */
  static async open(path: string): Promise<FileJournal> {
    return faultOf(`cannot open the journal ${path}`, async () => {
      const file = await open(path, 'a+');
      // The name of a new file is in its directory: without this sync a power cut takes the whole file away.
      await syncDirectory(path);
      return new FileJournal(path, file, (await file.stat()).size);
    });
  }

  async read(): Promise<Uint8Array> {
    return faultOf(`cannot read the journal ${this.#path}`, async () => {
      const bytes = new Uint8Array(this.#lengthBytes);
      let at = 0;
      while (at < bytes.length) {
        const { bytesRead } = await this.#file.read(bytes, at, bytes.length - at, at);
        if (bytesRead === 0) throw new Error(`it ends at byte ${at} of ${bytes.length}`);
        at += bytesRead;
      }
      return bytes;
    });
  }

  async truncate(lengthBytes: number): Promise<void> {
    await faultOf(`cannot cut the journal ${this.#path}`, async () => {
      await this.#file.truncate(lengthBytes);
      await this.#file.datasync();
      this.#lengthBytes = lengthBytes;
    });
  }

  async append(bytes: Uint8Array, reserveBytes: number): Promise<void> {
    await this.#assertRoom(bytes.length + reserveBytes);
    try {
      await this.#file.appendFile(bytes);
      await this.#file.datasync();
      this.#lengthBytes += bytes.length;
      this.#roomBytes -= bytes.length;
    } catch (cause) {
      await this.#undo(cause);
    }
  }

  async replace(bytes: Uint8Array): Promise<void> {
    await this.#assertRoom(bytes.length);
    await faultOf(`cannot write the journal ${this.#path} anew`, async () => {
      const temporary = `${this.#path}.new`;
      const file = await open(temporary, 'w');
      try {
        await file.writeFile(bytes);
        await file.datasync();
      } finally {
        await file.close();
      }
      await rename(temporary, this.#path);
      await syncDirectory(this.#path);
      await this.#file.close();
      this.#file = await open(this.#path, 'a+');
      this.#lengthBytes = bytes.length;
      this.#roomBytes = 0;
    });
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  async #assertRoom(bytes: number): Promise<void> {
    if (this.#roomBytes >= bytes) return;
    const { bavail, bsize } = await faultOf('cannot ask for free space', () => statfs(dirname(this.#path)));
    // Others write to the same disk: what is free now is believed for a while only.
    this.#roomBytes = Math.min(bavail * bsize, ROOM_BELIEVED_BYTES);
    if (this.#roomBytes < bytes) throw new JournalError('journal-full', `no room on the disk for ${this.#path}`);
  }

  /** A full disk that cut the append short: what was written of it goes, and the journal is as before. */
  async #undo(cause: unknown): Promise<never> {
    const isFull = cause instanceof Error && 'code' in cause && (cause.code === 'ENOSPC' || cause.code === 'EDQUOT');
    if (!isFull) throw new JournalError('journal-failed', `cannot write the journal ${this.#path}`, { cause });
    this.#roomBytes = 0;
    await this.truncate(this.#lengthBytes);
    throw new JournalError('journal-full', `no room on the disk for ${this.#path}`, { cause });
  }
}

const ROOM_BELIEVED_BYTES = 65_536;

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(dirname(path), 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

async function faultOf<Value>(what: string, work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new JournalError('journal-failed', `${what}: ${why}`, { cause });
  }
}
