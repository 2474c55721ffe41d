/**
 * A centre in memory: the deciding code of the centre, over plain maps in place of SQL. For proving by simulation, where a thousand
 * days are lived in minutes: it keeps nothing beyond the process, knows no people, lists or signatures, and has one processor.
 * Its batches are what survives it: {@link MemoryCentralOptions.batches} makes another of them, as `retap rebuild` does.
 */
import { createHash } from 'node:crypto';
import { type Configuration, centralState, DEFAULT_CONFIGURATION, firstReceived } from '@retap/model';
import { type ParsedBatch, type ParsedBody, readBody, sameRecord } from '@retap/protocol';
import type { Acknowledgement, Central, ChainPage, Discrepancy, ReceivedBatch, Reconciling, Totals } from '../port.ts';
import { missingIn } from '../receive/received.ts';
import { record } from '../receive/record.ts';
import { reconcile } from '../reconcile/reconcile.ts';
import { alertsOf, alertsOfMedium } from './alerts.ts';
import { chainOf } from './chain.ts';
import { differences } from './check.ts';
import { MemoryStore } from './reconcile-store.ts';
import { MemoryRecordStore } from './record-store.ts';
import { accountOf, reportOf } from './report.ts';
import { read, Tables } from './tables.ts';
import { terminalsOf, totalsOf } from './totals.ts';

export interface MemoryCentral extends Reconciling {
  /** All that was received, in order of receipt. */
  readonly batches: readonly ReceivedBatch[];
  /** Records received and not yet reconciled. */
  readonly waiting: number;
  /** The same after its process was killed: what it had kept is there, as it would be in a database. */
  reopened(): MemoryCentral;
  /** What somebody can do who writes into the tables by hand; that {@link Central.check} finds it is for them to be proved. */
  edit(work: (tables: Tables) => void): void;
}

export interface MemoryCentralOptions {
  readonly clockTolerance?: number;
  /** What another centre had received, in order of receipt. */
  readonly batches?: readonly ReceivedBatch[];
  /** Records a round takes, roughly; a round takes whole batches. Default: all that wait. */
  readonly roundRecords?: number;
}

interface StoredBatch {
  readonly batch: ReceivedBatch;
  readonly parsed: ParsedBody;
  readonly receipt: number;
}

/** What a database would hold, and a process that is killed leaves as it is. */
interface Kept {
  readonly stored: StoredBatch[];
  readonly receipts: Map<string, StoredBatch>;
  tables: Tables;
  /** Receipt up to which all is reconciled. */
  reconciled: number;
}

