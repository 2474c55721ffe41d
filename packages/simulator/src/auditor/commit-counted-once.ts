/** `commit-counted-once`: the centre's effective transactions are the commits of the cards, one for one. */
import type { JournalRecord } from '@retap/model';
import { type Breach, breachOf } from './breach.ts';
import type { Commit } from './insight.ts';
import type { MediumSight, Sight } from './sight.ts';

export function* commitCountedOnce(sight: Sight): Generator<Breach> {
  for (const medium of sight.media) {
    for (const record of medium.records) {
      if (record.type === 'open' || record.type === 'observation') continue;
      const says = faultOf(record, sight.commitOf(record), sight.statusOf(record), medium);
      const { terminal, serial } = record;
      const subject = { medium: medium.medium, terminal };
      if (says) yield breachOf('commit-counted-once', sight.belief.asOf, subject, `T${terminal}#${serial} ${says}`);
    }
  }
  yield* countedTwice(sight);
}

function faultOf(
  record: JournalRecord & { readonly status: string },
  commit: Commit | undefined,
  resolved: string | undefined,
  { chips }: MediumSight,
): string | null {
  if (resolved === undefined) return 'has arrived, and the centre does not list it';
  if (commit === undefined) return resolved === 'successful' ? 'counts, and never committed' : null;
  if (resolved === 'successful') return null;
  // What the terminal itself did not know may be open still; of two cards with one name, one disproves the other.
  if (record.status === 'unverified' && (resolved === 'unverified' || chips.length > 1)) return null;
  return `did commit, and is held to be ${resolved}`;
}

function* countedTwice({ belief }: Sight): Generator<Breach> {
  const seen = new Set<string>();
  for (const { terminal, serial, medium } of belief.transactions) {
    const identity = `${terminal}-${serial}`;
    if (seen.has(identity)) {
      yield breachOf(
        'commit-counted-once',
        belief.asOf,
        { medium, terminal },
        `T${terminal}#${serial} is listed twice`,
      );
    }
    seen.add(identity);
  }
}
