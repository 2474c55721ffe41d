/** The people of the city and their days. */
import { type Amount, amountOf, type MediumName, type Time } from '@retap/model';
import { MemoryMedium } from '@retap/terminal';
import type { Equipment } from './equipment.ts';
import type { Layout } from './layout.ts';
import { HOUR, MINUTE } from './options.ts';
import { errandOf, type Person, personOf, rideOf, tripsOf } from './people.ts';
import type { Chance } from './random.ts';
import { MediumAuditor, type MediumTruth, type Violation } from './truth.ts';
import { Visits } from './visit.ts';
import type { World } from './world.ts';

export interface Citizen {
  readonly person: Person;
  /** Null for who carries a copy of somebody else's medium. */
  readonly auditor: MediumAuditor | null;
  readonly chance: Chance;
  /** On a trip: nobody is in two places. */
  isBusy: boolean;
  /** Not before this time to a gate again. */
  restsUntil: Time;
}

const ERRANDS_MAX = 3;

export class Population {
  readonly citizens: Citizen[] = [];
  readonly #world: World;
  readonly #layout: Layout;
  readonly #visits: Visits;

  constructor(world: World, layout: Layout) {
    this.#world = world;
    this.#layout = layout;
    this.#visits = new Visits(world);
    const chance = world.chance.stream('people');
    for (let index = 0; index < world.plan.media; index += 1) {
      const own = chance.stream(String(index));
      this.#settle(personOf(index, layout.stations.length, own), new MediumAuditor(), own);
    }
  }

  /** One more person, with a medium that is not new. */
  add(person: Person): Citizen {
    return this.#settle(person, null, this.#world.chance.stream(`people/${this.citizens.length}`));
  }

  #settle(person: Person, auditor: MediumAuditor | null, chance: Chance): Citizen {
    person.medium.onCommit = (before, after) => {
      auditor?.committed(before, after);
      this.#world.watch?.committed(person, before, after);
    };
    const citizen: Citizen = { person, auditor, chance, isBusy: false, restsUntil: 0 };
    this.citizens.push(citizen);
    return citizen;
  }

  /** Opens all media in the first night, at the sales terminals. */
  openMedia(): void {
    const { agenda, plan } = this.#world;
    const { sales } = this.#layout;
    this.citizens.forEach(({ person, chance }, index) => {
      const equipment = sales[index % sales.length] as Equipment;
      const deposit = amountOf(chance.pick([0, 500, 1000, 2000]));
      agenda.plan(plan.start + 10 * MINUTE + Math.floor((index * 4 * HOUR) / plan.media), async () => {
        const outcome = await equipment.terminal.open(person.medium, person.name, deposit);
        this.#world.watch?.served(person, equipment.terminal.terminal, outcome);
      });
    });
  }

  planDay(midnight: Time): void {
    for (const citizen of this.citizens) {
      for (const { at, station } of tripsOf(citizen.person, midnight, citizen.chance)) {
        this.#world.agenda.plan(at, () => this.#travel(citizen, station));
      }
    }
  }

  /** The balance is raised behind the back of every terminal. */
  forge({ person, auditor }: Citizen, amount: Amount): void {
    const { account, onCommit } = person.medium;
    if (account === null) return;
    const forged = { ...account, balance: amountOf(account.balance + amount) };
    person.medium = new MemoryMedium(forged);
    person.medium.onCommit = onCommit;
    auditor?.forged(forged, amount);
  }

  get truth(): Record<MediumName, MediumTruth> {
    const media: Record<MediumName, MediumTruth> = {};
    for (const { person, auditor } of this.citizens) {
      const truth = auditor?.truth;
      if (truth) media[person.name] = truth;
    }
    return media;
  }

  get violations(): Violation[] {
    return this.citizens.flatMap(({ person, auditor }) =>
      auditor && auditor.missing !== 0
        ? [{ kind: 'money-not-conserved', medium: person.name, missing: auditor.missing }]
        : [],
    );
  }

  async #travel(citizen: Citizen, station: number): Promise<void> {
    if (citizen.isBusy || this.#world.now < citizen.restsUntil || citizen.person.medium.account === null) return;
    citizen.isBusy = true;
    await this.#prepare(citizen, station, ERRANDS_MAX);
  }

  /** To the sales terminal for as long as something is missing, then to the gate. */
  async #prepare(citizen: Citizen, station: number, errandsLeft: number): Promise<void> {
    const { person, chance } = citizen;
    const { now, plan, agenda } = this.#world;
    const request = errandsLeft > 0 ? errandOf(person, now, plan.clockTolerance, chance) : null;
    if (request === null) return this.#ride(citizen, station);
    const equipment = chance.pick(this.#layout.sales);
    const onEnd = (): void => {
      const later = this.#world.now + chance.integer(3 * MINUTE, 8 * MINUTE);
      agenda.plan(later, () => this.#prepare(citizen, station, errandsLeft - 1));
    };
    await this.#visits.serve({ person, request, line: [equipment], onEnd }, equipment);
  }

  async #ride(citizen: Citizen, station: number): Promise<void> {
    const { person, chance } = citizen;
    const line = this.#layout.stations[station] as readonly Equipment[];
    const onEnd = (): void => {
      citizen.isBusy = false;
      citizen.restsUntil = this.#world.now + 10 * MINUTE;
    };
    await this.#visits.serve({ person, request: rideOf(person, this.#world.now), line, onEnd }, chance.pick(line));
  }
}
