/** What the report says, in both languages. */
import type { DayKind, EvidenceStep, Fraud, MediumKind } from '@retap/simulator';
import type { PaperKey } from './paper.ts';

export const LANGUAGES = ['en', 'sl'] as const;
export type Language = (typeof LANGUAGES)[number];

export interface ReportWords {
  readonly locale: string;
  readonly language: string;
  readonly other: string;
  readonly text: Readonly<Record<(typeof TEXTS)[number], string>>;
  readonly paper: Readonly<Record<PaperKey, string>>;
  readonly dayKinds: Readonly<Record<DayKind, string>>;
  readonly evidence: Readonly<Record<EvidenceStep, string>>;
  readonly frauds: Readonly<Record<Fraud['kind'], string>>;
  readonly media: Readonly<Record<MediumKind, string>>;
  readonly statuses: Readonly<Record<'successful' | 'unsuccessful' | 'unverified', string>>;
}

const TEXTS = [
  'lead',
  'facts',
  'seed',
  'scale',
  'accounts',
  'terminals',
  'taps',
  'records',
  'runTime',
  'database',
  'violations',
  'comparison',
  'comparisonLead',
  'figure',
  'counted',
  'ours',
  'paper',
  'difference',
  'met',
  'yes',
  'no',
  'noteTorn',
  'noteChance',
  'noteRiders',
  'noteService',
  'figure8',
  'figure8Lead',
  'date',
  'dayKind',
  'successful',
  'torn',
  'paperLine',
  'table1',
  'table1Lead',
  'batches',
  'cutOff',
  'share',
  'refused',
  'table2',
  'table2Lead',
  'tornAWorkday',
  'tornAll',
  'settledWithinDay',
  'settledLater',
  'settledAfterTen',
  'neverSettled',
  'scaled',
  'settling',
  'settlingLead',
  'evidence',
  'within',
  'ofTorn',
  'doubt',
  'doubtLead',
  'amount',
  'tapsInDoubt',
  'confusion',
  'confusionLead',
  'centreSays',
  'committed',
  'notCommitted',
  'confusionAll',
  'disagreeing',
  'alerts',
  'alertsLead',
  'perMillion',
  'kind',
  'alertCount',
  'unexplained',
  'latency',
  'latencyLead',
  'planted',
  'named',
  'median',
  'longest',
  'noFrauds',
  'service',
  'serviceLead',
  'mean',
  'p95',
  'faults',
  'faultsLead',
  'times',
  'showTable',
  'noneOfThem',
  'hours',
] as const;

export function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, key: string) => values[key] ?? whole);
}
