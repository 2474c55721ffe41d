/** A place that is none any more, as after a wallet was deleted and made anew. */
import { Screen } from '../parts/screen.tsx';
import { useWallet } from '../wallet.tsx';
import { catalogue } from '../words/catalogue.ts';
import { useSay } from '../words/language.tsx';

const words = catalogue({
  en: { title: 'Nothing to show here', home: 'To the wallet' },
  sl: { title: 'Tu ni ničesar', home: 'V denarnico' },
});

export function Gone() {
  const say = useSay(words);
  const { way } = useWallet();
  return (
    <Screen title={say('title')}>
      <button type="button" class="main" onClick={() => way.go({ at: 'home' }, 'instead')}>
        {say('home')}
      </button>
    </Screen>
  );
}
