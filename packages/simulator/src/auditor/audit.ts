/** One world's audit: stands between the city and its centre, hands on what arrives, and stops at the first thing that is wrong. */
import { createHash, type Hash } from 'node:crypto';
import { amountOf, type Configuration, type Time } from '@retap/model';
import type { City } from '../city.ts';
import { Chance } from '../random.ts';
import type { Violation } from '../truth.ts';
import type { CityEvent, Delivery } from '../world.ts';
import { beliefOf, digestOf } from './believe.ts';
import { bounded } from './bounded.ts';
import { type Breach, breachOf } from './breach.ts';
import type { OpenAudited } from './central.ts';
import { cloneFlagged } from './clone-flagged.ts';
import { commitCountedOnce } from './commit-counted-once.ts';
import { copyEqualsCard } from './copy-equals-card.ts';
import { doubtSettledAsTruth } from './doubt-settled-as-truth.ts';
import { drains } from './drains.ts';
import type { WorldPlan } from './draw.ts';
import { fraudsFound } from './frauds-found.ts';
import { moneyInCopies, moneyOnCards } from './money-conserved.ts';
import { acknowledgedAtCentre, keptUntilAcknowledged } from './no-acknowledged-record-lost.ts';
import { noFalseAlarm } from './no-false-alarm.ts';
import { orderIndependent } from './order-independent.ts';
import type { Reception } from './reception.ts';
import { serialsWithoutHoles } from './serials-without-holes.ts';
import { type Belief, Sight, type Terms } from './sight.ts';
import type { Witness } from './witness.ts';

/** Everything has long been late by then. */
const LONG_AFTER = 1000 * 3_600_000;
/** So many events apart the queues are looked at: each look asks every terminal. */
const QUEUES_EVERY = 200;

const KNOWN_BETTER: ReadonlySet<string> = new Set(['clones', 'forged', 'silent', 'lostJournals']);

export interface AuditOptions {
  readonly plan: WorldPlan;
  readonly city: City;
  readonly witness: Witness;
  readonly reception: Reception;
  readonly open: OpenAudited;
  readonly configuration: Configuration;
}

export class Audit {
  readonly #options: AuditOptions;
  readonly #hash: Hash = createHash('sha256');
  readonly #looksAt: Time[];
  #events = 0;
  #unreconciled = 0;
  alerts = 0;

  constructor(options: AuditOptions) {
    this.#options = options;
    const { city, plan } = options;
    const chance = new Chance(`looks ${plan.city.seed}`);
    const span = plan.city.days * 24 * 60;
    const looks = Array.from({ length: plan.looks }, () => city.now + chance.integer(8 * 60, span) * 60_000);
    this.#looksAt = looks.sort((a, b) => a - b);
  }

  /** Of everything that arrived, and of what the centre believed of it. */
  get digest(): string {
    return this.#hash.copy().digest('hex');
  }

  /** Lives the city to its end. @returns the first breach, or null */
  async run(stop: () => boolean): Promise<Breach | null> {
    const { city, witness } = this.#options;
    for await (const event of city.events()) {
      if (stop()) return null;
      const breach = await this.#take(event);
      if (breach) return breach;
    }
    return witness.breaches[0] ?? (await this.#atRest());
  }

  async #take(event: CityEvent): Promise<Breach | null> {
    const { city, witness, reception, plan } = this.#options;
    if (reception.fault !== null) throw reception.fault;
    if (witness.breaches[0]) return witness.breaches[0];
    this.#events += 1;
    if (event.kind === 'delivery') {
      const breach = await this.#delivered(event);
      if (breach) return breach;
    }
    if (this.#events % QUEUES_EVERY === 0) {
      const { queues } = city;
      const size = { people: plan.city.media + plan.city.frauds.clones, terminals: queues.unsent.length };
      const breach =
        first(bounded(queues, size, city.now)) ??
        first(keptUntilAcknowledged(witness.insight, queues.unsent, witness.restored, city.now)) ??
        first(ofPeople(city));
      if (breach) return breach;
    }
    const look = this.#looksAt[0];
    if (look === undefined || city.now < look) return null;
    this.#looksAt.shift();
    return this.#believed(await this.#belief(city.now), false);
  }

  async #delivered({ at, terminal, bytes }: Delivery): Promise<Breach | null> {
    const { reception, plan } = this.#options;
    this.#hash.update(`${at} ${terminal} `).update(bytes);
    this.#unreconciled += 1;
    if (this.#unreconciled < plan.reconcileEvery) return null;
    this.#unreconciled = 0;
    await reception.central.reconcile();
    return this.#suspected();
  }

