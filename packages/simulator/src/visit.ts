/** A person at a terminal: taps, and what they do when the tap fails. */
import type { RecordIdentity, TapRequest, Time } from '@retap/model';
import type { MediumFault, TapOutcome } from '@retap/terminal';
import type { Equipment } from './equipment.ts';
import type { Person } from './people.ts';
import type { Chance } from './random.ts';
import { Service } from './service.ts';
import type { World } from './world.ts';

export interface Visit {
  readonly person: Person;
  readonly request: TapRequest;
  /** Terminals that the person can walk to; they stand at the first. */
  readonly line: readonly Equipment[];
  /** Called once, with whether the person got what they asked for. */
  readonly onEnd: (isServed: boolean) => void;
}

const ATTEMPTS_MAX = 5;

export class Visits {
  readonly #world: World;
  readonly #chance: Chance;
  readonly #service: Service;

  constructor(world: World) {
    this.#world = world;
    this.#service = new Service(world);
    this.#chance = world.chance.stream('visits');
  }

  /** Serves the visit now, with re-taps some seconds apart. */
  async serve(visit: Visit, equipment: Equipment): Promise<void> {
    await this.#attempt(visit, equipment, 1, visit.person.medium.account?.mediumSerial ?? 0);
  }

  async #attempt(visit: Visit, equipment: Equipment, attempt: number, serialBefore: number): Promise<void> {
    const { now, agenda } = this.#world;
    // Somebody else is being served.
    if (equipment.takenUntil > now) {
      agenda.plan(equipment.takenUntil, () => this.#attempt(visit, equipment, attempt, serialBefore));
      return;
    }
    equipment.takenUntil = now + this.#service.tapMsOf(visit.person);
    const outcome = await this.#tap(visit, equipment);
    this.#world.watch?.served(visit.person, equipment.terminal.terminal, outcome);
    this.#world.counts.taps += 1;
    if (outcome.outcome === 'successful' || outcome.outcome === 'completed') {
      if (outcome.outcome === 'completed') this.#world.counts.completed += 1;
      this.#end(visit, serialBefore, true);
      return;
    }
    if (outcome.outcome === 'unverified') this.#noteTorn(visit.person, outcome.record);
    if (outcome.outcome === 'refused') this.#world.counts.refused += 1;
    // Only a failed conversation is worth another try: nobody gets money by tapping again.
    const isWorth =
      outcome.outcome !== 'refused' || outcome.reason === 'out-of-service' || outcome.reason === 'unreadable';
    const next = isWorth && attempt < ATTEMPTS_MAX ? this.#nextOf(visit, equipment) : null;
    if (next === null) return this.#end(visit, serialBefore, false);
    const at = equipment.takenUntil + this.#chance.integer(1500, 9000);
    agenda.plan(at, () => this.#attempt(visit, next, attempt + 1, serialBefore));
  }

  /** The same terminal again, a sibling, or null: the person walks away. */
  #nextOf(visit: Visit, equipment: Equipment): Equipment | null {
    const { retapSameShare, retapSiblingShare } = this.#world.plan.faults;
    const draw = this.#chance.next();
    if (draw < retapSameShare) return equipment;
    if (draw >= retapSameShare + retapSiblingShare) return null;
    const siblings = visit.line.filter((other) => other !== equipment);
    return siblings.length === 0 ? equipment : this.#chance.pick(siblings);
  }

  async #tap({ person, request }: Visit, equipment: Equipment): Promise<TapOutcome> {
    const tornShare = this.#service.tornShareOf(person);
    const { tornCommittedShare, declinedShare, powerCutShare } = this.#world.plan.faults;
    const { medium } = person;
    const draw = this.#chance.next();
    if (draw < powerCutShare) {
      const cut = equipment.cutAt(medium, this.#chance.happens(0.5));
      const outcome = await equipment.terminal.tap(cut, request);
      await equipment.restart();
      return outcome;
    }
    if (draw < powerCutShare + tornShare) medium.fault = this.#tear(tornCommittedShare);
    else if (draw < powerCutShare + tornShare + declinedShare) medium.fault = 'declines';
    const outcome = await equipment.terminal.tap(medium, request);
    if ('record' in outcome) await equipment.terminal.shown(outcome);
    medium.fault = null;
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

  #end({ person, onEnd }: Visit, serialBefore: number, isServed: boolean): void {
    const commits = (person.medium.account?.mediumSerial ?? 0) - serialBefore;
    const { now: at, violations } = this.#world;
    if (commits > 1) violations.push({ kind: 'charged-twice', medium: person.name, at, commits });
    if (isServed && commits === 0) violations.push({ kind: 'not-charged', medium: person.name, at });
    onEnd(isServed);
  }
}
