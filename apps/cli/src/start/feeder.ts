/** Brings the city's uploads to the centre over HTTP, in the city's time, fast-forward. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { City, Delivery } from '@retap/simulator';
import { delayAfter } from '@retap/terminal';
import type { Shell } from '../shell.ts';
import { CityPosition } from './position.ts';

/** Uploads under way at the same time. */
const UNDER_WAY_MAX = 8;
const BACKOFF = { firstDelayMs: 250, delayMaxMs: 5_000 };

export interface FeederOptions {
  readonly position: CityPosition;
  /** The city stands still after this day. */
  readonly until: number;
  /** Simulated milliseconds in a second. */
  readonly pace: number;
  readonly shell: Shell;
}

export class Feeder {
  readonly #options: FeederOptions;
  readonly #stopping = new AbortController();
  /** Uploads under way, by position; what is before all of them is at the centre. */
  readonly #underWay = new Map<number, Promise<void>>();
  #highest: number;
  #feeding: Promise<void> = Promise.resolve();
  #city: City | null = null;
  /** The moment of the city and the moment of ours that belong together. */
  #anchor: { city: number; own: number };

  constructor(options: FeederOptions) {
    this.#options = options;
    this.#highest = options.position.delivered;
    this.#anchor = { city: options.position.time, own: 0 };
  }

  /** The city's time: of the last upload that was sent. */
  get now(): number {
    return this.#options.position.time;
  }

  /** `day 3, Wed 14:35`. */
  get moment(): string {
    const day = Math.floor((this.now - CityPosition.startOf(1)) / 86_400_000) + 1;
    const weekday = new Date(this.now).toUTCString().slice(0, 3);
    return `day ${day}, ${weekday} ${new Date(this.now).toISOString().slice(11, 16)}`;
  }

  /** Taps so far, less those of which the upload has not gone out. */
  get taps(): number {
    return this.#city?.counts.taps ?? 0;
  }

  /** Resolves at the end of the last day, or when stopped. */
  feed(city: City, url: string): Promise<void> {
    this.#feeding = this.#feed(city, url);
    return this.#feeding;
  }

  /** Sends nothing more, and lets what is under way arrive. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#feeding.catch(() => {});
    await Promise.allSettled(this.#underWay.values());
    this.#moveOn();
  }

  async #feed(city: City, url: string): Promise<void> {
    const { position, until, shell } = this.#options;
    const end = CityPosition.startOf(until + 1);
    this.#city = city;
    // Living again through what was delivered before takes no time of ours to speak of; then the clock starts.
    this.#anchor = { city: position.time, own: Number.NaN };
    for await (const event of city.events(position.delivered + 1)) {
      if (this.#stopping.signal.aborted || event.at >= end) break;
      if (event.kind === 'journal') continue;
      if (Number.isNaN(this.#anchor.own)) this.#anchor = { city: event.at, own: shell.elapsed() };
      await this.#waitFor(event.at);
      while (this.#underWay.size >= UNDER_WAY_MAX) await Promise.race(this.#underWay.values());
      if (this.#stopping.signal.aborted) break;
      position.time = Math.max(position.time, event.at);
      this.#send(event, url);
    }
    await Promise.all(this.#underWay.values());
    this.#moveOn();
  }

  async #waitFor(time: number): Promise<void> {
    const { pace, shell } = this.#options;
    const due = this.#anchor.own + ((time - this.#anchor.city) * 1_000) / pace;
    const early = due - shell.elapsed();
    if (early > 0) await sleep(early, undefined, { signal: this.#stopping.signal }).catch(() => {});
    // Far behind: the city goes on from here at its pace, instead of all at once.
    else if (early < -1_000) this.#anchor = { city: time, own: shell.elapsed() };
  }

  #send(delivery: Delivery, url: string): void {
    const { position } = delivery;
    this.#highest = Math.max(this.#highest, position);
    // One that failed stays under way: the next start would else begin after it, and the centre never get it.
    const sent = this.#deliver(delivery, url).then(() => {
      this.#underWay.delete(position);
      this.#moveOn();
    });
    this.#underWay.set(position, sent);
    // Whoever waits for it sees the fault; nobody may be waiting just now.
    sent.catch(() => {});
  }

  /** Everything before the earliest upload under way has arrived. */
  #moveOn(): void {
    const { position } = this.#options;
    const delivered = this.#underWay.size === 0 ? this.#highest : Math.min(...this.#underWay.keys()) - 1;
    position.delivered = Math.max(position.delivered, delivered);
  }

  /** Tries again until the centre has answered. */
  async #deliver({ bytes, isCut }: Delivery, url: string): Promise<void> {
    for (let faults = 1; ; faults += 1) {
      const status = await post(url, bytes);
      if (status === 200 || (isCut && status === 400)) return;
      if (status !== null && status !== 503) throw new Error(`the centre answered a whole batch by ${status}`);
      await sleep(delayAfter(faults, Math.random, BACKOFF));
      if (this.#stopping.signal.aborted) throw new Error('stopped before the centre answered');
    }
  }
}

/** The status of the answer; null where the link broke. */
async function post(url: string, body: Uint8Array): Promise<number | null> {
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: new Uint8Array(body),
      signal: AbortSignal.timeout(30_000),
    });
    await answer.arrayBuffer();
    return answer.status;
  } catch {
    return null;
  }
}
