/** `never-minted-again`: an identity names one record for ever. */
import type { JournalRecord, Time } from '@retap/model';
import { type Breach, breachOf } from './breach.ts';
import type { Journal } from './insight.ts';

export function* mintedAgain(record: JournalRecord, { made }: Journal, at: Time): Generator<Breach> {
  const { terminal, serial, medium } = record;
  const first = made.get(serial);
  if (first === undefined) return;
  const says = `T${terminal}#${serial} is a ${record.type} of ${medium}, and was a ${first.type} of ${first.medium}`;
  yield breachOf('never-minted-again', at, { medium, terminal }, says);
}
