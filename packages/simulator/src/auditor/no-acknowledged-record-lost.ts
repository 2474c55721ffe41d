/** `no-acknowledged-record-lost`: what a terminal may forget is at the centre, as it was written down; what it may not, it has. */
import type { JournalRecord, TerminalNumber, Time, TransactionRecord } from '@retap/model';
import { type Breach, breachOf } from './breach.ts';
import { areEqual, type Insight, type Journal } from './insight.ts';

/** When a terminal is told that records are received, they are. */
export function* acknowledgedUnreceived(
  { arrived, made }: Journal,
  { terminal, from, to }: { readonly terminal: TerminalNumber; readonly from: number; readonly to: number },
  at: Time,
): Generator<Breach> {
  for (let serial = from; serial <= to; serial += 1) {
    if (arrived.has(serial)) continue;
    const medium = made.get(serial)?.medium;
    const says = `T${terminal}#${serial} is acknowledged, and has not arrived`;
    yield breachOf('no-acknowledged-record-lost', at, { terminal, ...(medium !== undefined && { medium }) }, says);
  }
}

/** At rest: each record that was acknowledged has arrived, with the values that the terminal told. @param but terminals with two pasts */
export function* acknowledgedAtCentre(insight: Insight, but: ReadonlySet<TerminalNumber>, at: Time): Generator<Breach> {
  for (const journal of insight.journals.values()) {
    const { terminal, made, arrived } = journal;
    if (but.has(terminal)) continue;
    for (const serial of acknowledgedOf(journal)) {
      if (arrived.has(serial)) continue;
      const says = `T${terminal}#${serial} was acknowledged, and never arrived`;
      yield breachOf('no-acknowledged-record-lost', at, { terminal, ...mediumOf(journal, serial) }, says);
    }
    for (const [serial, record] of arrived) {
      const told = made.get(serial);
      if (told === undefined || insight.conflicting.has(terminal) || isWhatWasTold(record, told)) continue;
      const says = `T${terminal}#${serial} arrived as another than was told: ${JSON.stringify(record)}`;
      yield breachOf('no-acknowledged-record-lost', at, { terminal, medium: told.medium }, says);
    }
  }
}

/** At any time: a journal holds what is not acknowledged. @param unsent records that it says it holds */
export function* keptUntilAcknowledged(
  insight: Insight,
  unsent: readonly { readonly terminal: TerminalNumber; readonly count: number }[],
  but: ReadonlySet<TerminalNumber>,
  at: Time,
): Generator<Breach> {
  for (const { terminal, count } of unsent) {
    const journal = insight.journals.get(terminal);
    if (journal === undefined || but.has(terminal) || count >= journal.madeTo - journal.acknowledgedTo) continue;
    const says = `it told ${journal.madeTo} records, ${journal.acknowledgedTo} were acknowledged, and ${count} are left`;
    yield breachOf('no-acknowledged-record-lost', at, { terminal }, says);
  }
}

/**
 * Where the power went just as the outcome was written, the terminal says that it does not know, and its journal may know after
 * all. Whether that is the truth, others ask.
 */
function isWhatWasTold(arrived: JournalRecord, told: JournalRecord): boolean {
  if (areEqual(told, arrived)) return true;
  if (told.type === 'observation' || told.type === 'open' || told.status !== 'unverified') return false;
  const { status: _, proof: __, ...rest } = arrived as TransactionRecord;
  const { status: ___, proof: ____, ...toldRest } = told;
  return areEqual(toldRest, rest);
}

function* acknowledgedOf({ acknowledged }: Journal): Generator<number> {
  let last = 0;
  for (const { from, to } of acknowledged) {
    for (let serial = Math.max(from, last + 1); serial <= to; serial += 1) yield serial;
    last = Math.max(last, to);
  }
}

function mediumOf({ made }: Journal, serial: number): { readonly medium?: string } {
  const medium = made.get(serial)?.medium;
  return medium === undefined ? {} : { medium };
}