  /** A clone is flagged as soon as its second conflicting record is reconciled, not some time later. */
  async #suspected(): Promise<Breach | null> {
    const { reception, witness, city } = this.#options;
    const { central, suspects } = reception;
    if (suspects.size === 0) return null;
    await central.drain();
    for (const medium of suspects) {
      const found = await central.alerts(city.now, { medium, kind: 'cloned-medium', limit: 1 });
      const breach = first(cloneFlagged(witness.insight, medium, found.length > 0, city.now));
      if (breach) return breach;
    }
    suspects.clear();
    return null;
  }

  #belief(asOf: Time): Promise<Belief> {
    return beliefOf(this.#options.reception.central, asOf, this.#options.configuration);
  }

  get #terms(): Terms {
    const { city, configuration } = this.#options;
    const { clockTolerance, maxDelay } = configuration;
    const { frauds, grants } = city.truth();
    // Of these the auditor knows more than whom they concern.
    const others = grants.filter(({ because }) => !KNOWN_BETTER.has(because));
    return { clockTolerance, maxDelay, frauds, grants: others };
  }

  #believed(belief: Belief, isAtRest: boolean): Breach | null {
    const { witness } = this.#options;
    this.#hash.update(digestOf(belief));
    this.alerts = belief.alerts.length;
    const sight = new Sight(witness.insight, belief, this.#terms, isAtRest);
    return (
      first(noFalseAlarm(sight)) ??
      first(commitCountedOnce(sight)) ??
      first(doubtSettledAsTruth(sight)) ??
      first(copyEqualsCard(sight)) ??
      first(moneyInCopies(sight)) ??
      (isAtRest ? first(fraudsFound(sight)) : null)
    );
  }

  async #atRest(): Promise<Breach | null> {
    const { city, witness, reception, open, configuration, plan } = this.#options;
    if (reception.fault !== null) throw reception.fault;
    const { now, queues } = city;
    const { insight } = witness;
    const breach =
      this.#believed(await this.#belief(now), false) ??
      first(drains(queues, await reception.central.reconcile(), now)) ??
      first(moneyOnCards(insight, now)) ??
      first(acknowledgedAtCentre(insight, witness.restored, now)) ??
      first(serialsWithoutHoles(insight, new Set(queues.unsent.map(({ terminal }) => terminal)), now)) ??
      first(ofPeople(city));
    if (breach) return breach;
    const believed = await this.#belief(now + LONG_AFTER);
    const late = this.#believed(believed, true);
    if (late) return late;
    const { clockTolerance, maxDelay } = configuration;
    const chance = new Chance(`replay ${plan.city.seed}`);
    const replay = { accepted: reception.accepted, conflicting: insight.conflicting, believed, chance };
    return firstOf(orderIndependent({ ...replay, clockTolerance, maxDelay }, reception.central, open));
  }
}

/** What the city itself has seen of its people and its link. */
function* ofPeople(city: City): Generator<Breach> {
  for (const violation of city.violations()) yield breachSeen(violation, city.now);
}

function breachSeen(violation: Violation, now: Time): Breach {
  const at = 'at' in violation ? violation.at : now;
  switch (violation.kind) {
    case 'charged-twice':
      return breachOf('charged-once', at, violation, `one passage, and ${violation.commits} commits`);
    case 'not-charged':
      return breachOf('not-let-through-unpaid', at, violation, 'let through, and the medium did not commit');
    case 'money-not-conserved':
      return breachOf('money-conserved', at, violation, `${violation.missing} are missing on the card`);
    case 'damaged-batch-taken':
      return breachOf('whole-or-nothing', at, violation, 'a batch that was damaged on its way was accepted');
    case 'whole-batch-refused':
      return breachOf('whole-or-nothing', at, violation, `a whole batch was refused: ${violation.reason}`);
    case 'damaged-list-taken':
      return breachOf('lists-held', at, violation, 'a list that was altered on its way was taken');
    case 'older-list-taken':
      return breachOf('lists-held', at, violation, 'an older list was taken in place of a newer one');
    case 'denied-served':
      return breachOf('lists-held', at, violation, 'a medium was served where the list that denies it had come');
    case 'never-delivered':
      return breachOf('drains', at, violation, 'it does not get rid of its records');
  }
}

function first(breaches: Iterable<Breach>): Breach | null {
  for (const breach of breaches) return breach;
  return null;
}

async function firstOf(breaches: AsyncIterable<Breach>): Promise<Breach | null> {
  for await (const breach of breaches) return breach;
  return null;
}

export function configurationOf({ city }: WorldPlan): Configuration {
  return {
    maxDelay: city.maxDelay ?? 72 * 3_600_000,
    clockTolerance: city.clockTolerance ?? 120_000,
    minimumBalance: amountOf(0),
  };
}
