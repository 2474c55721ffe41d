/** `doubt-settled-as-truth`: an unverified tap is never settled against the truth, and not left open once the card has told. */
import type { JournalRecord, TransactionRecord } from '@retap/model';
import { type Breach, breachOf } from './breach.ts';
import type { MediumSight, Sight } from './sight.ts';

export function* doubtSettledAsTruth(sight: Sight): Generator<Breach> {
  for (const medium of sight.media) {
    if (sight.ambiguous.has(medium.medium)) continue;
    for (const record of medium.records) {
      if (record.type === 'open' || record.type === 'observation' || record.status !== 'unverified') continue;
      const says = faultOf(record, medium, sight);
      const { terminal, serial } = record;
      const subject = { medium: medium.medium, terminal };
      if (says) yield breachOf('doubt-settled-as-truth', sight.belief.asOf, subject, `T${terminal}#${serial} ${says}`);
    }
  }
}

function faultOf(torn: TransactionRecord, { records }: MediumSight, sight: Sight): string | null {
  const did = sight.commitOf(torn) !== undefined;
  const resolved = sight.statusOf(torn);
  if (resolved === 'successful') return did ? null : 'is settled as successful, and never committed';
  if (resolved === 'unsuccessful') return did ? 'is settled as unsuccessful, and did commit' : null;
  const told = records.some((later) => (did ? namesIt(later, torn) : showsItBefore(later, torn, sight)));
  if (!told) return null;
  return `is left open, and a later tap has read that it did ${did ? 'commit' : 'not commit'}`;
}

/** The card was read with this commit as its last. */
function namesIt(later: JournalRecord, torn: TransactionRecord): boolean {
  return later.type !== 'open' && later.lastTime === torn.time && later.lastTerminal === torn.terminal;
}

/** The card was read, surely later, as it was before; or went on from there. */
function showsItBefore(later: JournalRecord, torn: TransactionRecord, sight: Sight): boolean {
  if (later === torn || later.type === 'open' || later.lastTime !== torn.lastTime) return false;
  if (sight.commitOf(later) !== undefined && sight.statusOf(later) === 'successful') return true;
  return later.time >= torn.time + sight.terms.clockTolerance;
}
