/** The lists that a terminal holds, in files of their own: `deny-17.cose` is version 17 of the deny list, as signed. */
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { ListKind } from '@retap/protocol';

const PRIVATE = 0o600;

export class ListStore {
  readonly #directory: string;

  private constructor(directory: string) {
    this.#directory = directory;
  }

  /** Makes the directory where it is not there. @throws system errors */
  static async open(directory: string): Promise<ListStore> {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    return new ListStore(directory);
  }

  /** The versions of a list that have a file, the newest first. A file that is damaged still says by its name what was held. */
  async versions(kind: ListKind): Promise<readonly number[]> {
    const pattern = new RegExp(`^${kind}-([1-9]\\d{0,9})\\.cose$`);
    const numbers = (await readdir(this.#directory)).flatMap((name) => pattern.exec(name)?.[1] ?? []);
    return numbers.map(Number).sort((a, b) => b - a);
  }

  /** @throws system errors */
  async read(kind: ListKind, version: number): Promise<Uint8Array> {
    return Uint8Array.from(await readFile(this.#fileOf(kind, version)));
  }

  /** Durable when it resolves; a power cut leaves it whole, or what was there before. Older versions go. @throws system errors */
  async keep(kind: ListKind, version: number, bytes: Uint8Array): Promise<void> {
    const older = (await this.versions(kind)).filter((each) => each < version);
    const file = this.#fileOf(kind, version);
    const part = `${file}.part`;
    await rm(part, { force: true });
    const handle = await open(part, 'wx', PRIVATE);
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(part, file);
    await this.#sync();
    for (const each of older) await rm(this.#fileOf(kind, each), { force: true });
  }

  #fileOf(kind: ListKind, version: number): string {
    return path.join(this.#directory, `${kind}-${version}.cose`);
  }

  /** A name is durable only when its directory is. */
  async #sync(): Promise<void> {
    const handle = await open(this.#directory, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  }
}
