/** How a record looks, by what was concluded of it. */
import type { ChainLink } from '@retap/central';
import type { Tone } from '../../parts/badge.tsx';

export function toneOf({ status, node }: ChainLink): Tone {
  if (status === 'unverified') return 'doubt';
  if (status === 'unsuccessful') return 'wrong';
  return node ? 'good' : 'quiet';
}

const PROOFS = {
  valid: 'proofValid',
  invalid: 'proofInvalid',
  missing: 'proofMissing',
  none: 'proofNone',
} as const;

export const proofWord = (proof: ChainLink['proof']) => (proof === null ? 'proofUnknown' : PROOFS[proof]);
