export type { Centre, CentreAnswer } from './centre.ts';
export { City, type Queues } from './city.ts';
export { FAULT_KNOBS, type Faults, FRAUD_KNOBS, type Frauds, KNOB_KINDS, type Knob } from './faults.ts';
export { type CityOptions, DEFAULT_START } from './options.ts';
export type { Fraud, MediumTruth, TornTap, Truth, Violation } from './truth.ts';
export type { Carrier, CityWatch, Served } from './watch.ts';
export type { CityEvent, Counts, Delivery, JournalPiece } from './world.ts';
