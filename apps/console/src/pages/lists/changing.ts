/** Changing a list: what the centre says to it, and what is asked anew then. */
import { useQueryClient } from '@tanstack/react-query';
import { send } from '../../ask.ts';
import { useSay } from '../../words/language.tsx';
import { WORDS } from './words.ts';

type Changed = { readonly outcome: string } | { readonly proposal: number };

/** Does it, or proposes it where a second person is needed. @returns what is then said */
export function useChange(): (path: string, body: object) => Promise<string> {
  const say = useSay(WORDS);
  const queries = useQueryClient();
  return async (path, body) => {
    const answer = await send<Changed>(path, body);
    await queries.invalidateQueries({ queryKey: ['lists'] });
    if ('proposal' in answer) return say('proposed', { proposal: answer.proposal });
    return say(answer.outcome === 'unchanged' ? 'unchanged' : 'done');
  };
}
