/** Bodies of requests, read with what they take of memory counted from the first byte on. */

/** Bytes of bodies that this process holds at a time, read, waiting or being made durable. */
const HELD_BYTES_MAX = 96 * 2 ** 20;
/** Requests with a body at a time: each takes some memory beside its bytes. More than any fleet sends at once, whose terminals wait for answers. */
const HELD_REQUESTS_MAX = 4_000;
/** A declared length up to here is counted as a whole: what comes in one piece need not be read in pieces. */
const SMALL_BYTES = 64 * 2 ** 10;

/** More is on the way than memory should hold: nothing was kept, send again later. */
export class UploadsFull extends Error {
  override readonly name = 'UploadsFull';
  readonly code = 'uploads-full';
  /** When to come again, in milliseconds from now, as far as can be told. */
  readonly afterMs: number;

  constructor(afterMs = 0) {
    super('too many uploads are on the way; send the batch again later');
    this.afterMs = afterMs;
  }
}

/** The body is longer than it may be. */
export class BodyTooLarge extends Error {
  override readonly name = 'BodyTooLarge';
  readonly code = 'body-too-large';
}

/** The body ended before it was whole. */
export class BodyCutOff extends Error {
  override readonly name = 'BodyCutOff';
  readonly code = 'body-cut-off';
}

/** What all requests hold together. */
export class Held {
  readonly #bytesMax: number;
  readonly #requestsMax: number;
  #bytes = 0;
  #requests = 0;

  constructor(bytesMax = HELD_BYTES_MAX, requestsMax = HELD_REQUESTS_MAX) {
    this.#bytesMax = bytesMax;
    this.#requestsMax = requestsMax;
  }

  get requests(): number {
    return this.#requests;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Counts bytes that are held otherwise than {@link during} a request. @throws UploadsFull unless they are there anyhow */
  claim(bytes: number, isThere: 'anyhow' | 'if there is room' = 'if there is room'): void {
    if (isThere !== 'anyhow' && this.#bytes + bytes > this.#bytesMax) throw new UploadsFull();
    this.#bytes += bytes;
  }

  /** The bytes of a {@link claim} are let go. */
  release(bytes: number): void {
    this.#bytes -= bytes;
  }

  /**
   * Reads the body and works on it; until then its bytes count.
   * @throws UploadsFull, BodyTooLarge, BodyCutOff; whatever `work` throws
   */
  async during<Result>(request: Request, max: number, work: (body: Uint8Array) => Promise<Result>): Promise<Result> {
    if (this.#requests >= this.#requestsMax) throw new UploadsFull();
    this.#requests += 1;
    let own = 0;
    const take = (bytes: number): void => {
      if (own + bytes > max)
        throw new BodyTooLarge(`the body has more than ${max} bytes, which is all that is taken here`);
      if (this.#bytes + bytes > this.#bytesMax) throw new UploadsFull();
      own += bytes;
      this.#bytes += bytes;
    };
    try {
      return await work(await read(request, max, take));
    } finally {
      this.#requests -= 1;
      this.#bytes -= own;
    }
  }
}

async function read(request: Request, max: number, take: (bytes: number) => void): Promise<Uint8Array> {
  const declared = request.headers.has('transfer-encoding')
    ? Number.NaN
    : Number(request.headers.get('content-length'));
  if (declared > max) throw new BodyTooLarge(`the body has ${declared} bytes; at most ${max} are taken here`);
  if (declared <= SMALL_BYTES) {
    take(declared);
    return new Uint8Array(await request.arrayBuffer().catch(cutOff));
  }
  const chunks: Uint8Array[] = [];
  const reader = request.body?.getReader();
  for (;;) {
    const read = await reader?.read().catch(cutOff);
    if (!read || read.done) break;
    take(read.value.length);
    chunks.push(read.value);
  }
  return Buffer.concat(chunks);
}

function cutOff(cause: unknown): never {
  throw new BodyCutOff('the body was cut off; send it again, whole', { cause });
}
