/** `drains`: after the last fault everything that was written down has arrived, and nobody waits for anything. */
import type { Time } from '@retap/model';
import type { Queues } from '../city.ts';
import { type Breach, breachOf } from './breach.ts';

/** @param leftAtCentre records received and not reconciled after the centre says that it is done */
export function* drains({ agenda, events, unsent }: Queues, leftAtCentre: number, at: Time): Generator<Breach> {
  if (agenda > 0) yield breachOf('drains', at, {}, `${agenda} things are still planned`);
  if (events > 0) yield breachOf('drains', at, {}, `${events} events were never taken`);
  if (leftAtCentre > 0) yield breachOf('drains', at, {}, `${leftAtCentre} records were never reconciled`);
  for (const { terminal, count } of unsent) {
    if (count > 0)
      yield breachOf('drains', at, { terminal }, `${count} records of T${terminal} were never acknowledged`);
  }
}
