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

function isPlace(value: unknown): value is Place {
  return typeof value === 'object' && value !== null && 'at' in value;
}

export function useWay(): Way {
  const [place, setPlace] = useState<Place>(() => (isPlace(history.state) ? history.state : HOME));
  useEffect(() => {
    const onPop = ({ state }: PopStateEvent) => setPlace(isPlace(state) ? state : HOME);
    addEventListener('popstate', onPop);
    return () => removeEventListener('popstate', onPop);
  }, []);
  const go = useCallback((next: Place, instead?: 'instead') => {
    if (instead) history.replaceState(next, '');
    else history.pushState(next, '');
    setPlace(next);
  }, []);
  const back = useCallback(() => {
    // The first page of a visit has nothing of ours before it.
    if (history.length > 1 && isPlace(history.state)) history.back();
    else go(HOME, 'instead');
  }, [go]);
  return { place, go, back };
}
