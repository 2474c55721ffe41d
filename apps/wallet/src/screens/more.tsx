/** What is not needed at each payment. */
import { Navigation } from '../parts/navigation.tsx';
import { Screen } from '../parts/screen.tsx';
import type { Place } from '../place.ts';
import { useWallet } from '../wallet.tsx';
import { useSay } from '../words/language.tsx';
import { moreWords } from './more-words.ts';

export function More() {
  const say = useSay(moreWords);
  const { view, way } = useWallet();
  const isMerchant = view.document.kind === 'merchant';
  const places: readonly (readonly [keyof (typeof moreWords)['en'], Place])[] = [
    ['topUp', { at: 'top-up' }],
    ['cashOut', { at: 'cash-out' }],
    ['online', { at: 'online' }],
    ['checkTicket', { at: 'scan', wanted: 'ticket' }],
    ...(isMerchant ? [['offers', { at: 'offers' }] as const] : []),
    ['lost', { at: 'lost' }],
    ['settings', { at: 'settings' }],
  ];
  return (
    <>
      <Screen title={say('more')}>
        <ul class="places">
          {places.map(([name, place]) => (
            <li key={name}>
              <button type="button" onClick={() => way.go(place)}>
                {say(name)} <span aria-hidden="true">›</span>
              </button>
            </li>
          ))}
        </ul>
      </Screen>
      <Navigation at="more" />
    </>
  );
}
