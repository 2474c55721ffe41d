/** What the centre believes, beside what is true, at one moment when all that has arrived is reconciled. */
import type {
  Account,
  Alert,
  JournalRecord,
  MediumName,
  RecordIdentity,
  ResolvedTransaction,
  Time,
} from '@retap/model';
import { knobOf } from '../faults.ts';
import type { Grant } from '../grant.ts';
import type { Fraud } from '../truth.ts';
import { type Chip, type Commit, type Insight, placeOf } from './insight.ts';

/** The centre's report. */
export interface Belief {
  readonly asOf: Time;
  readonly accounts: readonly Account[];
  readonly transactions: readonly ResolvedTransaction[];
  readonly alerts: readonly Alert[];
}

/** What the auditor is told of the world beforehand. */
export interface Terms {
  readonly clockTolerance: number;
  readonly maxDelay: number;
  /** What was planted, as far as it has happened by now. */
  readonly frauds: readonly Fraud[];
  /** Everything that has happened for which alerts are granted, frauds too. */
  readonly grants: readonly Grant[];
}

export interface MediumSight {
  readonly medium: MediumName;
  readonly chips: readonly Chip[];
  readonly records: readonly JournalRecord[];
  /** Every commit of its only card has its record at the centre, and the card was neither copied nor put back. */
  readonly isWhole: boolean;
}

export class Sight {
  readonly insight: Insight;
  readonly belief: Belief;
  readonly terms: Terms;
  /** All that will ever arrive has arrived. */
  readonly isAtRest: boolean;
  readonly media: readonly MediumSight[];
  /**
   * Media of which more than one state is about, or whose evidence a wrong clock has stamped: what one tap tells need not be true of
   * another.
   */
  readonly ambiguous: ReadonlySet<MediumName>;
  readonly #statuses = new Map<string, ResolvedTransaction['status']>();
  readonly #alerts = new Map<MediumName, Alert[]>();

  constructor(insight: Insight, belief: Belief, terms: Terms, isAtRest: boolean) {
    this.insight = insight;
    this.belief = belief;
    this.terms = terms;
    this.isAtRest = isAtRest;
    this.ambiguous = ambiguousOf(insight, terms);
    for (const transaction of belief.transactions) this.#statuses.set(keyOf(transaction), transaction.status);
    for (const alert of belief.alerts) {
      if (!('medium' in alert)) continue;
      const others = this.#alerts.get(alert.medium);
      if (others) others.push(alert);
      else this.#alerts.set(alert.medium, [alert]);
    }
    this.media = [...new Set([...insight.byMedium.keys(), ...insight.arrivedOf.keys()])].map((medium) =>
      this.#mediumSight(medium),
    );
  }

  /** What the centre holds of a transaction; undefined where it does not know it. */
  statusOf(record: RecordIdentity): ResolvedTransaction['status'] | undefined {
    return this.#statuses.get(keyOf(record));
  }

  alertsOf(medium: MediumName): readonly Alert[] {
    return this.#alerts.get(medium) ?? [];
  }

  /** The commit that a record tells of, where there was one. */
  commitOf({ terminal, time }: JournalRecord): Commit | undefined {
    return this.insight.commits.get(placeOf(terminal, time));
  }

  #mediumSight(medium: MediumName): MediumSight {
    const { insight } = this;
    const chips = insight.byMedium.get(medium) ?? [];
    const records = insight.arrivedOf.get(medium) ?? [];
    const places = new Set(records.flatMap((r) => (r.type === 'observation' ? [] : [placeOf(r.terminal, r.time)])));
    const [only, ...copies] = chips;
    const isWhole =
      only !== undefined &&
      copies.length === 0 &&
      !only.isRolledBack &&
      only.commits.every(({ terminal, time }) => places.has(placeOf(terminal, time)));
    return { medium, chips, records, isWhole };
  }
}

function ambiguousOf({ byMedium }: Insight, { frauds, grants }: Terms): ReadonlySet<MediumName> {
  const media = new Set<MediumName>();
  for (const [medium, chips] of byMedium) {
    if (chips.length > 1 || chips.some(({ isRolledBack }) => isRolledBack)) media.add(medium);
  }
  for (const fraud of frauds)
    if (fraud.kind === 'rolled-back' || fraud.kind === 'forged-batch') media.add(fraud.medium);
  for (const { because, media: concerned } of grants) {
    if (!knobOf(because).grants.some((kind) => kind === 'stale-medium')) continue;
    for (const medium of concerned) media.add(medium);
  }
  return media;
}

function keyOf({ terminal, serial }: RecordIdentity): string {
  return `${terminal}-${serial}`;
}
