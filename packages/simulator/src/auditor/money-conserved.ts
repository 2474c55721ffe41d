/** `money-conserved`: Σ cards = Σ opened + Σ refilled − Σ taken; what was forged onto a card stands apart. */
import type { JournalRecord, Time } from '@retap/model';
import { type Breach, breachOf } from './breach.ts';
import { type Insight, placeOf } from './insight.ts';
import type { Sight } from './sight.ts';

/** Of the cards themselves, against what the terminals wrote down. */
export function* moneyOnCards(insight: Insight, at: Time): Generator<Breach> {
  const made = new Map<string, number>();
  for (const journal of insight.journals.values()) {
    for (const record of journal.made.values()) {
      if (record.type !== 'observation') made.set(placeOf(record.terminal, record.time), record.amount);
    }
  }
  let onCards = 0;
  let written = 0;
  for (const chip of insight.chips.values()) {
    const { medium, commits, forged, account, isRolledBack } = chip;
    if (isRolledBack) continue;
    // W = opened + Σ refilled − Σ taken (+ Σ forged); a copy begins with what the card had
    const first = commits[0];
    const before = chip.isCopy && first ? first.balance - first.amount - first.forged : 0;
    const expected = commits.reduce((sum, { amount }) => sum + amount, before + forged);
    if (account !== null && account.balance !== expected) {
      const says = `${account.balance} on the card, and its commits come to ${expected}`;
      yield breachOf('money-conserved', at, { medium }, says);
    }
    onCards += (account?.balance ?? 0) - before - forged;
    for (const { terminal, time, amount } of commits) written += made.get(placeOf(terminal, time)) ?? amount;
  }
  if (onCards !== written) {
    yield breachOf('money-conserved', at, {}, `${onCards} on all cards, and ${written} by what terminals wrote down`);
  }
}

/** Of each account copy: W′ = opening balance + Σ amount of effective transactions + Σ D, at every moment. */
export function* moneyInCopies(sight: Sight): Generator<Breach> {
  const records = sight.insight.arrivedOf;
  for (const { medium, balance, opened, synchronization } of sight.belief.accounts) {
    const opening = opened ? rootOf(records.get(medium) ?? []) : undefined;
    let expected = opening?.balance ?? 0;
    for (const record of records.get(medium) ?? []) {
      if (record.type === 'observation' || record.type === 'open') continue;
      if (sight.statusOf(record) === 'successful') expected += record.amount;
    }
    for (const { amount } of synchronization) expected += amount;
    if (balance === expected) continue;
    const says = `the copy says ${balance}, and what it counts comes to ${expected}`;
    yield breachOf('money-conserved', sight.belief.asOf, { medium }, says);
  }
}

function rootOf(records: readonly JournalRecord[]): JournalRecord | undefined {
  const opens = records.filter(({ type }) => type === 'open');
  return opens.sort((a, b) => a.time - b.time || a.terminal - b.terminal || a.serial - b.serial)[0];
}
