/** `clone-flagged-by-second-upload`: two cards with one name went different ways, both told of it, and the centre says so. */
import type { MediumName, Time, TransactionRecord } from '@retap/model';
import { type Breach, breachOf } from './breach.ts';
import { type Chip, type Insight, placeOf } from './insight.ts';

/** @param isFlagged whether the centre, that has reconciled everything, flags the medium as cloned */
export function* cloneFlagged(insight: Insight, medium: MediumName, isFlagged: boolean, at: Time): Generator<Breach> {
  if (isFlagged) return;
  const conflict = conflictOf(insight, medium);
  if (conflict === null) return;
  const [one, other] = conflict;
  const says = `T${one.terminal}#${one.serial} and T${other.terminal}#${other.serial} are of two cards, and no alert says so`;
  yield breachOf('clone-flagged-by-second-upload', at, { medium }, says);
}

/** Two commits of different cards, both reported successful, whose intervals `(lastTime, time]` overlap. */
function conflictOf(
  { byMedium, arrivedOf, commits }: Insight,
  medium: MediumName,
): readonly [TransactionRecord, TransactionRecord] | null {
  if ((byMedium.get(medium)?.length ?? 0) < 2) return null;
  const byChip = new Map<Chip, TransactionRecord[]>();
  for (const record of arrivedOf.get(medium) ?? []) {
    if (record.type === 'open' || record.type === 'observation' || record.status !== 'successful') continue;
    const chip = commits.get(placeOf(record.terminal, record.time))?.chip;
    if (chip) byChip.set(chip, [...(byChip.get(chip) ?? []), record]);
  }
  const lists = [...byChip.values()];
  for (const [index, list] of lists.entries()) {
    for (const other of lists.slice(index + 1).flat()) {
      // eq. (13) is the case of equal l
      const one = list.find(({ lastTime, time }) => lastTime < other.time && other.lastTime < time);
      if (one) return [one, other];
    }
  }
  return null;
}
