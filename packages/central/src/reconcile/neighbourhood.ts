/**
 * The part of the stored records that a round's careful decisions touch, loaded for all media concerned at once: who was at a
 * time, who read a time, which node comes before or after. One object a record, so that what is decided of it is seen wherever
 * it was loaded.
 */
import { type AccountRow, isPlace, type Place } from './account.ts';
import { type Evidence, type Fact, isEvidenceFact, isTransactionFact, type Moment } from './fact.ts';
import type { LogRow, ReconcileStore, Search } from './store.ts';

const keyOf = (moment: Moment) => `${moment.mediumId} ${moment.time}`;

export class Neighbourhood {
  readonly store: ReconcileStore;
  readonly #accounts: ReadonlyMap<number, AccountRow>;
  /** One object a record, so that what is decided of it is seen wherever it was loaded. */
  readonly #facts = new Map<string, Fact>();
  readonly #at = new Map<string, Fact[]>();
  readonly #reading = new Map<string, Evidence[]>();
  readonly #before = new Map<string, number | null>();
  readonly #after = new Map<string, number | null>();

  constructor(store: ReconcileStore, accounts: ReadonlyMap<number, AccountRow>) {
    this.store = store;
    this.#accounts = accounts;
  }

  /** The one object of a record. */
  adopt(fact: Fact): Fact {
    const identity = `${fact.terminal}-${fact.serial}`;
    const known = this.#facts.get(identity);
    if (known) return known;
    this.#facts.set(identity, fact);
    return fact;
  }

  searches(moments: readonly Moment[]): Search[] {
    return moments.map(({ mediumId, time }) => {
      const account = this.#accounts.get(mediumId);
      if (!account) throw new Error(`medium ${mediumId} is not of this round`);
      const { root, firstTime, maxTime, lastStraight } = account;
      return { mediumId, time, root, firstTime, maxTime, lastStraight };
    });
  }

  /** Opens and transactions of these times. */
  async loadAt(moments: readonly Moment[]): Promise<void> {
    const missing = distinct(moments).filter((moment) => !this.#at.has(keyOf(moment)));
    if (missing.length === 0) return;
    for (const moment of missing) this.#at.set(keyOf(moment), []);
    for (const found of await this.store.at(missing)) {
      const fact = this.adopt(found);
      this.#at.get(keyOf(fact))?.push(fact);
    }
  }

  /** Evidence that read these times as the last commit's. */
  async loadReading(moments: readonly Moment[]): Promise<void> {
    const missing = distinct(moments).filter((moment) => !this.#reading.has(keyOf(moment)));
    if (missing.length === 0) return;
    for (const moment of missing) this.#reading.set(keyOf(moment), []);
    for (const found of await this.store.reading(this.searches(missing))) {
      const fact = this.adopt(found);
      if (isEvidenceFact(fact)) this.#reading.get(keyOf({ mediumId: fact.mediumId, time: fact.lastTime }))?.push(fact);
    }
  }

  /** The greatest time of a node before, or the smallest after, each of these moments. What is effective must be written. */
  async loadNeighbours(direction: 'before' | 'after', moments: readonly Moment[]): Promise<void> {
    const known = direction === 'before' ? this.#before : this.#after;
    const missing = distinct(moments).filter((moment) => !known.has(keyOf(moment)));
    if (missing.length === 0) return;
    for (const { found, ...moment } of await this.store.neighbours(direction, this.searches(missing)))
      known.set(keyOf(moment), found);
  }

  /** Transactions of a time, and the root if it is of that time: whatever can be a predecessor. */
  committableAt(moment: Moment): Fact[] {
    return this.#loaded(this.#at, moment).filter((fact) => isTransactionFact(fact) || this.isRoot(fact));
  }

  /** An open, whether it is the root or not. */
  openAt(moment: Moment, place: Place): Fact {
    const open = this.#loaded(this.#at, moment).find((fact) => fact.type === 'open' && isPlace(fact, place));
    if (!open) throw new Error(`open ${place.terminal}-${place.serial} is not stored`);
    return open;
  }

  nodesAt(moment: Moment): Fact[] {
    return this.committableAt(moment).filter((fact) => this.isNode(fact));
  }

  reading(moment: Moment): Evidence[] {
    return this.#loaded(this.#reading, moment);
  }

  timeBefore(moment: Moment): number | null {
    return this.#loaded(this.#before, moment);
  }

  timeAfter(moment: Moment): number | null {
    return this.#loaded(this.#after, moment);
  }

  isRoot(fact: Fact): boolean {
    const root = this.#accounts.get(fact.mediumId)?.root;
    return fact.type === 'open' && root?.terminal === fact.terminal && root.serial === fact.serial;
  }

  /** Definition 6. */
  isNode(fact: Fact): boolean {
    return fact.effective || this.isRoot(fact);
  }

  #loaded<Value>(known: ReadonlyMap<string, Value>, moment: Moment): Value {
    const value = known.get(keyOf(moment));
    if (value === undefined) throw new Error(`medium ${moment.mediumId} at ${moment.time} was not loaded`);
    return value;
  }

  /** Logs with entries on both sides of a moment: all that can confirm or refute a transaction of that time. */
  async logsAround(moments: readonly Moment[]): Promise<LogRow[]> {
    return moments.length === 0 ? [] : this.store.logsAround(moments);
  }

  async logsOf(facts: readonly Fact[]): Promise<LogRow[]> {
    return facts.length === 0 ? [] : this.store.logsOf(facts);
  }

  /** Transactions that did not report a commit, between the first entry of each log and the last commit it was read with. */
  async doubtsWithin(logs: readonly LogRow[]): Promise<Evidence[]> {
    if (logs.length === 0) return [];
    const stretches = logs.map(({ mediumId, lastTime, log }) => ({
      mediumId,
      from: Math.min(...log.map((entry) => entry.time)),
      to: Math.max(lastTime, ...log.map((entry) => entry.time)),
    }));
    return (await this.store.doubtsWithin(stretches)).map((fact) => this.adopt(fact)).filter(isTransactionFact);
  }

  /** Evidence that is not effective and that a node at one of these moments may show to be stale. */
  async idleAround(moments: readonly Moment[]): Promise<Evidence[]> {
    if (moments.length === 0) return [];
    return (await this.store.idleAround(distinct(moments))).map((fact) => this.adopt(fact)).filter(isEvidenceFact);
  }
}

function distinct(moments: readonly Moment[]): Moment[] {
  return [...new Map(moments.map(({ mediumId, time }) => [`${mediumId} ${time}`, { mediumId, time }])).values()];
}
