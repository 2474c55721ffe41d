/** What a command says whose change waits for a second person. */
import type { Proposed } from '@retap/central';

export function isProposed(answer: unknown): answer is Proposed {
  return typeof answer === 'object' && answer !== null && 'proposal' in answer;
}

export function waitsText({ proposal }: Proposed): string {
  return `proposal ${proposal} waits for a second person; 'retap proposals approve ${proposal}'`;
}