class Memory implements MemoryCentral {
  readonly clockTolerance: number;
  readonly #roundRecords: number;
  readonly #kept: Kept;
  /** One at a time, as SQL transactions would be. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor({ clockTolerance, roundRecords }: MemoryCentralOptions, kept?: Kept) {
    this.#kept = kept ?? { stored: [], receipts: new Map(), tables: new Tables(), reconciled: 0 };
    this.clockTolerance = clockTolerance ?? DEFAULT_CONFIGURATION.clockTolerance;
    this.#roundRecords = roundRecords ?? Number.POSITIVE_INFINITY;
  }

  get batches(): readonly ReceivedBatch[] {
    return this.#kept.stored.map(({ batch }) => batch);
  }

  get waiting(): number {
    return this.#kept.stored.slice(this.#kept.reconciled).reduce((sum, { parsed }) => sum + parsed.records.length, 0);
  }

  async receive(batches: readonly ReceivedBatch[]): Promise<readonly Acknowledgement[]> {
    // Before anything is kept: one that is malformed is refused with all that came with it.
    const incoming = batches.map((batch) => ({
      batch,
      parsed: readBody(batch.form, batch.body),
      digest: digestOf(batch),
    }));
    return this.#inTurn(async () => {
      const fresh: StoredBatch[] = [];
      const stored = incoming.map(({ batch, parsed, digest }) => {
        const known = this.#kept.receipts.get(digest);
        if (known) return known;
        const one = { batch, parsed, receipt: this.#kept.stored.length + 1 };
        this.#kept.stored.push(one);
        this.#kept.receipts.set(digest, one);
        fresh.push(one);
        return one;
      });
      await this.#record(fresh);
      return stored.map((one) => this.#acknowledgement(one));
    });
  }

  reconcile(): Promise<number> {
    return this.#inTurn(() => this.#round());
  }

  drain(): Promise<void> {
    return this.#inTurn(async () => {
      while (this.#kept.reconciled < this.#kept.stored.length) await this.#round();
    });
  }

  async account(medium: string) {
    const table = this.#kept.tables.named(medium);
    return table?.account ? accountOf(table) : null;
  }

  async chain(medium: string, page: Parameters<Central['chain']>[1]): Promise<ChainPage> {
    const table = this.#kept.tables.named(medium);
    return table ? chainOf(table, this.#kept.reconciled, page) : { links: [], next: null };
  }

  async alerts(asOf: number, { medium, kind, limit }: Parameters<Central['alerts']>[1]) {
    const configuration = { ...DEFAULT_CONFIGURATION, clockTolerance: this.clockTolerance };
    const { tables, reconciled } = this.#kept;
    const table = medium === undefined ? undefined : tables.named(medium);
    const named = table ? alertsOfMedium(table, reconciled, asOf, configuration) : [];
    const found = medium === undefined ? alertsOf(tables, reconciled, asOf, configuration) : named;
    return found.filter((alert) => kind === undefined || alert.kind === kind).slice(0, limit);
  }

  async totals(asOf: number): Promise<Totals> {
    const configuration = { ...DEFAULT_CONFIGURATION, clockTolerance: this.clockTolerance };
    const { waiting } = this;
    const batches = this.#kept.stored.map(({ parsed }) => parsed);
    return totalsOf(this.#kept.tables, alertsOf(this.#kept.tables, this.#kept.reconciled, asOf, configuration), {
      batches,
      waiting,
    });
  }

  async terminals() {
    return terminalsOf(this.#kept.tables);
  }

  async *check(asOf: number, configuration: Configuration): AsyncGenerator<Discrepancy> {
    await this.drain();
    const arrivals = this.#kept.stored.flatMap(({ parsed }) => parsed.records.map(({ record: own }) => own));
    yield* differences(
      this.report(asOf, configuration),
      centralState(firstReceived(arrivals, sameRecord), asOf, {
        ...configuration,
        clockTolerance: this.clockTolerance,
      }),
    );
  }

  reopened(): MemoryCentral {
    return new Memory({ clockTolerance: this.clockTolerance, roundRecords: this.#roundRecords }, this.#kept);
  }

  edit(work: (tables: Tables) => void): void {
    work(this.#kept.tables);
  }

  report(asOf: number, configuration: Configuration) {
    const { clockTolerance } = this;
    return reportOf(this.#kept.tables, this.#kept.reconciled, asOf, { ...configuration, clockTolerance });
  }

  rebuild(): Promise<void> {
    return this.#inTurn(async () => {
      this.#kept.tables = new Tables();
      this.#kept.reconciled = 0;
      await this.#record(this.#kept.stored);
      while (this.#kept.reconciled < this.#kept.stored.length) await this.#round();
    });
  }

  async close(): Promise<void> {
    await this.#turn;
  }

  async #record(fresh: readonly StoredBatch[]): Promise<void> {
    const batches = fresh.map(({ receipt, parsed }) => ({ receipt, records: parsed.records, claims: [] }));
    await record(new MemoryRecordStore(this.#kept.tables), batches);
  }

  async #round(): Promise<number> {
    let records = 0;
    let target = this.#kept.reconciled;
    while (target < this.#kept.stored.length && (records === 0 || records < this.#roundRecords)) {
      records += this.#kept.stored[target]?.parsed.records.length ?? 0;
      target += 1;
    }
    if (target === this.#kept.reconciled) return 0;
    const fresh = this.#waitingRecords(target);
    if (fresh.length > 0) await reconcile(new MemoryStore(this.#kept.tables, target), fresh, this.clockTolerance);
    this.#kept.reconciled = target;
    return fresh.length;
  }

  /** In order of medium, time, terminal and serial. */
  #waitingRecords(target: number) {
    const media = new Set<number>();
    for (const { parsed } of this.#kept.stored.slice(this.#kept.reconciled, target)) {
      for (const { record: own } of parsed.records) media.add(this.#kept.tables.of(own).fact.mediumId);
    }
    return [...media]
      .sort((a, b) => a - b)
      .flatMap((id) => this.#kept.tables.ofId(id).rows)
      .filter(({ receipt }) => receipt > this.#kept.reconciled && receipt <= target)
      .map(read);
  }

  #acknowledgement({ receipt, parsed }: StoredBatch): Acknowledgement {
    const accepted = parsed.records.length;
    const quarantined = parsed.rejected.map(({ position, reason }) => ({ position, reason }));
    if (!('terminal' in parsed)) return { receipt, accepted, quarantined, received: null };
    const runs = [...(this.#kept.tables.runs.get((parsed as ParsedBatch).terminal) ?? [])].reverse();
    const last = runs[0]?.last ?? 0;
    return { receipt, accepted, quarantined, received: { last, missing: missingIn(runs, 1, last) } };
  }

  #inTurn<Value>(work: () => Promise<Value>): Promise<Value> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }
}

function digestOf({ form, body }: ReceivedBatch): string {
  return createHash('sha256').update(form).update('\0').update(body).digest('hex');
}

/** @throws ProtocolError where one of the batches is malformed */
export async function openMemoryCentral(options: MemoryCentralOptions = {}): Promise<MemoryCentral> {
  const central = new Memory(options);
  if (options.batches) {
    await central.receive(options.batches);
    await central.drain();
  }
  return central;
}
