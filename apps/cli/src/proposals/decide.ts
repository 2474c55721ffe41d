/** `retap proposals approve`, `reject`, `withdraw`. */
import type { Proposal, ProposalRefusal } from '@retap/central';
import type { DatabaseOption } from '../database.ts';
import { UsageError } from '../failure.ts';
import type { Shell } from '../shell.ts';
import { reasonOf } from '../terminals/registry.ts';
import { printable } from '../text.ts';
import { withProposals } from './opened.ts';

export interface DecideOptions extends DatabaseOption {
  readonly why: string;
}

export async function decide(
  word: 'approve' | 'reject' | 'withdraw',
  id: number,
  options: DecideOptions,
  shell: Shell,
): Promise<void> {
  // Whoever has the database may do whatever it holds; that it is another person than the proposer is still asked.
  const decider = { ...reasonOf(options.why), may: () => true };
  const decided = await withProposals(options, shell, (proposals) => proposals[word](id, decider));
  const { state, kind, object, result } = decidedOf(decided, id);
  shell.stdout.write(`proposal ${id} is ${state}: ${kind}, ${printable(object)}${resultText(result)}\n`);
}

function resultText(result: unknown): string {
  if (result === null) return '';
  const isRefused = typeof result === 'object' && 'refusal' in (result as object);
  if (!isRefused) return `; it came to ${printable(JSON.stringify(result))}`;
  return `; it made no sense any more (${(result as { readonly refusal: string }).refusal}), and nothing was changed`;
}

/** @throws UsageError where it is a refusal */
export function decidedOf(answer: Proposal | ProposalRefusal, id: number): Proposal {
  if (!('refusal' in answer)) return answer;
  throw new UsageError(wordsOf(answer.refusal, id));
}

function wordsOf(refusal: ProposalRefusal['refusal'], id: number): string {
  switch (refusal) {
    case 'proposal-unknown':
      return `there is no proposal ${id}; 'retap proposals list' shows which there are`;
    case 'proposal-decided':
      return `proposal ${id} was decided before; 'retap proposals show ${id}' says how`;
    case 'proposal-expired':
      return `proposal ${id} is older than seven days; propose it again`;
    case 'not-allowed':
      return `proposal ${id}: not allowed`;
    case 'own-proposal':
      return `you proposed ${id}: another person must decide; 'retap proposals withdraw ${id}' takes it back`;
    case 'not-own-proposal':
      return `somebody else proposed ${id}; 'retap proposals reject ${id}' refuses it`;
  }
}
