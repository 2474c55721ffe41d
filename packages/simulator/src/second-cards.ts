/** Second cards: a few people have two in one pocket, and sometimes the wrong one answers. */
import { amountOf, type MediumName } from '@retap/model';
import { MemoryMedium } from '@retap/terminal';
import type { Equipment } from './equipment.ts';
import type { Person } from './people.ts';
import { MediumAuditor, type MediumTruth, type Violation } from './truth.ts';
import type { World } from './world.ts';

const DEPOSIT = amountOf(20_000);

interface SecondCard {
  readonly holder: Person;
  readonly auditor: MediumAuditor;
}

export class SecondCards {
  readonly #world: World;
  /** By the name of the first. */
  readonly #cards = new Map<MediumName, SecondCard>();

  constructor(world: World) {
    this.#world = world;
  }

  /** The person with this card in hand; null where they have none. */
  of(person: Person): Person | null {
    return this.#cards.get(person.name)?.holder ?? null;
  }

  /** Sells the person a second card. */
  async sell(person: Person, equipment: Equipment): Promise<void> {
    const auditor = new MediumAuditor();
    const holder: Person = { ...person, name: `05${person.name.slice(2)}`, medium: new MemoryMedium() };
    holder.medium.onCommit = (before, after) => {
      auditor.committed(before, after);
      this.#world.watch?.committed(holder, before, after);
    };
    const outcome = await equipment.terminal.open(holder.medium, holder.name, DEPOSIT);
    this.#world.watch?.served(holder, equipment.terminal.terminal, outcome);
    // One that was not opened is not handed out.
    if (outcome.outcome === 'opened') this.#cards.set(person.name, { holder, auditor });
  }

  get truth(): Record<MediumName, MediumTruth> {
    const media: Record<MediumName, MediumTruth> = {};
    for (const { holder, auditor } of this.#cards.values()) {
      const truth = auditor.truth;
      if (truth) media[holder.name] = truth;
    }
    return media;
  }

  get violations(): Violation[] {
    return [...this.#cards.values()].flatMap(({ holder, auditor }) =>
      auditor.missing === 0
        ? []
        : [{ kind: 'money-not-conserved', medium: holder.name, missing: auditor.missing } as const],
    );
  }
}
