/** What the auditor finds wrong: which invariant, of whom, and why, in a sentence. */
import type { MediumName, TerminalNumber, Time } from '@retap/model';

/** Everything that must hold, by the name it has in output, in documents and in the bug zoo; docs/reliability.md is held to it. */
export const INVARIANTS = {
  'money-conserved':
    'Money on cards = opened + refilled − taken, by card and in sum; of an account copy likewise, with X′',
  'charged-once': 'Who taps once, and again because it failed, pays once',
  'not-let-through-unpaid': 'Nobody goes through whose medium did not commit',
  'tap-told-as-it-was': 'What a terminal says of a tap is what the medium did, or that it does not know',
  'terminal-refuses-before-write': 'A tap that was refused changed nothing on the medium',
  'time-monotone': 'A record is later than the commit it read (eq. 9) and than the record before it of its terminal',
  'never-minted-again': 'No two records of a terminal have the same serial; one tap has one record',
  'serials-without-holes': 'A terminal counts 1, 2, 3, …',
  'commit-counted-once':
    'Each commit that arrived is one effective transaction; nothing is effective that never committed',
  'copy-equals-card': 'The account copy is the card, once all of its records have arrived',
  'doubt-settled-as-truth': 'An unverified tap ends as the truth, or stays openly unverified until the medium has told',
  'clone-flagged-by-second-upload': 'A clone is flagged as soon as two conflicting commits of it are reconciled',
  'no-false-alarm': 'No alert but those that the specification grants for what happened',
  'lists-held': 'No older and no damaged list is taken, and whom a list denies is not served where it has come',
  'frauds-found': 'What must alarm does',
  'no-acknowledged-record-lost':
    'What a terminal was told is received is at the centre, as it was; the journal keeps the rest',
  'whole-or-nothing': 'A batch that was cut off is refused, and nothing of it kept',
  'order-independent': 'Another order, other batches, repeats, and a rebuild give the same state',
  bounded: 'Queues stay within what the size of the city explains',
  drains: 'After the last fault every journal is empty and nothing waits',
  'nothing-throws': 'No part of it ends by an error that is its own mistake',
} as const;
export type InvariantName = keyof typeof INVARIANTS;

export interface Breach {
  readonly invariant: InvariantName;
  /** Virtual time at which it was seen. */
  readonly at: Time;
  /** Whose story tells it; null where it is no medium's. */
  readonly medium: MediumName | null;
  readonly terminal: TerminalNumber | null;
  readonly says: string;
}

export interface Subject {
  readonly medium?: MediumName;
  readonly terminal?: TerminalNumber;
}

export function breachOf(invariant: InvariantName, at: Time, subject: Subject, says: string): Breach {
  return { invariant, at, medium: subject.medium ?? null, terminal: subject.terminal ?? null, says };
}
