/** Words that the centre's plain pages have too: of alerts, states, roles, types of records. Placeholders stand in braces. */
import { useQuery } from '@tanstack/react-query';
import { createElement, Fragment, type ReactNode } from 'react';
import { ask } from '../ask.ts';
import { LANGUAGES, type Language } from './catalogue.ts';
import { useLanguage } from './language.tsx';

interface AlertWords {
  readonly title: string;
  readonly sentence: string;
  readonly advice: string;
}
type Named = Readonly<Record<string, string>>;

export interface CentreWords {
  readonly language: string;
  readonly alerts: Readonly<Record<string, AlertWords>>;
  readonly proofs: Readonly<Record<string, AlertWords>>;
  readonly integrity: Readonly<Record<string, AlertWords>>;
  readonly proposals: Named;
  readonly caseStates: Named;
  readonly caseSteps: Named;
  readonly cures: Named;
  readonly types: Named;
  readonly roles: Named;
  readonly refusals: Named;
  readonly statuses: Named;
  readonly synchronization: Named;
  readonly people: Named;
}

export type BothWords = Readonly<Record<Language, CentreWords>>;

export const CENTRE_WORDS = {
  queryKey: ['words'],
  queryFn: () => ask<BothWords>('words.json'),
  staleTime: Number.POSITIVE_INFINITY,
} as const;

/** There before anything is shown: the console waits for them. */
export function useCentreWords(): CentreWords {
  const { language } = useLanguage();
  const { data } = useQuery(CENTRE_WORDS);
  if (!data) throw new Error('asked for words before they were there');
  return data[LANGUAGES.find((each) => each === language) ?? 'en'];
}

/** Title, sentence and advice of an alert of any family. */
export function alertWordsOf(words: CentreWords, kind: string): AlertWords {
  return (
    words.alerts[kind] ?? words.proofs[kind] ?? words.integrity[kind] ?? { title: kind, sentence: kind, advice: '' }
  );
}

/** Text with what is given in the place of its `{placeholders}`. */
export function filled(text: string, values: Readonly<Record<string, ReactNode>>): ReactNode {
  const parts = text.split(/\{(\w+)\}/).map((part, index) => (index % 2 === 0 ? part : (values[part] ?? '')));
  return createElement(Fragment, null, ...parts);
}
