/** The wallet of a phone that is registered: its places, and what happens by itself. */
import type { Phone } from '@retap/phone';
import { useCallback, useEffect, useState } from 'preact/hooks';
import type { WalletDatabase } from './edges/database.ts';
import { otherTabs } from './edges/lock.ts';
import { useOpenedLink } from './opened-link.ts';
import { useWay } from './place.ts';
import { Places } from './screens/places.tsx';
import { keepSettings, keptSettings, type Settings } from './settings.ts';
import { useSyncer } from './use-syncer.ts';
import { type Wallet, WalletContext } from './wallet.tsx';

export function App({ phone, database }: { readonly phone: Phone; readonly database: WalletDatabase }) {
  const way = useWay();
  const view = useView(phone);
  const [settings, setSettings] = useState(keptSettings);
  const { syncState, sync } = useSyncer(phone, way.place, settings.sending);
  useEffect(() => {
    const { highContrast } = settings;
    document.documentElement.dataset.contrast = highContrast ? 'high' : 'usual';
    keepSettings(settings);
  }, [settings]);
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
