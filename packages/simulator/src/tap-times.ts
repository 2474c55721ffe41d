/** How long taps took, kept as counts by ten milliseconds: millions of them take no more room than one. */
const BIN_MS = 10;

export class TapTimes {
  readonly #bins: number[] = [];
  count = 0;
  #sum = 0;

  add(ms: number): void {
    const bin = Math.floor(ms / BIN_MS);
    this.#bins[bin] = (this.#bins[bin] ?? 0) + 1;
    this.count += 1;
    this.#sum += ms;
  }

  /** 0 where there was none. */
  get meanMs(): number {
    return this.count === 0 ? 0 : this.#sum / this.count;
  }

  /** So long or less took this share of them; to the next ten milliseconds. */
  quantileMs(share: number): number {
    let left = share * this.count;
    for (let bin = 0; bin < this.#bins.length; bin += 1) {
      left -= this.#bins[bin] ?? 0;
      if (left <= 0) return (bin + 1) * BIN_MS;
    }
    return this.#bins.length * BIN_MS;
  }
}
