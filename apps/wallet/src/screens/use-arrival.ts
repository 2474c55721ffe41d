/** Something was scanned, pasted or opened: said to ears and hands, shown, and sent where it may be. */
import { useCallback } from 'preact/hooks';
import { sayNo, sayYes } from '../edges/signal.ts';
import type { Place } from '../place.ts';
import { useWallet } from '../wallet.tsx';

/** @returns takes one there; `instead` of the screen where it was scanned */
export function useArrival(): (place: Place, instead?: 'instead') => void {
  const { way, settings, sync } = useWallet();
  const { go } = way;
  const { sound } = settings;
  return useCallback(
    (place, instead) => {
      if (place.at === 'no') sayNo(sound);
      const isKept = place.at === 'yes' || place.at === 'item';
      if (isKept) sayYes(sound);
      go(place, instead);
      if (isKept) void sync('payment');
    },
    [go, sound, sync],
  );
}
