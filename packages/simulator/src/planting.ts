/** When frauds happen, and to whom: one a minute from noon of the second day on, and no medium is the victim of two. */
import type { MediumName, TerminalNumber, Time } from '@retap/model';
import type { Frauds } from './faults.ts';
import { DAY, HOUR, MINUTE } from './options.ts';
import type { Citizen, Population } from './population.ts';
import type { Chance } from './random.ts';
import type { Fraud } from './truth.ts';
import type { World } from './world.ts';

export class Planting {
  readonly world: World;
  readonly chance: Chance;
  readonly #population: Population;
  /** Who looks at an alert should find one story behind it. */
  readonly #victims = new Set<Citizen>();
  /** Of the fraud planned last; noon before the first. */
  at: Time;

  constructor(world: World, population: Population) {
    const { start, days } = world.plan;
    this.world = world;
    this.chance = world.chance.stream('frauds');
    this.#population = population;
    // Noon of the first day, if there is no second.
    this.at = start + (days > 1 ? DAY : 0) + 12 * HOUR;
  }

  plan(count: number, work: (index: number) => Promise<void> | void): void {
    for (let index = 0; index < count; index += 1) {
      this.at += MINUTE;
      this.world.agenda.plan(this.at, () => work(index));
    }
  }

  planOnMedium(count: number, work: (victim: Citizen) => Promise<void> | void): void {
    this.plan(count, () => this.#attempt(work));
  }

  /** Nobody does anything else to its medium. */
  spare(citizen: Citizen): void {
    this.#victims.add(citizen);
  }

  happened(
    name: keyof Frauds,
    fraud: Fraud,
    terminals: Iterable<TerminalNumber>,
    media: Iterable<MediumName>,
  ): ReturnType<World['grant']> {
    this.world.counts[name] += 1;
    this.world.frauds.push(fraud);
    return this.world.grant(name, terminals, media);
  }

  async #attempt(work: (victim: Citizen) => Promise<void> | void): Promise<void> {
    const isFree = (citizen: Citizen): boolean =>
      !citizen.isBusy && citizen.person.medium.account !== null && !this.#victims.has(citizen);
    const candidates = this.#population.citizens.filter(isFree);
    if (candidates.length > 0) {
      const victim = this.chance.pick(candidates);
      this.#victims.add(victim);
      return work(victim);
    }
    // Everybody is on a trip: another minute. Or nobody is left, and the city is over.
    if (!this.world.isClosing) this.world.agenda.plan(this.world.now + MINUTE, () => this.#attempt(work));
  }
}
