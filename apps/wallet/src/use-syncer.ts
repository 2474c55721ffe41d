/** The centre is spoken to by itself: at the start, when the network comes back, and now and then, while the wallet is looked at. */
import { type Phone, synchronize } from '@retap/phone';
import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { openLink } from './edges/centre.ts';
import { isOnline, networkCost } from './edges/network.ts';
import type { Place } from './place.ts';
import type { Sending } from './settings.ts';
import { type SyncCause, Syncer, type SyncState } from './sync.ts';

/** A centre that says nothing for so long is gone. */
const SILENCE_MS = 8_000;
/** News from the centre: orders, denied phones, states of payments. */
const EVERY_MS = 60_000;
/** Where it was not reached. Not every network that comes back is told of. */
const AGAIN_MS = 10_000;
/** Where somebody waits for the other phone's word; while the link stands, its news come by themselves. */
const WAITING_MS = 5_000;
const WAITING: readonly Place['at'][] = ['asked', 'show'];

const silence = () => new Promise<void>((resolve) => setTimeout(resolve, SILENCE_MS));

export interface Syncing {
  readonly syncState: SyncState;
  sync(cause: SyncCause): Promise<void>;
}

export function useSyncer(phone: Phone, place: Place, sending: Sending): Syncing {
  const [syncState, setSyncState] = useState<SyncState>({ is: 'idle', last: null });
  const chosen = useRef(sending);
  chosen.current = sending;
  const syncer = useMemo(
    () =>
      new Syncer({
        open: openLink,
        run: (link) => synchronize(phone, link, silence),
        take: (message) => phone.take(message),
        isOnline,
        cost: networkCost,
        sending: () => chosen.current,
        onChange: setSyncState,
      }),
    [phone],
  );
  const isWaiting = WAITING.includes(place.at);
  const isBroken = syncState.last === 'unreached' || syncState.last === 'broken';
  useEffect(() => {
    syncer.isWaiting = isWaiting;
    if (isWaiting) void syncer.tend();
  }, [syncer, isWaiting]);
  const everyMs = isWaiting ? WAITING_MS : isBroken ? AGAIN_MS : EVERY_MS;
  const tend = useCallback(() => {
    if (document.visibilityState === 'visible') void syncer.tend();
  }, [syncer]);
  useEffect(() => {
    const timer = setInterval(tend, everyMs);
    return () => clearInterval(timer);
  }, [tend, everyMs]);
  useEffect(() => {
    tend();
    addEventListener('online', tend);
    document.addEventListener('visibilitychange', tend);
    return () => {
      removeEventListener('online', tend);
      document.removeEventListener('visibilitychange', tend);
    };
  }, [tend]);
  const sync = useCallback((cause: SyncCause) => syncer.sync(cause), [syncer]);
  return { syncState, sync };
}
