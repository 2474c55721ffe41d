/** `commit-counted-once`: the centre's effective transactions are the commits of the cards, one for one. */
import type { JournalRecord } from '@retap/model';
import { type Breach, breachOf } from './breach.ts';
import type { Commit } from './insight.ts';
import type { Sight } from './sight.ts';

export function* commitCountedOnce(sight: Sight): Generator<Breach> {
  const forged = new Set(sight.terms.frauds.flatMap((fraud) => (fraud.kind === 'forged-batch' ? [fraud.medium] : [])));
  for (const { medium, records } of sight.media) {
    for (const record of records) {
      if (record.type === 'open' || record.type === 'observation') continue;
      const commit = sight.commitOf(record);
      // A batch that nobody's terminal wrote says what it likes of this one medium.
      if (commit === undefined && forged.has(medium)) continue;
      const says = faultOf(record, commit, sight.statusOf(record), sight.ambiguous.has(medium));
      const { terminal, serial } = record;
      const subject = { medium, terminal };
      if (says) yield breachOf('commit-counted-once', sight.belief.asOf, subject, `T${terminal}#${serial} ${says}`);
    }
  }
  yield* countedTwice(sight);
}

function faultOf(
  record: JournalRecord & { readonly status: string },
  commit: Commit | undefined,
  resolved: string | undefined,
  isAmbiguous: boolean,
): string | null {
  if (resolved === undefined) return 'has arrived, and the centre does not list it';
  if (commit === undefined) return resolved === 'successful' ? 'counts, and never committed' : null;
  if (resolved === 'successful') return null;
  // What the terminal itself did not know may be open still; of two states with one name, one disproves the other.
  if (record.status === 'unverified' && (resolved === 'unverified' || isAmbiguous)) return null;
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
