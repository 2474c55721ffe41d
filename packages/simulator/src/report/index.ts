export { type Arrived, EVIDENCE_STEPS, type EvidenceStep, type Settled, settledBy } from './settling.ts';
export { type DayTally, Tally, type TornNote } from './tally.ts';
