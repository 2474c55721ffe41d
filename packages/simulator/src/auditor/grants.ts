/** Which alerts the faults and frauds of a world may raise at all, as their tables say. */
import type { AlertKind } from '@retap/model';
import { FAULT_KNOBS, type Faults, FRAUD_KNOBS, type Frauds, type Knob } from '../faults.ts';

export function grantedBy(world: { readonly faults: Faults; readonly frauds: Frauds }): ReadonlySet<AlertKind> {
  const settings: Readonly<Record<string, number>> = { ...world.faults, ...world.frauds };
  const knobs: readonly Knob[] = [...FAULT_KNOBS, ...FRAUD_KNOBS];
  return new Set(knobs.flatMap(({ name, grants }) => ((settings[name] ?? 0) > 0 ? grants : [])));
}
