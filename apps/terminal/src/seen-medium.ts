/** A medium that lets us see what a terminal read of it: the screen shows more than a record holds. */
import type { Medium, MediumReading, ReadWish } from '@retap/card';

export class SeenMedium implements Medium {
  readonly #medium: Medium;
  readonly #readsAll: boolean;
  /** What was read last; null where nothing was. */
  reading: MediumReading | null = null;
  readonly authenticate: Medium['authenticate'];
  readonly canHold: Medium['canHold'];
  readonly commit: Medium['commit'];
  readonly open: Medium['open'];

  /** @param readsAll reads all there is: whoever holds a card to an inspector has time */
  constructor(medium: Medium, readsAll: boolean) {
    this.#medium = medium;
    this.#readsAll = readsAll;
    this.authenticate = (access) => medium.authenticate(access);
    this.canHold = (product) => medium.canHold(product);
    this.commit = (change) => medium.commit(change);
    this.open = (first) => medium.open(first);
  }

  async read(wish: ReadWish): ReturnType<Medium['read']> {
    const reading = await this.#medium.read(this.#readsAll ? { products: true, log: () => true } : wish);
    if (typeof reading !== 'string') this.reading = reading;
    return reading;
  }
}
