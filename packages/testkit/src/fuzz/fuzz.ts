/**
 * Feeds a decoder damaged inputs. It may answer or refuse by an error that is its own; it may not crash, hang, or take
 * memory out of proportion. An input that is answered in a new way is damaged further, as fuzzers do that see coverage.
 */
import { type Random, randomOf } from '../random.ts';
import { mutated } from './mutate.ts';
import { startWatchdog, type Watchdog } from './watchdog.ts';

export interface Decoder {
  /** The corpus is in a folder of this name. */
  readonly name: string;
  /** Good inputs, from which damaged ones are made; at least one. */
  readonly seeds: readonly Uint8Array[];
  /** Reads the bytes to the end. What it returns is for {@link sound}. */
  readonly decode: (bytes: Uint8Array) => unknown;
  /** Whether this error is an answer to bad bytes. */
  readonly isRefusal: (error: unknown) => boolean;
  /** Throws where what was read cannot be right: out of range, or written otherwise than it was read. */
  readonly sound?: (value: unknown, bytes: Uint8Array) => void;
}

export interface FuzzOptions {
  readonly seed: string;
  /** A clock in milliseconds that never goes back. */
  readonly clock: () => number;
  /** Inputs of earlier runs, tried first as they are. */
  readonly corpus?: readonly Uint8Array[];
  /** Ends after so many damaged inputs … */
  readonly inputs?: number;
  /** … or after so many milliseconds; one of the two is given. */
  readonly forMs?: number;
  /** Longest that one input may take, in milliseconds. Generous: it is to find loops, not a busy machine. */
  readonly inputMsMax?: number;
  /** After so long the whole process is ended, with the input on stderr: a loop cannot be ended from within. */
  readonly hangMs?: number;
  /** By how much one input may raise the greatest memory this process ever held. */
  readonly inputBytesMax?: number;
  /** What was answered in a new way, for a corpus to keep. */
  readonly onNew?: (input: Uint8Array) => void;
}

export interface FuzzReport {
  readonly inputs: number;
  /** How many were read. */
  readonly accepted: number;
  /** Distinct answers seen. */
  readonly answers: number;
  readonly slowestMs: number;
}

/** What a decoder must not do. The message has the input in hex, where it is short, and the seed. */
export class FuzzFault extends Error {
  override readonly name = 'FuzzFault';
  readonly input: Uint8Array;

  constructor(decoder: string, what: string, input: Uint8Array, seed: string, options?: ErrorOptions) {
    const hex = Buffer.from(input.subarray(0, 2_000)).toString('hex');
    const text = `${hex}${input.length > 2_000 ? `… (${input.length} bytes)` : ''}`;
    super(`${decoder}: ${what}, on the input ${text || '(empty)'} (seed '${seed}')`, options);
    this.input = input;
  }
}

const MS_MAX = 2_000;
const HANG_MS = 60_000;
const BYTES_MAX = 96 * 2 ** 20;
const POOL_MAX = 500;

/** @throws FuzzFault on the first input that is not read or refused as it must be */
export async function fuzz(decoder: Decoder, options: FuzzOptions): Promise<FuzzReport> {
  if (decoder.seeds.length === 0) throw new RangeError(`${decoder.name} has no seeds`);
  const campaign = new Campaign(decoder, options, startWatchdog(decoder.name, options.hangMs ?? HANG_MS));
  try {
    return await campaign.run();
  } finally {
    await campaign.watchdog.stop();
  }
}

class Campaign {
  readonly watchdog: Watchdog;
  readonly #decoder: Decoder;
  readonly #options: FuzzOptions;
  readonly #random: Random;
  readonly #pool: Uint8Array[] = [];
  readonly #answers = new Set<string>();
  #accepted = 0;
  #inputs = 0;
  #slowestMs = 0;

  constructor(decoder: Decoder, options: FuzzOptions, watchdog: Watchdog) {
    this.#decoder = decoder;
    this.#options = options;
    this.#random = randomOf(`${options.seed}/${decoder.name}`);
    this.watchdog = watchdog;
  }

  async run(): Promise<FuzzReport> {
    const { clock, corpus = [], inputs = Number.POSITIVE_INFINITY, forMs = Number.POSITIVE_INFINITY } = this.#options;
    // A seed that is refused would damage nothing that is read.
    for (const seed of this.#decoder.seeds) {
      if ((await this.#try(seed)) !== null) throw this.#fault('refused a seed', seed);
    }
    for (const input of corpus) await this.#try(input);
    const endAt = clock() + forMs;
    for (let count = 0; count < inputs && clock() < endAt; count += 1) {
      await this.#try(mutated(this.#random.pick(this.#pool), this.#random, this.#pool));
    }
    const [accepted, answers] = [this.#accepted, this.#answers.size];
    return { inputs: this.#inputs, accepted, answers, slowestMs: Math.ceil(this.#slowestMs) };
  }

  /** @returns null where it was read, else what was refused */
  async #try(input: Uint8Array): Promise<string | null> {
    const { clock, inputMsMax = MS_MAX, inputBytesMax = BYTES_MAX } = this.#options;
    this.#inputs += 1;
    const given = input.slice(); // a decoder that writes into its input must not spoil ours
    const peakBefore = process.resourceUsage().maxRSS;
    this.watchdog.began(input);
    const startedAt = clock();
    const answer = await this.#answered(given);
    const tookMs = clock() - startedAt;
    this.watchdog.ended();
    const tookBytes = (process.resourceUsage().maxRSS - peakBefore) * 1_024;
    if (tookMs > inputMsMax) throw this.#fault(`took ${Math.round(tookMs)} ms`, input);
    if (tookBytes > inputBytesMax) throw this.#fault(`took ${Math.round(tookBytes / 2 ** 20)} MiB`, input);
    this.#slowestMs = Math.max(this.#slowestMs, tookMs);
    if (answer === null) this.#accepted += 1;
    this.#note(answer ?? 'accepted', input);
    return answer;
  }

  async #answered(input: Uint8Array): Promise<string | null> {
    const { decode, isRefusal, sound } = this.#decoder;
    let value: unknown;
    try {
      value = await decode(input);
    } catch (error) {
      if (!isRefusal(error)) throw this.#fault(`failed by ${nameOf(error)}`, input, error);
      return nameOf(error);
    }
    try {
      sound?.(value, input);
    } catch (error) {
      throw this.#fault(`read what cannot be right: ${nameOf(error)}`, input, error);
    }
    return null;
  }

  /** Names and numbers in a message are of the input; what is left of it is the kind of answer. */
  #note(answer: string, input: Uint8Array): void {
    const kind = answer.replaceAll(/"[^"]*"|'[^']*'|\d+/g, '…').slice(0, 120);
    const isSeed = this.#pool.length < this.#decoder.seeds.length;
    if (this.#answers.has(kind) && !isSeed) return;
    if (!isSeed) this.#options.onNew?.(input);
    this.#answers.add(kind);
    if (this.#pool.length < POOL_MAX) this.#pool.push(input);
  }

  #fault(what: string, input: Uint8Array, cause?: unknown): FuzzFault {
    return new FuzzFault(this.#decoder.name, what, input, this.#options.seed, cause === undefined ? {} : { cause });
  }
}

function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code } = error as NodeJS.ErrnoException;
  return `${error.name}${code === undefined ? '' : ` ${code}`}: ${error.message}`;
}
