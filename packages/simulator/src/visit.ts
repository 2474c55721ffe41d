/** A person at a terminal: taps, and what they do when the tap fails. */
import type { RecordIdentity, TapRequest, Time } from '@retap/model';
import type { MediumFault, Refusal, TapOutcome } from '@retap/terminal';
import type { Equipment } from './equipment.ts';
import type { TerminalList } from './lists.ts';
import type { Person } from './people.ts';
import type { Chance } from './random.ts';
import { Service } from './service.ts';
import { type TapMishap, TapMishaps } from './tap-mishaps.ts';
import type { World } from './world.ts';

export interface Visit {
  readonly person: Person;
  readonly request: TapRequest;
  /** Terminals that the person can walk to; they stand at the first. */
  readonly line: readonly Equipment[];
  /** Called once, with whether the person got what they asked for. */
  readonly onEnd: (isServed: boolean) => void;
}

interface Trial {
  readonly visit: Visit;
  /** From 1. */
  readonly attempt: number;
  readonly begunAt: Time;
  /** Commits of the medium before the first. */
  readonly serialBefore: number;
  /** A terminal of this visit could not know what a re-tap repeats: its clock was off, or it lost what it knew. */
  readonly isBlind: boolean;
}

type Mishap = 'tornShare' | TapMishap | null;

const ATTEMPTS_MAX = 5;

/** Refusals for which somebody tries again: the terminal's, not the medium's. */
const WORTH_ANOTHER_TRY: ReadonlySet<Refusal> = new Set([
  'out-of-service',
  'unreadable',
  'journal-full',
  'clock-not-set',
  'clock-turned-back',
  'clock-behind',
]);

export class Visits {
  readonly #world: World;
  readonly #chance: Chance;
  readonly #service: Service;
  readonly #mishaps: TapMishaps;

  constructor(world: World) {
    this.#world = world;
    this.#service = new Service(world);
    this.#chance = world.chance.stream('visits');
    this.#mishaps = new TapMishaps(world, this.#chance);
  }

  /** Serves the visit now, with re-taps some seconds apart. */
  async serve(visit: Visit, equipment: Equipment): Promise<void> {
    const serialBefore = serialOf(visit.person);
    await this.#attempt({ visit, attempt: 1, begunAt: this.#world.now, serialBefore, isBlind: false }, equipment);
  }

  async #attempt(trial: Trial, equipment: Equipment): Promise<void> {
    const { counts, watch, agenda, now } = this.#world;
    // Somebody else is being served.
    if (equipment.takenUntil > now) {
      agenda.plan(equipment.takenUntil, () => this.#attempt(trial, equipment));
      return;
    }
    equipment.takenUntil = now + this.#service.tapMsOf(trial.visit.person);
    const draw = this.#chance.next();
    const tornShare = this.#service.tornShareOf(trial.visit.person);
    const mishap = draw < tornShare ? 'tornShare' : this.#mishaps.prize(draw - tornShare);
    const held = mishap === 'otherCardShare' ? await this.#other(trial, equipment) : trial;
    const { person } = held.visit;
    const outcome = await this.#tap(mishap, held.visit, equipment);
    watch?.served(person, equipment.terminal.terminal, outcome);
    equipment.ails?.media.add(person.name);
    if (equipment.list && outcome.outcome !== 'refused') this.#assertNotDenied(person, equipment, equipment.list);
    const isBlind = held.isBlind || equipment.isBlind || equipment.forgotAt >= held.begunAt;
    const next = { ...held, attempt: held.attempt + 1, isBlind };
    counts.taps += 1;
    if (outcome.outcome === 'successful' || outcome.outcome === 'completed') {
      if (outcome.outcome === 'completed') counts.completed += 1;
      this.#end(next, true);
      return;
    }
    if (outcome.outcome === 'unverified') this.#noteTorn(person, outcome.record);
    if (outcome.outcome === 'refused') counts.refused += 1;
    // Only a failed conversation is worth another try: nobody gets money by tapping again.
    const isWorth = outcome.outcome !== 'refused' || WORTH_ANOTHER_TRY.has(outcome.reason);
    const where = isWorth && trial.attempt < ATTEMPTS_MAX ? this.#nextOf(held.visit, equipment) : null;
    if (where === null) return this.#end(next, false);
    agenda.plan(equipment.takenUntil + this.#chance.integer(1500, 9000), () => this.#attempt(next, where));
  }

  #assertNotDenied({ name: medium }: Person, equipment: Equipment, list: TerminalList): void {
    const { lists, violations, now: at } = this.#world;
    if (!lists.isServedThoughDenied(medium, list)) return;
    violations.push({ kind: 'denied-served', medium, terminal: equipment.terminal.terminal, at });
  }

