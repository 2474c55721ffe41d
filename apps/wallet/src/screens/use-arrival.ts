/** Something was scanned, pasted or opened: said to ears and hands, shown, and sent where it may be. */
import { useCallback } from 'preact/hooks';
import { sayNo, sayYes } from '../edges/signal.ts';
import type { Place } from '../place.ts';
import { useWallet } from '../wallet.tsx';

/** @returns takes one there; `instead` of the screen where it was scanned, or `back` from it */
export function useArrival(): (place: Place, how?: 'instead' | 'back') => void {
  const { way, settings, sync } = useWallet();
  const { go, back } = way;
  const { sound } = settings;
  return useCallback(
    (place, how) => {
      if (place.at === 'no') sayNo(sound);
      const isKept = place.at === 'yes' || place.at === 'item';
      if (isKept) sayYes(sound);
      if (how === 'back') back();
      else go(place, how);
      if (isKept) void sync('payment');
    },
    [go, back, sound, sync],
  );
}
