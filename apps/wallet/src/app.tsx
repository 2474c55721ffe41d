/** The wallet of a phone that is registered: its places, and what happens by itself. */
import { type Phone, synchronize } from '@retap/phone';
import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { openLink } from './edges/centre.ts';
import type { WalletDatabase } from './edges/database.ts';
import { otherTabs } from './edges/lock.ts';
import { isOnline, networkCost } from './edges/network.ts';
import { useOpenedLink } from './opened-link.ts';
import { type Place, useWay } from './place.ts';
import { Places } from './screens/places.tsx';
import { keepSettings, keptSettings, type Settings } from './settings.ts';
import { type SyncCause, Syncer, type SyncState } from './sync.ts';
import { type Wallet, WalletContext } from './wallet.tsx';

/** A centre that says nothing for so long is gone. */
const SILENCE_MS = 8_000;
/** News from the centre (orders, denied phones, states of payments) while the wallet is open. */
const EVERY_MS = 60_000;
/** Where somebody waits for the other phone's word; while the link stands, its news come by themselves. */
const WAITING_EVERY_MS = 6_000;
const WAITING: readonly Place['at'][] = ['asked', 'show'];

export function App({ phone, database }: { readonly phone: Phone; readonly database: WalletDatabase }) {
  const way = useWay();
  const view = useView(phone);
  const [settings, setSettings] = useState(keptSettings);
  const [syncState, setSyncState] = useState<SyncState>({ is: 'idle', last: null });
  const sending = useRef(settings.sending);
  sending.current = settings.sending;
  const syncer = useMemo(
    () =>
      new Syncer({
        open: openLink,
        run: (link) => synchronize(phone, link, () => new Promise((resolve) => setTimeout(resolve, SILENCE_MS))),
        isOnline,
        cost: networkCost,
        sending: () => sending.current,
        onChange: setSyncState,
      }),
    [phone],
  );
  const sync = useCallback((cause: SyncCause) => syncer.sync(cause), [syncer]);
  useEffect(() => {
    const { highContrast } = settings;
    document.documentElement.dataset.contrast = highContrast ? 'high' : 'usual';
    keepSettings(settings);
  }, [settings]);
  const isWaiting = WAITING.includes(way.place.at);
  useEffect(() => {
    const onTime = () => {
      if (document.visibilityState === 'visible') void syncer.tend();
    };
    syncer.isWaiting = isWaiting;
    onTime();
    const timer = setInterval(onTime, isWaiting ? WAITING_EVERY_MS : EVERY_MS);
    addEventListener('online', onTime);
    document.addEventListener('visibilitychange', onTime);
    return () => {
      clearInterval(timer);
      removeEventListener('online', onTime);
      document.removeEventListener('visibilitychange', onTime);
    };
  }, [syncer, isWaiting]);
  const choose = useCallback((chosen: Partial<Settings>) => setSettings((before) => ({ ...before, ...chosen })), []);
  const wallet: Wallet = { phone, view, database, way, settings, choose, syncState, sync };
  return (
    <WalletContext.Provider value={wallet}>
      <OpenedLink />
      <Places />
    </WalletContext.Provider>
  );
}

function OpenedLink() {
  useOpenedLink();
  return null;
}

/** The phone as it is, whatever tab changed it. */
function useView(phone: Phone): Phone['view'] {
  const [view, setView] = useState(() => phone.view);
  useEffect(() => {
    const tabs = otherTabs();
    let isHearing = false;
    const stopSubscribing = phone.subscribe(() => {
      setView(phone.view);
      // What was heard from another tab is not told again.
      if (!isHearing) tabs.tell();
    });
    const stopListening = tabs.listen(async () => {
      isHearing = true;
      await phone.refresh();
      isHearing = false;
    });
    // Written between the first look and now.
    setView(phone.view);
    return () => {
      stopSubscribing();
      stopListening();
      tabs.close();
    };
  }, [phone]);
  return view;
}
