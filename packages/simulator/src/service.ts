/** How long a tap takes, and how often it is torn, by what the person carries and what day it is. */
import type { MediaClass } from './life.ts';
import type { Person } from './people.ts';
import { type Chance, Quota } from './random.ts';
import type { World } from './world.ts';

export class Service {
  readonly #world: World;
  readonly #chance: Chance;
  readonly #torn: Quota | null;

  constructor(world: World) {
    this.#world = world;
    this.#chance = world.chance.stream('service');
    this.#torn = world.plan.life.sampling === 'quota' ? new Quota(world.chance.stream('torn taps')) : null;
  }

  /** So long the medium is in the field, and nobody else is served. */
  tapMsOf(person: Person): number {
    const { tapMs, tapSpreadMs } = this.#carriedBy(person);
    const length = Math.max(1, this.#chance.around(tapMs, tapSpreadMs));
    this.#world.tapTimes[person.carries]?.add(length);
    return length;
  }

  /**
   * The share of torn taps to draw by just now; by quota 1 where one is due, else 0.
   * share of torn taps = tornShare × walk-off factor of the medium × hurry of the day
   */
  tornShareOf(person: Person): number {
    const { plan, hurry } = this.#world;
    const share = plan.faults.tornShare * this.#carriedBy(person).walkOffFactor * hurry;
    if (this.#torn === null) return share;
    return this.#torn.isDue(share) ? 1 : 0;
  }

  #carriedBy({ carries }: Person): MediaClass {
    return this.#world.plan.life.media[carries] as MediaClass;
  }
}
