/** The people of the city and their days. */
import { amountOf, type MediumAccount, type MediumName, type Time } from '@retap/model';
import { MemoryMedium } from '@retap/terminal';
import type { DayKind } from './calendar.ts';
import { HOUR, MINUTE } from './durations.ts';
import type { Equipment } from './equipment.ts';
import type { Layout } from './layout.ts';
import type { RiderClass } from './life.ts';
import { errandOf, leftoverOf, type Person, personOf, rideOf } from './people.ts';
import type { Chance } from './random.ts';
import { Travel } from './travel.ts';
import { MediumAuditor, type MediumTruth, type Violation } from './truth.ts';
import { Visits } from './visit.ts';
import type { World } from './world.ts';

export interface Citizen {
  readonly person: Person;
  /** Null for who carries a copy of somebody else's medium. */
  readonly auditor: MediumAuditor | null;
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
  readonly #travel: Travel;
  /** One for all people: a million of their own would take most of the memory. */
  readonly #chance: Chance;

  constructor(world: World, layout: Layout) {
    this.#world = world;
    this.#layout = layout;
    this.#visits = new Visits(world);
    this.#travel = new Travel(world.plan);
    this.#chance = world.chance.stream('days');
    const chance = world.chance.stream('people');
    for (let index = 0; index < world.plan.media; index += 1) {
      const own = chance.stream(String(index));
      this.#settle(personOf(index, layout.stations.length, world.plan.life, own), new MediumAuditor());
    }
  }

  /** One more person, with a medium that is not new. */
  add(person: Person): Citizen {
    return this.#settle(person, null);
  }

  #settle(person: Person, auditor: MediumAuditor | null): Citizen {
    person.medium.onCommit = (before, after) => {
      auditor?.committed(before, after);
      this.#world.watch?.committed(person, before, after);
    };
    const citizen: Citizen = { person, auditor, isBusy: false, restsUntil: 0 };
    this.citizens.push(citizen);
    return citizen;
  }

  /** Opens all media at the sales terminals, one after the other. */
  openMedia(): void {
    const { plan } = this.#world;
    const begin = this.#world.now + 10 * MINUTE;
    const length = plan.life.opening.eveHours > 0 ? (plan.life.opening.eveHours * HOUR) / 2 : 4 * HOUR;
    this.#openFrom(0, (index) => begin + Math.floor((index * length) / plan.media));
  }

  /** One is planned at a time: the agenda would hold an entry for each of a million. */
  #openFrom(index: number, timeOf: (index: number) => Time): void {
    const citizen = this.citizens[index];
    if (citizen === undefined || index >= this.#world.plan.media) return;
    this.#world.agenda.plan(timeOf(index), async () => {
      this.#openFrom(index + 1, timeOf);
      await this.#open(citizen, this.#layout.sales[index % this.#layout.sales.length] as Equipment);
    });
  }

  async #open({ person }: Citizen, equipment: Equipment): Promise<void> {
    const { plan, now, agenda, watch } = this.#world;
    const { eveHours, deposits } = plan.life.opening;
    const request = eveHours > 0 ? leftoverOf(person, now, plan.clockTolerance, this.#chance) : null;
    const price = request?.type === 'purchase' ? request.price : 0;
    const deposit = amountOf(this.#chance.pick(deposits) + price);
    const outcome = await equipment.terminal.open(person.medium, person.name, deposit);
    watch?.served(person, equipment.terminal.terminal, outcome);
    if (request === null) return;
    const visit = { person, request, line: [equipment], onEnd: () => undefined };
    agenda.plan(now + this.#chance.integer(10, 60) * MINUTE, () => this.#visits.serve(visit, equipment));
  }

  /** @param day from 0 */
  kindOf(day: number): DayKind {
    return this.#travel.kindOf(day);
  }

  /** @returns whoever travels that day @param day from 0 */
  planDay(day: number): Citizen[] {
    const { riders } = this.#world.plan.life;
    const chances = riders.map((rider) => this.#travel.chanceOn(day, rider));
    return this.citizens.filter((citizen, index) => {
      const { person } = citizen;
      const rider = riders[person.rider] as RiderClass;
      if (!this.#travel.travels(index, day, chances[person.rider] as number, rider.isActive)) return false;
      for (const { at, station } of this.#travel.tripsOf(person, rider, day, this.#chance)) {
        this.#world.agenda.plan(at, () => this.#set(citizen, station));
      }
      return true;
    });
  }

  /** What a medium holds is changed behind the back of every terminal. */
  alter({ person, auditor }: Citizen, account: MediumAccount): void {
    const { onCommit } = person.medium;
    person.medium = new MemoryMedium(account);
    person.medium.onCommit = onCommit;
    auditor?.altered(account);
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

  async #set(citizen: Citizen, station: number): Promise<void> {
    if (citizen.isBusy || this.#world.now < citizen.restsUntil || citizen.person.medium.account === null) return;
    citizen.isBusy = true;
    await this.#prepare(citizen, station, ERRANDS_MAX);
  }

  /** To the sales terminal for as long as something is missing, then to the gate. */
  async #prepare(citizen: Citizen, station: number, errandsLeft: number): Promise<void> {
    const { person } = citizen;
    const chance = this.#chance;
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
    const { person } = citizen;
    const line = this.#layout.stations[station] as readonly Equipment[];
    const onEnd = (): void => {
      citizen.isBusy = false;
      citizen.restsUntil = this.#world.now + 10 * MINUTE;
    };
    await this.#visits.serve(
      { person, request: rideOf(person, this.#world.now), line, onEnd },
      this.#chance.pick(line),
    );
  }
}
