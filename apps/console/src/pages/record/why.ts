/** Why a record counts, or does not: a sentence by name. */
import type { RecordDetail } from '@retap/central';

export type Why =
  | 'whyWaiting'
  | 'whyRoot'
  | 'whySurplus'
  | 'whyObserved'
  | 'whyReported'
  | 'whyConfirmed'
  | 'whyFailed'
  | 'whyRefuted'
  | 'whyDoubt';

export function whyOf({ type, reported, status, reconciled }: RecordDetail['line']): Why {
  if (!reconciled) return 'whyWaiting';
  if (type === 'open') return status === 'successful' ? 'whyRoot' : 'whySurplus';
  if (status === null) return 'whyObserved';
  if (status === 'unverified') return 'whyDoubt';
  if (status === 'successful') return reported === 'successful' ? 'whyReported' : 'whyConfirmed';
  return reported === 'unsuccessful' ? 'whyFailed' : 'whyRefuted';
}
