/** Reconciling over memory: each question as its port words it, by a walk through one medium's records. */
import { identityOf, type RecordIdentity } from '@retap/model';
import { type AccountRow, isPlace } from '../reconcile/account.ts';
import type { Changes } from '../reconcile/changes.ts';
import {
  type Evidence,
  type Fact,
  isDoubt,
  isEvidenceFact,
  isTransactionFact,
  type Moment,
} from '../reconcile/fact.ts';
import type { ProductKey, ProductRow } from '../reconcile/products.ts';
import type { LogRow, ReconcileStore, Search, Stretch } from '../reconcile/store.ts';
import { isKept, type Row, read, type Tables } from './tables.ts';
import { writeChanges } from './write.ts';

export class MemoryStore implements ReconcileStore {
  readonly #tables: Tables;
  /** Records with a greater receipt are not of this round. */
  readonly #target: number;

  constructor(tables: Tables, target: number) {
    this.#tables = tables;
    this.#target = target;
  }

  async accounts(media: readonly number[]): Promise<AccountRow[]> {
    return media.flatMap((id) => {
      const { account } = this.#tables.ofId(id);
      return account ? [{ ...account }] : [];
    });
  }

  /** Nothing to do: each record is found whichever way it went. */
  async setAside(): Promise<void> {}

  async at(moments: readonly Moment[]): Promise<Fact[]> {
    return moments.flatMap(({ mediumId, time }) =>
      this.#kept(mediumId, (fact) => fact.time === time && fact.type !== 'observation'),
    );
  }

  async reading(moments: readonly Moment[]): Promise<Fact[]> {
    return moments.flatMap(({ mediumId, time }) => {
      const rows = this.#tables.ofId(mediumId).readingTime.get(time) ?? [];
      return rows.filter(({ receipt }) => receipt <= this.#target).map(read);
    });
  }

  async neighbours(direction: 'before' | 'after', searches: readonly Search[]) {
    const isBefore = direction === 'before';
    return searches.map(({ mediumId, time, root }) => {
      const nodes = this.#kept(
        mediumId,
        (fact) =>
          (isBefore ? fact.time < time : fact.time > time) &&
          (fact.type === 'open' ? isPlace(fact, root) : fact.effective),
      );
      return { mediumId, time, found: nodes.at(isBefore ? -1 : 0)?.time ?? null };
    });
  }

  async logsAround(moments: readonly Moment[]): Promise<LogRow[]> {
    const logs = moments.flatMap(({ mediumId, time }) =>
      this.#ofRound(mediumId).flatMap(({ log }) => (log !== null && isAround(log, time) ? [log] : [])),
    );
    return [...new Set(logs)];
  }

