/** A city in virtual time: people, terminals and links, replayed to the byte from a seed. */
import type { TerminalNumber, Time } from '@retap/model';
import { Breakdowns } from './breakdowns.ts';
import type { Centre } from './centre.ts';
import { plantFrauds } from './fraud.ts';
import { type Layout, layOut } from './layout.ts';
import type { MediumKind } from './life.ts';
import { Link } from './link.ts';
import { type CityOptions, DAY, HOUR, MINUTE, planOf } from './options.ts';
import { type Citizen, Population } from './population.ts';
import type { Chance } from './random.ts';
import type { TapTimes } from './tap-times.ts';
import type { Fraud, Truth, Violation } from './truth.ts';
import type { CityWatch } from './watch.ts';
import { type CityEvent, type Counts, World } from './world.ts';

/** What waits in the city: a number that only grows is a leak. */
export interface Queues {
  readonly agenda: number;
  readonly events: number;
  readonly unsent: readonly { readonly terminal: TerminalNumber; readonly count: number }[];
}

export interface ServiceTime {
  readonly kind: MediumKind;
  readonly taps: number;
  readonly meanMs: number;
  /** 95 of 100 took so long or less. */
  readonly p95Ms: number;
}

export class City {
  readonly #world: World;
  readonly #layout: Layout;
  readonly #population: Population;
  readonly #link: Link;
  readonly #breakdowns: Breakdowns;
  readonly #inspections: Chance;

  private constructor(world: World, layout: Layout) {
    this.#world = world;
    this.#layout = layout;
    this.#population = new Population(world, layout);
    this.#link = new Link(world);
    this.#breakdowns = new Breakdowns(world, (equipment) => this.#link.connect(equipment));
    this.#inspections = world.chance.stream('inspections');
  }

  /**
   * @param centre what gets the batches as they arrive, and answers; without one, whatever arrives whole is acknowledged
   * @throws RangeError where the options make no city, in words for the person who gave them
   */
  static async found(
    options: CityOptions,
    watch: CityWatch | null = null,
    centre: Centre | null = null,
  ): Promise<City> {
    const world = new World(planOf(options), watch, centre);
    const city = new City(world, await layOut(world));
    city.#population.openMedia();
    for (const equipment of city.#layout.all) city.#link.connect(equipment);
    city.#link.planOutages(city.#layout.all);
    plantFrauds(world, city.#layout, city.#population, city.#link.bring.bind(city.#link));
    world.agenda.plan(world.plan.start, () => city.#beginDay(world.plan.start));
    return city;
  }

  /** Virtual time. */
  get now(): Time {
    return this.#world.now;
  }
  get counts(): Counts {
    return this.#world.counts;
  }

  /**
   * Lives on, and tells what leaves the terminals and what arrives at the centre, in order of virtual time. The city
   * stands still while nobody asks for the next event; a second call goes on where the first stopped.
   * @param fromPosition deliveries before this one are lived through and not told: they were told in an earlier run
   */
  async *events(fromPosition = 1): AsyncGenerator<CityEvent, void, void> {
    const { agenda, events } = this.#world;
    for (;;) {
      while (events.length > 0) {
        const event = events.shift() as CityEvent;
        if (event.kind === 'journal' || event.position >= fromPosition) yield event;
      }
      const next = agenda.next();
      if (next === undefined) return;
      this.#world.now = next.at;
      await next.work();
    }
  }

  /** How long people stood at the terminals, by what they carry. */
  get serviceTimes(): readonly ServiceTime[] {
    const { plan, tapTimes } = this.#world;
    return plan.life.media.map(({ kind }, index) => {
      const times = tapTimes[index] as TapTimes;
      return { kind, taps: times.count, meanMs: times.meanMs, p95Ms: times.quantileMs(0.95) };
    });
  }

  /** What is planned, what nobody has taken yet, and the records that wait at each terminal that has a link to the centre. */
  get queues(): Queues {
    const { agenda, events } = this.#world;
    const terminals = [...this.#layout.all, ...this.#breakdowns.depot];
    const linked = terminals.filter(({ isSilent }) => !isSilent);
    const unsent = linked.map(({ terminal }) => ({ terminal: terminal.terminal, count: terminal.unsent.count }));
    return { agenda: agenda.size, events: events.length, unsent };
  }

  /** Frauds, and what looks like one, as far as they have happened. */
  get frauds(): readonly Fraud[] {
    return this.#world.frauds;
  }

  /** What the media hold now, and what became of every torn tap. */
  truth(): Truth {
    const { plan, now: asOf, tornTaps, frauds, grants } = this.#world;
    const media = { ...this.#population.truth, ...this.#world.secondCards.truth };
    return { seed: plan.seed, days: plan.days, asOf, media, tornTaps, frauds, grants };
  }

  /** What the auditor, who sees inside the media, finds wrong; empty if the terminals are right. */
  violations(): readonly Violation[] {
    const { violations, secondCards } = this.#world;
    return [...violations, ...this.#population.violations, ...secondCards.violations];
  }

  #beginDay(midnight: Time): void {
    const { agenda, end } = this.#world;
    if (midnight >= end) {
      agenda.plan(end + HOUR, () => this.#close());
      return;
    }
    const day = Math.round((midnight - this.#world.plan.start) / DAY);
    this.#world.hurry = this.#world.plan.life.calendar.hurry[this.#population.kindOf(day)];
    const travelling = this.#population.planDay(day);
    for (const equipment of this.#layout.all) this.#link.drawOffline(equipment, midnight);
    this.#world.lists.drawDay(() => this.#population.citizens, midnight);
    this.#world.fares.drawDay(this.#layout.all, midnight);
    this.#breakdowns.drawDay(this.#layout.all, midnight);
    this.#planInspections(midnight, travelling);
    agenda.plan(midnight + DAY, () => this.#beginDay(midnight + DAY));
  }

  #planInspections(midnight: Time, travelling: readonly Citizen[]): void {
    const { inspectors } = this.#layout;
    const { plan } = this.#world;
    if (inspectors.length === 0 || travelling.length === 0) return;
    for (let left = Math.ceil(plan.media * plan.life.inspection.share); left > 0; left -= 1) {
      const inspector = this.#inspections.pick(inspectors);
      const { person } = this.#inspections.pick(travelling);
      const at = midnight + this.#inspections.integer(6 * 60, 23 * 60) * MINUTE;
      this.#world.agenda.plan(at, async () => {
        if (person.medium.account === null) return;
        const outcome = await inspector.terminal.observe(person.medium);
        inspector.ails?.media.add(person.name);
        this.#world.watch?.served(person, inspector.terminal.terminal, outcome);
      });
    }
  }

  /** Every terminal has its link back, and what it still has goes out. */
  async #close(): Promise<void> {
    this.#world.isClosing = true;
    for (const equipment of [...this.#layout.all, ...this.#breakdowns.depot]) {
      await equipment.mend();
      await this.#link.upload(equipment);
    }
  }
}
