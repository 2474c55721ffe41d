/** Stands beside every tap, and holds what the terminal says of it to what the card did. */
import type { JournalRecord, MediumAccount, TerminalNumber, Time } from '@retap/model';
import type { SealedBatch } from '@retap/terminal';
import type { Fraud } from '../truth.ts';
import type { Carrier, CityWatch, Served } from '../watch.ts';
import type { Breach } from './breach.ts';
import { type Commit, Insight } from './insight.ts';
import { mintedAgain } from './never-minted-again.ts';
import { acknowledgedUnreceived } from './no-acknowledged-record-lost.ts';
import { toldAsItWas } from './tap-told-as-it-was.ts';
import { writtenThoughRefused } from './terminal-refuses-before-write.ts';
import { notMonotone } from './time-monotone.ts';

/** One tap, with everything that is known of it. */
export interface SeenTap {
  readonly at: Time;
  readonly carrier: Carrier;
  readonly terminal: TerminalNumber;
  readonly outcome: Served;
  /** What the card committed between the tap before and the end of this one. */
  readonly commits: readonly Commit[];
}

export class Witness implements CityWatch {
  readonly insight = new Insight();
  readonly breaches: Breach[] = [];
  taps = 0;
  readonly #now: () => Time;
  readonly #frauds: () => readonly Fraud[];
  readonly #during = new Map<Carrier, Commit[]>();

  /** @param frauds that have happened by now */
  constructor(now: () => Time, frauds: () => readonly Fraud[]) {
    this.#now = now;
    this.#frauds = frauds;
  }

  /** Terminals whose disk was put back to what it was: they do not know what they have said. */
  get restored(): ReadonlySet<TerminalNumber> {
    return new Set(this.#frauds().flatMap((fraud) => (fraud.kind === 'restored-terminal' ? [fraud.terminal] : [])));
  }

  committed(carrier: Carrier, before: MediumAccount | null, after: MediumAccount): void {
    const commit = this.insight.committed(carrier, before, after);
    const during = this.#during.get(carrier);
    if (during) during.push(commit);
    else this.#during.set(carrier, [commit]);
  }

  served(carrier: Carrier, terminal: TerminalNumber, outcome: Served): void {
    this.taps += 1;
    const commits = this.#during.get(carrier) ?? [];
    this.#during.delete(carrier);
    const tap: SeenTap = { at: this.#now(), carrier, terminal, outcome, commits };
    for (const breach of toldAsItWas(tap)) this.breaches.push(breach);
    for (const breach of writtenThoughRefused(tap)) this.breaches.push(breach);
    for (const record of recordsOf(outcome)) this.#recorded(record);
  }

  acknowledged(terminal: TerminalNumber, { from, to }: SealedBatch): void {
    const journal = this.insight.journal(terminal);
    const range = { terminal, from, to };
    for (const breach of acknowledgedUnreceived(journal, range, this.#now())) this.breaches.push(breach);
    journal.acknowledged.push({ from, to });
    journal.acknowledgedTo = Math.max(journal.acknowledgedTo, to);
  }

  #recorded(record: JournalRecord): void {
    const journal = this.insight.journal(record.terminal);
    for (const breach of mintedAgain(record, journal, this.#now())) {
      if (!this.restored.has(record.terminal)) this.breaches.push(breach);
    }
    for (const breach of notMonotone(record, journal, this.#now())) this.breaches.push(breach);
    journal.made.set(record.serial, record);
    journal.madeTo = Math.max(journal.madeTo, record.serial);
    journal.lastTime = record.time;
  }
}

function recordsOf(outcome: Served): readonly JournalRecord[] {
  const actions = 'actions' in outcome ? (outcome.actions ?? []) : [];
  return 'record' in outcome ? [...actions, outcome.record] : actions;
}
