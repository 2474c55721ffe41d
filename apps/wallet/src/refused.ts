/** What was not done is said on a screen of its own, instead of the one that asked. */
import type { PhoneRefusal } from '@retap/phone';
import { useCallback } from 'preact/hooks';
import { sayNo } from './edges/signal.ts';
import type { Wanted } from './place.ts';
import { useWallet } from './wallet.tsx';

export function useRefused(): (reason: PhoneRefusal, wanted: Wanted | null) => void {
  const { way, settings } = useWallet();
  const { go } = way;
  const { sound } = settings;
  return useCallback(
    (reason, wanted) => {
      sayNo(sound);
      go({ at: 'no', reason, wanted }, wanted === null ? undefined : 'instead');
    },
    [go, sound],
  );
}
