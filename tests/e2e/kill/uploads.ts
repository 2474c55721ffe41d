/** The terminals' side: several uploads at a time, each sent again until the centre has answered it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Delivery } from '@retap/simulator';
import type { Serving } from './serving.ts';

const AT_A_TIME = 8;
const RETRY_MS = 10;

export interface Acknowledgement {
  readonly receipt: number;
  readonly accepted: number;
  readonly quarantined: readonly unknown[];
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

export class Uploads {
  /** Answered by 200, by their bytes: a repeat is the same batch. */
  readonly acknowledged = new Map<string, Acknowledgement>();
  /** Answers that said "try again later". */
  unavailable = 0;
  /** Requests whose connection broke before the answer. */
  broken = 0;
  readonly #deliveries: readonly Delivery[];
  /** Which of the centres gets the next request. */
  readonly #pick: () => Serving;
  readonly #waiting = new Set<() => void>();
  #next = 0;
  #done = 0;
  #fault: Error | null = null;

  readonly #contentType: string;

  constructor(deliveries: readonly Delivery[], pick: () => Serving, contentType = 'application/json') {
    this.#deliveries = deliveries;
    this.#pick = pick;
    this.#contentType = contentType;
  }

  /** Resolves when every delivery is answered. */
  async run(): Promise<void> {
    await Promise.all(Array.from({ length: AT_A_TIME }, () => this.#work()));
  }

  /** Resolves when so many deliveries are answered. */
  async answered(count: number): Promise<void> {
    while (this.#done < Math.min(count, this.#deliveries.length)) {
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
      if (this.#fault) throw this.#fault;
    }
  }

  /** Resolves when one more upload has been told to come again later. */
  async turnedAway(): Promise<void> {
    const before = this.unavailable;
    while (this.unavailable === before) {
      if (this.#fault) throw this.#fault;
      await sleep(5);
    }
  }

  /** Gives up; nothing of a failed test must go on behind the next one. */
  stop(): void {
    this.#fault ??= new Error('stopped');
    this.#wake();
  }

  /** Sends every acknowledged batch once more. @returns those that are answered otherwise than the first time */
  async repeatedOtherwise(): Promise<unknown[]> {
    const otherwise: unknown[] = [];
    const left = [...this.acknowledged];
    const work = async (): Promise<void> => {
      for (let one = left.pop(); one !== undefined; one = left.pop()) {
        const [body, first] = one;
        const answer = await this.#post(await this.#pick().url, body);
        const isAlike = answer.status === 200 && JSON.stringify(promiseIn(answer.body)) === JSON.stringify(first);
        if (!isAlike) otherwise.push({ first, answer });
      }
    };
    await Promise.all(Array.from({ length: AT_A_TIME }, work));
    return otherwise;
  }

  async #work(): Promise<void> {
    try {
      for (let delivery = this.#take(); delivery !== undefined; delivery = this.#take()) {
        await this.#deliver(delivery);
        this.#done += 1;
        this.#wake();
      }
    } catch (error) {
      this.#fault ??= error as Error;
      this.#wake();
      throw error;
    }
  }

  #take(): Delivery | undefined {
    return this.#deliveries[this.#next++];
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }

  async #deliver({ bytes, isCut, position }: Delivery): Promise<void> {
    const body = Buffer.from(bytes).toString('latin1'); // any bytes, as they are
    for (;;) {
      if (this.#fault) throw this.#fault;
      const answer = await this.#send(this.#pick(), body);
      if (answer === null) this.broken += 1;
      else if (answer.status === 503 || answer.status === 429) this.unavailable += 1;
      else if (isCut && answer.status === 400) return;
      else if (!isCut && answer.status === 200) return this.#keep(body, promiseIn(answer.body));
      else throw new Error(`delivery ${position}${isCut ? ', cut off,' : ''} got ${answer.status} ${answer.body}`);
      await sleep(RETRY_MS);
    }
  }

  #keep(body: string, acknowledgement: Acknowledgement): void {
    const first = this.acknowledged.get(body);
    if (first && JSON.stringify(first) !== JSON.stringify(acknowledgement)) {
      throw new Error(`acknowledged as ${JSON.stringify(first)}, a repeat as ${JSON.stringify(acknowledgement)}`);
    }
    this.acknowledged.set(body, acknowledgement);
  }

  /** @returns null where the connection broke, so that nobody knows what became of it */
  async #send(centre: Serving, body: string): Promise<Answer | null> {
    centre.assertAlive();
    const url = await centre.url.catch(() => null);
    if (url === null) return null;
    centre.inFlight += 1;
    try {
      return await this.#post(url, body);
    } catch {
      return null;
    } finally {
      centre.inFlight -= 1;
    }
  }

  async #post(url: string, body: string): Promise<Answer> {
    const headers = { 'content-type': this.#contentType };
    const answer = await fetch(`${url}/batches`, { method: 'POST', headers, body: Buffer.from(body, 'latin1') });
    return { status: answer.status, body: await answer.text() };
  }
}

/** What an acknowledgement says of its batch; how far the centre has come with the terminal changes from answer to answer. */
function promiseIn(body: string): Acknowledgement {
  const { receipt, accepted, quarantined } = JSON.parse(body) as Acknowledgement;
  return { receipt, accepted, quarantined };
}
