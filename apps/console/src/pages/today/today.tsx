import { useSay } from '../../words/language.tsx';
import { WORDS } from './words.ts';

export function Today() {
  return <h1>{useSay(WORDS)('title')}</h1>;
}
