export { City, type Queues } from './city.ts';
export { type CityOptions, DEFAULT_START, type Faults, type Frauds } from './options.ts';
export type { Fraud, MediumTruth, TornTap, Truth, Violation } from './truth.ts';
export type { Carrier, CityWatch, Served } from './watch.ts';
export type { CityEvent, Counts, Delivery, JournalPiece } from './world.ts';
