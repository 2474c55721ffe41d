/** Bytes of a file that may be gzip. */
import { createGunzip, type Gunzip } from 'node:zlib';

export class GzipFault extends Error {
  readonly code: 'gzip-truncated' | 'gzip-damaged';

  constructor(cause: Error) {
    super(cause.message, { cause });
    this.code = (cause as NodeJS.ErrnoException).code === 'Z_BUF_ERROR' ? 'gzip-truncated' : 'gzip-damaged';
  }
}

/**
 * The bytes of `source`, inflated if they begin as gzip does (RFC 1952, 2.3.1).
 * @throws GzipFault where the gzip stream breaks, after all that was inflated before.
 */
export async function* plainBytes(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  let head: Uint8Array | null = new Uint8Array(0);
  let inflation: Inflation | null = null;
  try {
    for await (const chunk of source) {
      // The two magic bytes may come in two chunks.
      const bytes: Uint8Array = head === null ? chunk : joined(head, chunk);
      if (head !== null && bytes.length < 2) {
        head = bytes;
        continue;
      }
      if (head !== null && bytes[0] === 0x1f && bytes[1] === 0x8b) inflation = new Inflation();
      head = null;
      if (inflation === null) yield bytes;
      else yield* inflation.add(bytes);
    }
    if (head !== null) yield head;
    if (inflation !== null) yield* inflation.end();
  } finally {
    inflation?.close();
  }
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

/** Compressed bytes inflated at a time. gzip grows at most about 1,000-fold, so this bounds what waits in memory. */
const SLICE_BYTES = 16 * 2 ** 10;

/**
 * Inflates step by step. A stream pipeline would be shorter, but when it fails it throws away what it had inflated and
 * nobody had read yet: the records before the break, which are good, would be lost.
 */
class Inflation {
  readonly #gunzip: Gunzip = createGunzip();
  #ready: Uint8Array[] = [];
  #fault: GzipFault | null = null;
  #wake: () => void = () => {};

  constructor() {
    this.#gunzip.on('data', (bytes: Uint8Array) => this.#ready.push(bytes));
    this.#gunzip.on('error', (error) => {
      this.#fault ??= new GzipFault(error);
    });
    // After an error the callback of the write under way never comes; 'close' always does.
    this.#gunzip.on('close', () => this.#wake());
  }

  async *add(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
    for (let start = 0; start < bytes.length; start += SLICE_BYTES) {
      await this.#step((done) => this.#gunzip.write(bytes.subarray(start, start + SLICE_BYTES), done));
      yield* this.#take();
    }
  }

  async *end(): AsyncGenerator<Uint8Array, void, undefined> {
    await this.#step(() => this.#gunzip.end());
    yield* this.#take();
  }

  close(): void {
    this.#gunzip.destroy();
  }

  async #step(act: (done: () => void) => void): Promise<void> {
    if (this.#gunzip.closed) return;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      act(resolve);
    });
  }

  *#take(): Generator<Uint8Array, void, undefined> {
    const ready = this.#ready;
    this.#ready = [];
    yield* ready;
    if (this.#fault !== null) throw this.#fault;
  }
}
