/** The auditor, and worlds for it. */
export { type Breach, INVARIANTS, type InvariantName } from './breach.ts';
export type { AuditedCentral, OpenAudited } from './central.ts';
export { drawWorld, type WorldPlan } from './draw.ts';
export { type LivedWorld, type LiveOptions, liveWorld, type WorldCounts, type WorldViolation } from './live-world.ts';
export { type MinimiseOptions, minimise } from './minimise.ts';
