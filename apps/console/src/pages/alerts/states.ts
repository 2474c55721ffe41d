import type { CaseState } from '@retap/central';
import type { View } from './question.ts';

/** States that a case can have in a view. */
export const CASE_STATES_OF: Readonly<Record<View, readonly CaseState[]>> = {
  open: ['new', 'acknowledged', 'assigned'],
  silenced: ['new', 'acknowledged', 'assigned'],
  closed: ['resolved', 'cured'],
};
