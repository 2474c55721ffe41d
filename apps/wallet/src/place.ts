/** Where in the wallet one is. It stands in the browser's history, so that Back works and a reload comes back to it: bytes and words only. */
import type { PhoneRefusal } from '@retap/phone';
import { useCallback, useEffect, useState } from 'preact/hooks';

/** What is being scanned for. Something else that is read is said to be so. */
export type Wanted = 'request' | 'payment' | 'receipt' | 'ticket';

export type Place =
  | { readonly at: 'home' }
  | { readonly at: 'scan'; readonly wanted: Wanted; readonly paste?: boolean }
  | { readonly at: 'pay'; readonly message: Uint8Array }
  /** A payment, refund or receipt is shown, by its item. */
  | { readonly at: 'show'; readonly id: string }
  | { readonly at: 'asked' }
  | { readonly at: 'yes'; readonly id: string; readonly isNew: boolean }
  | { readonly at: 'no'; readonly reason: PhoneRefusal; readonly wanted: Wanted | null }
  | { readonly at: 'history' }
  | { readonly at: 'item'; readonly id: string }
  | { readonly at: 'refund'; readonly id: string }
  | { readonly at: 'tickets' }
  | { readonly at: 'ticket'; readonly id: string; readonly use: boolean }
  | { readonly at: 'check'; readonly message: Uint8Array }
  | { readonly at: 'more' }
  | { readonly at: 'online' }
  | { readonly at: 'top-up' }
  | { readonly at: 'cash-out' }
  | { readonly at: 'lost' }
  | { readonly at: 'offers' }
  | { readonly at: 'settings' };

export interface Way {
  readonly place: Place;
  /** @param instead of where one is, to which Back does not lead then */
  go(place: Place, instead?: 'instead'): void;
  back(): void;
}

const HOME: Place = { at: 'home' };

/** What the browser keeps of each step. */
interface Step {
  readonly place: Place;
  /** How many steps of ours are before it: at 0 Back would lead out of the wallet. */
  readonly depth: number;
}

function keptStep(): Step {
  const state: unknown = history.state;
  const isStep = typeof state === 'object' && state !== null && 'place' in state && 'depth' in state;
  return isStep ? (state as Step) : { place: HOME, depth: 0 };
}

/** What a reload comes back to, where that is not what is on the screen. */
export function comeBackTo(place: Place): void {
  history.replaceState({ ...keptStep(), place }, '');
}

export function useWay(): Way {
  const [place, setPlace] = useState<Place>(() => keptStep().place);
  useEffect(() => {
    const onPop = () => setPlace(keptStep().place);
    addEventListener('popstate', onPop);
    return () => removeEventListener('popstate', onPop);
  }, []);
  const go = useCallback((next: Place, instead?: 'instead') => {
    const { depth } = keptStep();
    if (instead) history.replaceState({ place: next, depth }, '');
    else history.pushState({ place: next, depth: depth + 1 }, '');
    setPlace(next);
  }, []);
  const back = useCallback(() => {
    if (keptStep().depth > 0) history.back();
    else go(HOME, 'instead');
  }, [go]);
  return { place, go, back };
}
