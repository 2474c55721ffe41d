/** What a search has found, and where it leads. */

import { catalogue } from '../words/catalogue.ts';
import { useSay } from '../words/language.tsx';

export type Hit =
  | { readonly kind: 'medium'; readonly medium: string }
  | { readonly kind: 'terminal'; readonly terminal: number }
  | { readonly kind: 'record'; readonly terminal: number; readonly serial: number }
  | { readonly kind: 'batch'; readonly receipt: number }
  | { readonly kind: 'alert'; readonly id: number }
  | { readonly kind: 'records'; readonly search: string; readonly text: string };

const WORDS = catalogue({
  en: {
    medium: 'Medium {medium}',
    terminal: 'Terminal {terminal}',
    record: 'Record {terminal}-{serial}',
    batch: 'Batch {receipt}',
    alert: 'Alert {id}',
    records: 'Records: {text}',
  },
  sl: {
    medium: 'Nosilec {medium}',
    terminal: 'Terminal {terminal}',
    record: 'Zapis {terminal}-{serial}',
    batch: 'Pošiljka {receipt}',
    alert: 'Opozorilo {id}',
    records: 'Zapisi: {text}',
  },
});

export function useHitText(): (hit: Hit) => string {
  const say = useSay(WORDS);
  return ({ kind, ...values }) =>
    say(kind, Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)])));
}

/** Within the console. */
export function wayTo(hit: Hit): string {
  switch (hit.kind) {
    case 'medium':
      return `/media/${encodeURIComponent(hit.medium)}`;
    case 'terminal':
      return `/terminals/${hit.terminal}`;
    case 'record':
      return `/records/${hit.terminal}-${hit.serial}`;
    case 'batch':
      return `/batches/${hit.receipt}`;
    case 'alert':
      return `/alerts?case=${hit.id}`;
    case 'records':
      return `/search?${hit.search}`;
  }
}
