/** `tap-told-as-it-was`: successful is a commit, and that one; unsuccessful, completed and observed are none. */
import type { JournalRecord } from '@retap/model';
import { type Breach, breachOf } from './breach.ts';
import type { Commit } from './insight.ts';
import type { SeenTap } from './witness.ts';

export function* toldAsItWas({ at, carrier, terminal, outcome, commits }: SeenTap): Generator<Breach> {
  const subject = { medium: carrier.name, terminal };
  const breach = (says: string): Breach => breachOf('tap-told-as-it-was', at, subject, says);
  const actions = 'actions' in outcome ? (outcome.actions ?? []) : [];
  for (const [index, action] of actions.entries()) {
    if (!isOf(commits[index], action)) yield breach(`action ${action.serial} was told, and not committed`);
  }
  const [commit, ...more] = commits.slice(actions.length);
  if (more.length > 0) yield breach(`one tap, and the medium committed ${more.length + 1} times`);
  switch (outcome.outcome) {
    case 'successful':
    case 'opened':
      if (!isOf(commit, outcome.record))
        yield breach(
          `${outcome.record.type} ${outcome.record.serial} is told successful, and the medium ${did(commit)}`,
        );
      break;
    case 'unverified':
      if (commit !== undefined && !isOf(commit, outcome.record))
        yield breach(
          `${outcome.record.type} ${outcome.record.serial} is not what the medium committed: ${did(commit)}`,
        );
      break;
    case 'unsuccessful':
    case 'completed':
    case 'observed':
      if (commit !== undefined) yield breach(`it is told ${outcome.outcome}, and the medium ${did(commit)}`);
  }
}

function isOf(commit: Commit | undefined, record: JournalRecord): boolean {
  if (commit === undefined || record.type === 'observation') return false;
  const { time, terminal, amount, balance } = record;
  return commit.time === time && commit.terminal === terminal && commit.amount === amount && commit.balance === balance;
}

function did(commit: Commit | undefined): string {
  return commit ? `committed ${commit.amount} at ${commit.time}, to ${commit.balance}` : 'committed nothing';
}
