/** One draw that decides which of several faults happens, if any: a draw for each would cost more than the tap itself. */

export class Lottery<Prize extends string> {
  readonly #prizes: readonly { readonly prize: Prize; readonly below: number }[];
  readonly #total: number;

  /** @param shares of the draws. Where they add up to more than 1, the last ones are crowded out */
  constructor(shares: Readonly<Partial<Record<Prize, number>>>) {
    let below = 0;
    const prizes: { prize: Prize; below: number }[] = [];
    for (const [prize, share] of Object.entries(shares) as [Prize, number][]) {
      if (share <= 0) continue;
      below += share;
      prizes.push({ prize, below });
    }
    this.#prizes = prizes;
    this.#total = below;
  }

  /** Whether there is nothing to win. */
  get isEmpty(): boolean {
    return this.#total === 0;
  }

  /** @param drawn 0 ≤ drawn < 1 */
  prize(drawn: number): Prize | null {
    if (drawn >= this.#total) return null;
    return this.#prizes.find(({ below }) => drawn < below)?.prize ?? null;
  }
}
