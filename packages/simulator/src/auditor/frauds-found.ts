/** `frauds-found`: a commit whose record never came, and credit that no terminal wrote, are named once somebody has read the card. */
import type { MediumName, Time } from '@retap/model';
import { type Breach, breachOf } from './breach.ts';
import { placeOf } from './insight.ts';
import type { MediumSight, Sight } from './sight.ts';

/** @param sight at rest, when everything that is missing is late */
export function* fraudsFound(sight: Sight): Generator<Breach> {
  for (const medium of sight.media) {
    yield* missingNamed(medium, sight);
    yield* forgedNamed(medium, sight);
  }
}

/** @param isAllSaidToBeRight the centre's check found no difference, after an insider had edited the medium's row */
export function* editUnfound(isAllSaidToBeRight: boolean, medium: MediumName, at: Time): Generator<Breach> {
  if (isAllSaidToBeRight)
    yield breachOf('frauds-found', at, { medium }, 'its row was edited, and a check finds nothing');
}

function* missingNamed({ medium, records }: MediumSight, sight: Sight): Generator<Breach> {
  const known = new Set<string>();
  for (const record of records) {
    if (record.type !== 'observation') known.add(placeOf(record.terminal, record.time));
  }
  for (const record of records) {
    if (record.type === 'open' || known.has(placeOf(record.lastTerminal, record.lastTime))) continue;
    const { lastTerminal: terminal, lastTime } = record;
    const isNamed = sight
      .alertsOf(medium)
      .some((a) => a.kind === 'missing-transaction' && a.terminal === terminal && a.time === lastTime);
    if (isNamed) continue;
    const says = `the commit of T${terminal} at ${lastTime} never came, and no alert names it`;
    yield breachOf('frauds-found', sight.belief.asOf, { medium, terminal }, says);
  }
}

function* forgedNamed({ medium, chips, records, isWhole }: MediumSight, sight: Sight): Generator<Breach> {
  if (!isWhole) return;
  for (const commit of chips.flatMap((chip) => chip.commits.filter(({ forged }) => forged !== 0))) {
    const teller = records.find(({ terminal, time }) => terminal === commit.terminal && time === commit.time);
    const isNamed = sight
      .alertsOf(medium)
      .some(
        (a) =>
          a.kind === 'balance-mismatch' &&
          a.terminal === teller?.terminal &&
          a.serial === teller.serial &&
          Number(a.amount) === commit.forged,
      );
    if (isNamed) continue;
    const says = `${commit.forged} were forged before the commit at ${commit.time}, and no alert says so`;
    yield breachOf('frauds-found', sight.belief.asOf, { medium, terminal: commit.terminal }, says);
  }
}
