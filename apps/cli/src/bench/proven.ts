/** That the centre has done what was measured: else the figures would mean nothing. */
import type { Central } from '@retap/central';
import { DEFAULT_CONFIGURATION } from '@retap/model';

/** After all that the traffic does. */
const AS_OF = Date.UTC(2036, 0, 1);

/**
 * Everything is recorded and reconciled.
 * @param isChecked derives everything anew from the batches, too, and compares: for small sizes
 * @throws Error where it is not so
 */
export async function proven(central: Central, records: number, isChecked: boolean): Promise<void> {
  const totals = await central.totals(0);
  if (totals.records !== records) throw new Error(`the centre has ${totals.records} of ${records} records`);
  if (totals.waiting > 0) throw new Error(`${totals.waiting} records still wait`);
  if (totals.quarantined > 0) throw new Error(`${totals.quarantined} records were refused`);
  if (!isChecked) return;
  const configuration = { ...DEFAULT_CONFIGURATION, clockTolerance: central.clockTolerance };
  for await (const { subject } of central.check(AS_OF, configuration)) {
    throw new Error(`${subject} is not what the batches say`);
  }
}
