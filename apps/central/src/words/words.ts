/** Everything the page says, in one language. Placeholders stand in braces. */
import type {
  CaseState,
  CaseStepWord,
  Cure,
  IntegrityAlertKind,
  ProofAlertKind,
  ProposalKindName,
  Role,
} from '@retap/central';
import type { AlertKind, CommitStatus, JournalRecord, SynchronizationKind } from '@retap/model';
import type { PeopleWords } from './people.ts';
import type { PageRefusal } from './refusals.ts';

export interface AlertWords {
  readonly title: string;
  /** One alert; its keys stand in braces, `{record}` is `terminal-serial`. */
  readonly sentence: string;
  /** What to look at first. */
  readonly advice: string;
}

export interface Words {
  readonly language: string;
  readonly page: Readonly<Record<(typeof PAGE_WORDS)[number], string>>;
  readonly alerts: Readonly<Record<AlertKind, AlertWords>>;
  readonly proofs: Readonly<Record<ProofAlertKind, AlertWords>>;
  readonly integrity: Readonly<Record<IntegrityAlertKind, AlertWords>>;
  /** What would be done, where it waits for a second person. */
  readonly proposals: Readonly<Record<ProposalKindName, string>>;
  readonly caseStates: Readonly<Record<CaseState, string>>;
  /** What happened to a case; the keys of its detail stand in braces. */
  readonly caseSteps: Readonly<Record<CaseStepWord, string>>;
  /** What took an alert away. */
  readonly cures: Readonly<Record<Cure['by'], string>>;
  readonly types: Readonly<Record<JournalRecord['type'], string>>;
  readonly people: PeopleWords;
  readonly roles: Readonly<Record<Role, string>>;
  /** Why the centre does not do it; where there is none, its own message in English counts, which may stand in braces. */
  readonly refusals: Readonly<Partial<Record<PageRefusal, string>>>;
  readonly statuses: Readonly<Record<CommitStatus | 'observed', string>>;
  readonly synchronization: Readonly<Record<SynchronizationKind, string>>;
}

const PAGE_WORDS = ['title', 'languageLabel'] as const;
