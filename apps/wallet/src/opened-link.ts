/** A message that came by a link: it stands behind the # of the address, is taken from there once, and is then gone from it. */
import { messageBytesIn } from '@retap/protocol';
import { useEffect } from 'preact/hooks';
import { received } from './receiving.ts';
import { useArrival } from './screens/use-arrival.ts';
import { useWallet } from './wallet.tsx';

export function useOpenedLink(): void {
  const { phone } = useWallet();
  const arrive = useArrival();
  useEffect(() => {
    const open = () => {
      const message = messageInAddress();
      if (message) void received(phone, message, null).then((place) => arrive(place));
    };
    open();
    addEventListener('hashchange', open);
    return () => removeEventListener('hashchange', open);
  }, [phone, arrive]);
}

function messageInAddress(): Uint8Array | null {
  const { hash, pathname, search } = location;
  if (hash === '') return null;
  // Else it would be read again with each reload, and stand in bookmarks and in what is shared.
  history.replaceState(history.state, '', pathname + search);
  return messageBytesIn(hash);
}
