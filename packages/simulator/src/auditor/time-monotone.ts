/** `time-monotone`: equation (9), and a terminal's own records in order; whatever its clock did. */
import type { JournalRecord, Time } from '@retap/model';
import { type Breach, breachOf } from './breach.ts';
import type { Journal } from './insight.ts';

export function* notMonotone(record: JournalRecord, { lastTime }: Journal, at: Time): Generator<Breach> {
  const { terminal, serial, medium, time } = record;
  const breach = (says: string): Breach => breachOf('time-monotone', at, { medium, terminal }, says);
  // (9)  t > l
  if (record.type !== 'open' && time <= record.lastTime)
    yield breach(`T${terminal}#${serial} at ${time} is not later than the commit it read, of ${record.lastTime}`);
  if (time <= lastTime)
    yield breach(`T${terminal}#${serial} at ${time} is not later than the record before, of ${lastTime}`);
}