  async logsOf(evidence: readonly RecordIdentity[]): Promise<LogRow[]> {
    return evidence.flatMap((identity) => this.#tables.of(identity).log ?? []);
  }

  async doubtsWithin(stretches: readonly Stretch[]): Promise<Fact[]> {
    return stretches.flatMap(({ mediumId, from, to }) =>
      this.#kept(mediumId, (fact) => isDoubt(fact) && from <= fact.time && fact.time <= to),
    );
  }

  async idleAround(moments: readonly Moment[]): Promise<Fact[]> {
    return moments.flatMap(({ mediumId, time }) =>
      this.#kept(mediumId, (fact) => isOver(fact, time) && !fact.effective),
    );
  }

  async endingWithin(spans: readonly Evidence[]): Promise<Fact[]> {
    return spans.flatMap(({ mediumId, lastTime, time }) =>
      this.#kept(mediumId, (fact) => isCommitInOrder(fact) && lastTime < fact.time && fact.time <= time),
    );
  }

  async nextAfter(moments: readonly Moment[]): Promise<Fact[]> {
    return moments.flatMap(({ mediumId, time }) =>
      this.#kept(mediumId, (fact) => isCommitInOrder(fact) && fact.time > time).slice(0, 1),
    );
  }

  async clonesAround(moments: readonly Moment[]): Promise<Fact[]> {
    return moments.flatMap(({ mediumId, time }) => this.#clones(mediumId).filter((fact) => isOver(fact, time)));
  }

  async sharingSerial(evidence: readonly Evidence[]): Promise<Fact[]> {
    return evidence.flatMap(({ mediumId, mediumSerial }) =>
      this.#kept(mediumId, (fact) => fact.effective && fact.mediumSerial === mediumSerial),
    );
  }

  async clonesOf(media: readonly number[]): Promise<Fact[]> {
    return media.flatMap((mediumId) => this.#clones(mediumId));
  }

  async products(keys: readonly ProductKey[]): Promise<ProductRow[]> {
    return keys.flatMap(({ mediumId, productId }) => {
      const product = this.#tables.ofId(mediumId).products.get(productId);
      return product ? [{ ...product }] : [];
    });
  }

  async purchases(purchases: readonly RecordIdentity[]): Promise<ProductRow[]> {
    return purchases.map((purchase) => boughtBy(this.#tables.of(purchase)));
  }

  async effectivePurchases(keys: readonly ProductKey[]): Promise<ProductRow[]> {
    return keys.flatMap((key) => this.#effective('purchase', key)).map((fact) => boughtBy(this.#tables.of(fact)));
  }

  async effectiveValidations(keys: readonly ProductKey[]): Promise<Fact[]> {
    return keys.flatMap((key) => this.#effective('validation', key));
  }

  async writeUncommitted(evidence: readonly Fact[]): Promise<void> {
    for (const fact of evidence) {
      const { effective, logged, logRefuted, resolved } = fact;
      this.#tables.of(fact).conclusion = { effective, logged, logRefuted, resolved };
    }
  }

  async write(changes: Changes): Promise<void> {
    await this.writeUncommitted(changes.uncommitted);
    writeChanges(this.#tables, changes);
  }

  #ofRound(mediumId: number): Row[] {
    return this.#tables.ofId(mediumId).rows.filter(({ receipt }) => receipt <= this.#target);
  }

  /** In order of `(time, terminal, serial)`. */
  #kept(mediumId: number, isWanted: (fact: Fact) => boolean): Fact[] {
    return this.#ofRound(mediumId).filter(isKept).map(read).filter(isWanted);
  }

  #effective(type: 'purchase' | 'validation', { mediumId, productId }: ProductKey): Fact[] {
    return this.#kept(mediumId, (fact) => fact.type === type && fact.productId === productId && fact.effective);
  }

  #clones(mediumId: number): Fact[] {
    const { clones } = this.#tables.ofId(mediumId);
    return clones.size === 0 ? [] : this.#kept(mediumId, (fact) => clones.has(identityOf(fact)));
  }
}

function isAround({ lastTime, log }: LogRow, time: number): boolean {
  const times = log.map((entry) => entry.time);
  return Math.min(...times) <= time && time <= Math.max(lastTime, ...times);
}

/** Whether evidence in order (eq. 9) read a commit before or at this time, and is of then or later. */
function isOver(fact: Fact, time: number): boolean {
  return isEvidenceFact(fact) && fact.lastTime < fact.time && fact.lastTime <= time && time <= fact.time;
}

function isCommitInOrder(fact: Fact): boolean {
  return isTransactionFact(fact) && fact.effective && fact.time > fact.lastTime;
}

function boughtBy({ record, fact: { mediumId } }: Row): ProductRow {
  if (record.type !== 'purchase') throw new Error(`record ${identityOf(record)} is no purchase`);
  const { terminal, serial, time } = record;
  const { id: productId, validFrom, validUntil, maxUses } = record.product;
  return {
    mediumId,
    productId,
    terminal,
    serial,
    time,
    ...(validFrom === undefined ? {} : { validFrom }),
    ...(validUntil === undefined ? {} : { validUntil }),
    ...(maxUses === undefined ? {} : { maxUses }),
    uses: 0,
  };
}