  /** The other card of the same person answers, and the person goes on with that one; who has only one buys another, some day. */
  async #other(trial: Trial, equipment: Equipment): Promise<Trial> {
    const { visit, attempt } = trial;
    const { secondCards, counts } = this.#world;
    const second = secondCards.of(visit.person);
    if (equipment.role === 'sales') {
      if (second === null) await secondCards.sell(visit.person, equipment);
      return trial;
    }
    // Not after the first may have paid: two cards that both paid are two customers to everybody.
    if (second === null || attempt > 1) return trial;
    counts.otherCardShare += 1;
    const request = { type: 'debit', amount: visit.person.fare } as const;
    return { ...trial, visit: { ...visit, person: second, request }, serialBefore: serialOf(second) };
  }

  /** The same terminal again, a sibling, or null: the person walks away. */
  #nextOf(visit: Visit, equipment: Equipment): Equipment | null {
    const { counts, plan } = this.#world;
    const { retapSameShare, retapSiblingShare } = plan.faults;
    const draw = this.#chance.next();
    if (draw < retapSameShare) {
      counts.retapSameShare += 1;
      return equipment;
    }
    if (draw >= retapSameShare + retapSiblingShare) return null;
    counts.retapSiblingShare += 1;
    const siblings = visit.line.filter((other) => other !== equipment);
    return siblings.length === 0 ? equipment : this.#chance.pick(siblings);
  }

  async #tap(mishap: Mishap, { person, request }: Visit, equipment: Equipment): Promise<TapOutcome> {
    if (mishap === null || mishap === 'otherCardShare') return equipment.tap(person.medium, request);
    if (mishap !== 'tornShare') return this.#mishaps.tap(mishap, person, request, equipment);
    const { counts, plan } = this.#world;
    const tear = this.#tear(plan.faults.tornCommittedShare);
    person.medium.fault = tear;
    const outcome = await equipment.tap(person.medium, request);
    const isTorn = person.medium.fault === null;
    if (isTorn) counts.tornShare += 1;
    if (isTorn && tear === 'torn-after') counts.tornCommittedShare += 1;
    person.medium.fault = null;
    return outcome;
  }

  #tear(tornCommittedShare: number): MediumFault {
    return this.#chance.happens(tornCommittedShare) ? 'torn-after' : 'torn-before';
  }

  #noteTorn({ medium, name }: Person, record: RecordIdentity & { readonly time: Time }): void {
    const { terminal, serial, time } = record;
    const committed = medium.account?.lastTime === time && medium.account.lastTerminal === terminal;
    this.#world.tornTaps.push({ terminal, serial, medium: name, committed });
    this.#world.counts.torn += 1;
  }

  #end({ visit, serialBefore, isBlind }: Trial, isServed: boolean): void {
    const { person, onEnd } = visit;
    const commits = serialOf(person) - serialBefore;
    const { now: at, violations, counts } = this.#world;
    if (commits > 1 && isBlind) counts.unknowinglyTwice += 1;
    else if (commits > 1) violations.push({ kind: 'charged-twice', medium: person.name, at, commits });
    if (isServed && commits === 0) violations.push({ kind: 'not-charged', medium: person.name, at });
    onEnd(isServed);
  }
}

function serialOf({ medium }: Person): number {
  return medium.account?.mediumSerial ?? 0;
}
