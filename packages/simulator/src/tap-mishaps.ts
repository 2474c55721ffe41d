/** What goes wrong with one tap, besides that it is torn at the commit: before it, around it, and in the terminal. */
import type { TapRequest } from '@retap/model';
import type { MediumFault, TapOutcome } from '@retap/terminal';
import type { Equipment } from './equipment.ts';
import { Lottery } from './lottery.ts';
import type { Person } from './people.ts';
import type { Chance } from './random.ts';
import type { World } from './world.ts';

const MISHAPS = [
  'powerCutShare',
  'declinedShare',
  'tornAuthenticateShare',
  'tornReadShare',
  'collisionShare',
  'otherCardShare',
  'journalCutShare',
] as const;
export type TapMishap = (typeof MISHAPS)[number];

/** What the medium does, where it is the medium. Of two cards in the field, the reader hears neither. */
const MEDIUM_FAULTS: Readonly<Partial<Record<TapMishap, MediumFault>>> = {
  declinedShare: 'declines',
  tornAuthenticateShare: 'unreadable',
  tornReadShare: 'leaves-reading',
  collisionShare: 'unreadable',
};

/** Writes of a tap: intent, outcome, that it was shown; and sometimes another segment. */
const WRITES_MAX = 4;

export class TapMishaps {
  readonly #world: World;
  readonly #chance: Chance;
  readonly #lottery: Lottery<TapMishap>;

  constructor(world: World, chance: Chance) {
    this.#world = world;
    this.#chance = chance;
    const { faults } = world.plan;
    const shares = MISHAPS.map((name) => [name, faults[name]]);
    this.#lottery = new Lottery<TapMishap>(Object.fromEntries(shares));
  }

  /** @param drawn 0 ≤ drawn < 1 */
  prize(drawn: number): TapMishap | null {
    return this.#lottery.prize(drawn);
  }

  /** The tap with what goes wrong with it. */
  async tap(mishap: TapMishap, person: Person, request: TapRequest, equipment: Equipment): Promise<TapOutcome> {
    const { counts } = this.#world;
    if (mishap === 'journalCutShare') return this.#tapInPowerCut(person, request, equipment);
    if (mishap === 'powerCutShare') {
      const cut = equipment.cutAt(person.medium, this.#chance.happens(0.5));
      const outcome = await equipment.tap(cut, request);
      if (await equipment.recovered()) counts.powerCutShare += 1;
      return outcome;
    }
    person.medium.fault = MEDIUM_FAULTS[mishap] ?? null;
    const outcome = await equipment.tap(person.medium, request);
    // Who was refused before had nothing left to go wrong.
    if (person.medium.fault === null) counts[mishap] += 1;
    person.medium.fault = null;
    return outcome;
  }

  async #tapInPowerCut({ medium }: Person, request: TapRequest, equipment: Equipment): Promise<TapOutcome> {
    const tornBytes = this.#tornBytes();
    equipment.cutPowerSoon(this.#chance.integer(0, WRITES_MAX - 1), tornBytes);
    const outcome = await equipment.tap(medium, request);
    const { counts } = this.#world;
    if (await equipment.recovered()) {
      counts.journalCutShare += 1;
      if (tornBytes > 0) counts.tornSectorShare += 1;
    }
    return outcome;
  }

  #tornBytes(): number {
    if (!this.#chance.happens(this.#world.plan.faults.tornSectorShare)) return 0;
    // No entry is so long: all of it is on the disk, and nobody was told.
    return this.#chance.happens(0.3) ? 100_000 : this.#chance.integer(1, 300);
  }
}
