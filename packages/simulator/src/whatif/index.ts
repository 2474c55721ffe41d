export { type Check, type CheckProgress, check, ERRORS_MAX, isRefuted, isWrong, type SourceCheck } from './check.ts';
export {
  BOUND_SHARE,
  type Estimate,
  estimate,
  type Halved,
  type Loss,
  type SourceLoss,
  WORST_SHARE,
} from './estimate.ts';
export { KNOB_NAMES, KNOBS, type Knob, type KnobName, type KnobUnit } from './knobs.ts';
export {
  DETECTIONS,
  type Detection,
  PERIODS,
  type Period,
  planOf,
  type WhatIfFault,
  type WhatIfOptions,
  type WhatIfPlan,
} from './plan.ts';
export type { Source, SourceName, Step } from './source.ts';
