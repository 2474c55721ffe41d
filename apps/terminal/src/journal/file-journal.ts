/** A journal as a directory, a file a segment: what a method returned for is there after a power cut. */
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm, statfs, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { JournalError, type JournalStore } from '@retap/terminal';
import { lockDirectory } from './directory-lock.ts';
import { assertPrivate, faultOf, fullDisk, isFull } from './file-fault.ts';

/** The segment that is written. */
interface Tail {
  readonly segment: number;
  readonly file: FileHandle;
  lengthBytes: number;
}

const SEGMENT_FILE = /^(\d{6,})\.journal$/;
/** A segment that is not yet whole. */
const UNFINISHED = '.new';
/** Others write to the same disk: what was free is believed until so much was written. */
const ROOM_BELIEVED_BYTES = 65_536;

export class FileJournal implements JournalStore {
  readonly #directory: string;
  readonly #free: () => Promise<void>;
  #tail: Tail | null = null;
  #isClosed = false;
  /** Bytes free on the file system, by the last answer and what was written since. */
  #roomBytes = 0;
  #believedBytes = 0;

  private constructor(directory: string, free: () => Promise<void>) {
    this.#directory = directory;
    this.#free = free;
  }

  /**
   * Opens the directory for this process alone, and makes it if it is not there; its parent must be.
   * @throws JournalError `journal-locked`, `journal-permissions`, `journal-failed`
   */
  static async open(directory: string): Promise<FileJournal> {
    return faultOf(`cannot open the journal ${directory}`, async () => {
      const made = await mkdir(directory, { mode: 0o700 }).then(
        () => true,
        (cause: NodeJS.ErrnoException) => {
          if (cause.code === 'EEXIST') return false;
          throw cause;
        },
      );
      // The name of a new directory is in its parent: without this a power cut takes the whole journal away.
      if (made) await syncDirectory(dirname(directory));
      await assertPrivate(directory, 0o700);
      const free = await lockDirectory(directory);
      try {
        await tidy(directory);
      } catch (cause) {
        await free();
        throw cause;
      }
      return new FileJournal(directory, free);
    });
  }

  async list(): Promise<number[]> {
    const names = await faultOf(`cannot list the journal ${this.#directory}`, () => readdir(this.#directory));
    return segmentsAmong(names);
  }

  async read(segment: number): Promise<Uint8Array> {
    const path = this.#pathOf(segment);
    return faultOf(`cannot read the journal ${path}`, () => readFile(path));
  }

  async create(segment: number, bytes: Uint8Array): Promise<void> {
    this.#assertOpen();
    await this.#assertRoom(bytes.length);
    const path = this.#pathOf(segment);
    await faultOf(`cannot begin the journal's segment ${path}`, async () => {
      try {
        await writeSynced(path + UNFINISHED, bytes);
        await rename(path + UNFINISHED, path);
      } catch (cause) {
        await rm(path + UNFINISHED, { force: true }).catch(() => undefined);
        throw isFull(cause) ? fullDisk(this.#directory, cause) : cause;
      }
      await syncDirectory(this.#directory);
    });
    this.#wrote(bytes.length);
  }

  async append(segment: number, bytes: Uint8Array, reserveBytes: number): Promise<void> {
    this.#assertOpen();
    await this.#assertRoom(bytes.length + reserveBytes);
    const path = this.#pathOf(segment);
    await faultOf(`cannot write the journal ${path}`, async () => {
      const tail = await this.#openTail(segment);
      try {
        await writeAt(tail.file, bytes, tail.lengthBytes);
        await tail.file.datasync();
      } catch (cause) {
        if (!isFull(cause)) throw cause;
        // What was written of it goes, and the journal is as before.
        await this.truncate(segment, tail.lengthBytes);
        throw fullDisk(this.#directory, cause);
      }
      tail.lengthBytes += bytes.length;
    });
    this.#wrote(bytes.length);
  }

  async truncate(segment: number, lengthBytes: number): Promise<void> {
    this.#assertOpen();
    await faultOf(`cannot cut the journal ${this.#pathOf(segment)}`, async () => {
      const tail = await this.#openTail(segment);
      await tail.file.truncate(lengthBytes);
      await tail.file.datasync();
      tail.lengthBytes = lengthBytes;
    });
    this.#believedBytes = 0;
  }

  async remove(segment: number): Promise<void> {
    this.#assertOpen();
    const path = this.#pathOf(segment);
    await faultOf(`cannot remove the journal's segment ${path}`, async () => {
      await unlink(path);
      // Else a power cut could bring this one back and not the next, and leave a gap.
      await syncDirectory(this.#directory);
    });
    this.#believedBytes = 0;
  }

  /** Gives the directory free for another process. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#closeTail();
    await this.#free();
  }

  #pathOf(segment: number): string {
    return join(this.#directory, segmentFile(segment));
  }

  async #openTail(segment: number): Promise<Tail> {
    if (this.#tail?.segment === segment) return this.#tail;
    await this.#closeTail();
    const file = await open(this.#pathOf(segment), 'r+');
    this.#tail = { segment, file, lengthBytes: (await file.stat()).size };
    return this.#tail;
  }

  async #closeTail(): Promise<void> {
    await this.#tail?.file.close();
    this.#tail = null;
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new JournalError('journal-failed', `the journal ${this.#directory} is closed`);
  }

  async #assertRoom(bytes: number): Promise<void> {
    if (this.#believedBytes > 0 && this.#roomBytes >= bytes) return;
    const asked = `cannot ask for free space at ${this.#directory}`;
    const { bavail, bsize } = await faultOf(asked, () => statfs(this.#directory));
    this.#roomBytes = bavail * bsize;
    this.#believedBytes = ROOM_BELIEVED_BYTES;
    if (this.#roomBytes < bytes) throw fullDisk(this.#directory);
  }

  #wrote(bytes: number): void {
    this.#roomBytes -= bytes;
    this.#believedBytes -= bytes;
  }
}

export function segmentFile(segment: number): string {
  return `${String(segment).padStart(6, '0')}.journal`;
}

/** Numbers of the segments, ascending. @param names of the files of a journal's directory */
export function segmentsAmong(names: readonly string[]): number[] {
  const segments = names.flatMap((name) => SEGMENT_FILE.exec(name)?.[1] ?? []).map(Number);
  return segments.sort((a, b) => a - b);
}

/** Removes what a cut start left, and holds the rest to its modes. */
async function tidy(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    const path = join(directory, name);
    if (name.endsWith(`.journal${UNFINISHED}`)) await rm(path, { force: true });
    else if (SEGMENT_FILE.test(name)) await assertPrivate(path, 0o600);
  }
}

async function writeSynced(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'w', 0o600);
  try {
    await writeAt(file, bytes, 0);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A disk that fills takes a part, and says so only at the next write. */
async function writeAt(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    const { bytesWritten } = await file.write(bytes, written, bytes.length - written, position + written);
    if (bytesWritten === 0) throw new JournalError('journal-failed', 'the disk takes no bytes');
    written += bytesWritten;
  }
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
