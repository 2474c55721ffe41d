/** Bodies of requests, read with what they take of memory counted from the first byte on. */

/** Bytes of bodies that this process holds at a time, read, waiting or being made durable. */
const HELD_BYTES_MAX = 96 * 2 ** 20;
/** Requests with a body at a time: each takes some memory beside its bytes. More than any fleet sends at once, whose terminals wait for answers. */
const HELD_REQUESTS_MAX = 4_000;
/**
 * A declared length up to here is counted as a whole: what comes in one piece need not be read in pieces. As many as there may be
 * requests are less than may be held: else those who send nothing but heads would use all of it up.
 */
const SMALL_BYTES = 16 * 2 ** 10;
/** What takes longer to come than this, in milliseconds, makes room where there is none. */
const DRAWN_OUT_MS = 5_000;

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

/** Something on its way to us. */
interface UnderWay {
  readonly since: number;
  /** Gives up at once what it holds. */
  readonly cut: () => void;
}

/** What all requests hold together. */
export class Held {
  readonly #bytesMax: number;
  readonly #requestsMax: number;
  readonly #elapsed: () => number;
  #bytes = 0;
  #requests = 0;
  /** In the order in which they began. */
  readonly #underWay = new Set<UnderWay>();

  /** @param elapsed a clock that only goes forward, in milliseconds */
  constructor(bytesMax = HELD_BYTES_MAX, requestsMax = HELD_REQUESTS_MAX, elapsed = () => performance.now()) {
    this.#bytesMax = bytesMax;
    this.#requestsMax = requestsMax;
    this.#elapsed = elapsed;
  }

  get requests(): number {
    return this.#requests;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Counts bytes that are held otherwise than {@link during} a request. @throws UploadsFull unless they are there anyhow */
  claim(bytes: number, isThere: 'anyhow' | 'if there is room' = 'if there is room'): void {
    if (isThere !== 'anyhow' && !this.#hasRoom(bytes, 0)) throw new UploadsFull();
    this.#bytes += bytes;
  }

  /** The bytes of a {@link claim} are let go. */
  release(bytes: number): void {
    this.#bytes -= bytes;
  }

  /**
   * Something begins to come. @param cut is called where it is drawn out and others need the room: it lets go at once of what it holds
   * @returns to be called when it is there, or will never be
   */
  begin(cut: () => void): () => void {
    const begun = { since: this.#elapsed(), cut };
    this.#underWay.add(begun);
    return () => {
      this.#underWay.delete(begun);
    };
  }

  /**
   * Reads the body and works on it; until then its bytes count.
   * @throws UploadsFull, BodyTooLarge, BodyCutOff; whatever `work` throws
   */
  async during<Result>(request: Request, max: number, work: (body: Uint8Array) => Promise<Result>): Promise<Result> {
    if (!this.#hasRoom(0, 1)) throw new UploadsFull();
    this.#requests += 1;
    let own = 0;
    const cutting = new Cutting();
    let isOver = false;
    const end = (): void => {
      if (isOver) return;
      isOver = true;
      this.#requests -= 1;
      this.#bytes -= own;
    };
    const take = (bytes: number): void => {
      if (own + bytes > max)
        throw new BodyTooLarge(`the body has more than ${max} bytes, which is all that is taken here`);
      if (!this.#hasRoom(bytes, 0) || isOver) throw new UploadsFull();
      own += bytes;
      this.#bytes += bytes;
    };
    const come = this.begin(() => {
      end();
      cutting.cut(new UploadsFull());
    });
    try {
      return await work(await read(request, max, take, cutting).finally(come));
    } finally {
      end();
    }
  }

  /** Whoever draws it out goes for whoever is quick: somebody who sends a little and then nothing must not keep all others out. */
  #hasRoom(bytes: number, requests: number): boolean {
    const isFull = (): boolean => this.#bytes + bytes > this.#bytesMax || this.#requests + requests > this.#requestsMax;
    const drawnOutSince = this.#elapsed() - DRAWN_OUT_MS;
    for (const begun of this.#underWay) {
      if (!isFull() || begun.since > drawnOutSince) break;
      this.#underWay.delete(begun);
      begun.cut();
    }
    return !isFull();
  }
}

/** @throws the reason of the cutting, where it comes before all is read */
async function read(
  request: Request,
  max: number,
  take: (bytes: number) => void,
  cutting: Cutting,
): Promise<Uint8Array> {
  const declared = request.headers.has('transfer-encoding')
    ? Number.NaN
    : Number(request.headers.get('content-length'));
  if (declared > max) throw new BodyTooLarge(`the body has ${declared} bytes; at most ${max} are taken here`);
  if (declared <= SMALL_BYTES) {
    take(declared);
    return new Uint8Array((await cutting.unless(request.arrayBuffer().catch(cutOff))) as ArrayBuffer);
  }
  const chunks: Uint8Array[] = [];
  const reader = request.body?.getReader();
  for (;;) {
    const read = await cutting.unless(reader?.read().catch(cutOff)).catch((error) => {
      // Nobody would read the rest, which would lie in memory. It may be gone already.
      reader?.cancel().catch(() => {});
      throw error;
    });
    if (!read || read.done) break;
    take(read.value.length);
    chunks.push(read.value);
  }
  return Buffer.concat(chunks);
}

/** Ends what is waited for. By hand: an AbortController for each request took longer than to read a small body. */
class Cutting {
  #reason: Error | null = null;
  #end: ((reason: Error) => void) | null = null;

  cut(reason: Error): void {
    this.#reason ??= reason;
    this.#end?.(reason);
  }

  /** One at a time. @throws the reason, as soon as it is cut */
  unless<Result>(work: Promise<Result> | undefined): Promise<Result | undefined> {
    return new Promise((resolve, reject) => {
      if (this.#reason !== null) return reject(this.#reason);
      this.#end = reject;
      Promise.resolve(work).then(resolve, reject);
    });
  }
}

function cutOff(cause: unknown): never {
  throw new BodyCutOff('the body was cut off; send it again, whole', { cause });
}
