/** What all parts of the city share: the plan, virtual time, and what has come of it. */
import type { MediumName, TerminalNumber, Time } from '@retap/model';
import { Agenda } from './agenda.ts';
import type { Centre } from './centre.ts';
import { HOUR } from './durations.ts';
import { Fares } from './fares.ts';
import { type Counted, noneCounted } from './faults.ts';
import type { Grant } from './grant.ts';
import { Lists } from './lists.ts';
import type { CityPlan } from './options.ts';
import { Chance } from './random.ts';
import { SecondCards } from './second-cards.ts';
import { TapTimes } from './tap-times.ts';
import type { Fraud, TornTap, Violation } from './truth.ts';
import type { CityWatch } from './watch.ts';

/** Bytes that arrive at the centre: a batch, whole or cut off, perhaps not for the first time. */
export interface Delivery {
  readonly kind: 'delivery';
  readonly at: Time;
  /** Counts deliveries from 1; the same in every run of the same city. */
  readonly position: number;
  readonly terminal: TerminalNumber;
  readonly from: number;
  readonly to: number;
  readonly bytes: Uint8Array;
  /** Cut off in the middle: the centre must refuse it, and keep nothing of it. */
  readonly isCut: boolean;
}

/** A terminal's records `from` … `to`, once each and in order, when they first go out: its journal for the centre. */
export interface JournalPiece {
  readonly kind: 'journal';
  readonly at: Time;
  readonly terminal: TerminalNumber;
  readonly from: number;
  readonly to: number;
  /** The batch that holds them. */
  readonly bytes: Uint8Array;
}

export type CityEvent = Delivery | JournalPiece;

/** How often each fault and fraud happened, by the name of its knob; and what came of it all. */
export interface Counts extends Readonly<Record<Counted, number>> {
  readonly taps: number;
  /** Taps whose terminal does not know whether they committed. */
  readonly torn: number;
  /** Taps let through because the one before did commit. */
  readonly completed: number;
  readonly refused: number;
  /** Taps paid twice because nobody could know: a clock was off, or a tariff had not arrived. */
  readonly unknowinglyTwice: number;
  readonly deliveries: number;
}

export class World {
  readonly plan: CityPlan;
  readonly agenda = new Agenda();
  readonly chance: Chance;
  now: Time;
  /** By number of the class of media. */
  readonly tapTimes: readonly TapTimes[];
  /** Torn taps today, against an ordinary workday. */
  hurry = 1;
  /** No further trips; everything still on its way arrives. */
  isClosing = false;
  readonly counts: { -readonly [Name in keyof Counts]: number } = {
    ...noneCounted(),
    taps: 0,
    torn: 0,
    completed: 0,
    refused: 0,
    unknowinglyTwice: 0,
    deliveries: 0,
  };
  readonly tornTaps: TornTap[] = [];
  readonly violations: Violation[] = [];
  readonly frauds: Fraud[] = [];
  readonly grants: Grant[] = [];
  readonly lists: Lists;
  readonly fares: Fares;
  readonly secondCards: SecondCards = new SecondCards(this);
  /** Not yet taken by who watches the city. */
  readonly events: CityEvent[] = [];
  readonly watch: CityWatch | null;
  readonly centre: Centre | null;
  #terminals: number;

  constructor(plan: CityPlan, watch: CityWatch | null = null, centre: Centre | null = null) {
    this.plan = plan;
    this.tapTimes = plan.life.media.map(() => new TapTimes());
    this.watch = watch;
    this.centre = centre;
    this.#terminals = plan.terminals;
    this.chance = new Chance(plan.seed);
    this.lists = new Lists(this);
    this.fares = new Fares(this);
    this.now = plan.start - plan.life.opening.eveHours * HOUR;
  }

  /** A number that no terminal had. */
  nextTerminal(): TerminalNumber {
    this.#terminals += 1;
    return this.#terminals;
  }

  /** Something happens that alerts are granted for. @returns who is concerned: more may be added as it goes on */
  grant(
    because: Counted,
    terminals: Iterable<TerminalNumber>,
    media: Iterable<MediumName>,
  ): { readonly terminals: Set<TerminalNumber>; readonly media: Set<MediumName> } {
    const concerned = { terminals: new Set(terminals), media: new Set(media) };
    this.grants.push({ because, at: this.now, ...concerned });
    return concerned;
  }

  get end(): Time {
    return this.plan.start + this.plan.days * 86_400_000;
  }
}
