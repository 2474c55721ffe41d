/** `retap serve` as a process that is killed −9 and started again on the same data, as often as told. */
import { type Ended, type Running, type Surroundings, startRetap } from '../retap.ts';

export class Serving {
  readonly #args: readonly string[];
  readonly #surroundings: Surroundings;
  #running!: Running;
  #url!: Promise<string>;
  #kills = 0;
  #stderr = '';
  #ownEnd: Ended | null = null;
  /** Uploads sent to it and not answered. */
  inFlight = 0;

  /** @param more options of an enrolled centre, and what it needs of the environment */
  constructor(database: string, processors = 1, more: readonly string[] = [], surroundings: Surroundings = {}) {
    this.#args = ['serve', '--database', database, '--port', '0', '--processors', String(processors), ...more];
    this.#surroundings = surroundings;
    this.#start();
  }

  /** Where it listens, or will; rejects when it is killed first. */
  get url(): Promise<string> {
    return this.#url;
  }

  /** How often it was killed. */
  get kills(): number {
    return this.#kills;
  }

  /** All that its processes have logged. */
  get log(): string {
    return this.#stderr;
  }

  /** Kills it −9 and starts it again at once; resolves when the old one is gone. */
  async kill(): Promise<void> {
    this.assertAlive();
    this.#kills += 1;
    const { stderr } = await this.#running.stop('SIGKILL');
    this.#stderr += stderr;
    this.#start();
  }

  /** @throws Error where it ended although nobody killed it */
  assertAlive(): void {
    if (this.#ownEnd === null) return;
    const { status, stderr } = this.#ownEnd;
    throw new Error(`the centre ended by itself with status ${status}:\n${this.#stderr}${stderr}`);
  }

  /** Ends it as an operator does. */
  async stop(): Promise<number | null> {
    this.assertAlive();
    this.#kills += 1;
    const { status, stderr } = await this.#running.stop('SIGTERM');
    this.#stderr += stderr;
    return status;
  }

  #start(): void {
    const running = startRetap(this.#args, this.#surroundings);
    const ends = this.#kills;
    const ended = running.ended.then((how) => {
      if (this.#kills === ends) this.#ownEnd = how;
      throw new Error(`the centre ended before it listened:\n${how.stderr}`);
    });
    this.#running = running;
    this.#url = Promise.race([running.url(), ended]);
    this.#url.catch(() => {}); // whoever asks for the address is told; if nobody does, nothing is wrong
  }
}
