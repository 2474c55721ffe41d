/** The way between the four places where one begins. */
import { useWallet } from '../wallet.tsx';
import { catalogue } from '../words/catalogue.ts';
import { useSay } from '../words/language.tsx';

const words = catalogue({
  en: { places: 'Places', home: 'Wallet', history: 'History', tickets: 'Tickets', more: 'More' },
  sl: { places: 'Mesta', home: 'Denarnica', history: 'Zgodovina', tickets: 'Vozovnice', more: 'Več' },
});

const PLACES = ['home', 'history', 'tickets', 'more'] as const;
type Begin = (typeof PLACES)[number];

/** Drawn by strokes, as the rest of the screen is. */
const PICTURES: Readonly<Record<Begin, string>> = {
  home: 'M4 7h15a1 1 0 0 1 1 1v11H5a1 1 0 0 1-1-1V7zm0 0 11-3v3m1 6h2',
  history: 'M12 7v5l3 2M4 12a8 8 0 1 0 2.5-5.8L4 8.500M4 4v4.500h4.500',
  tickets: 'M4 7h16v3.500a1.500 1.500 0 0 0 0 3V17H4v-3.500a1.500 1.500 0 0 0 0-3V7zm10 0v10',
  more: 'M5 7h14M5 12h14M5 17h14',
};

export function Navigation({ at }: { readonly at: Begin }) {
  const say = useSay(words);
  const { way } = useWallet();
  return (
    <nav aria-label={say('places')}>
      {PLACES.map((place) => (
        <button
          type="button"
          key={place}
          aria-current={place === at ? 'page' : undefined}
          onClick={() => place !== at && way.go({ at: place })}
        >
          <svg viewBox="0 0 24 24" aria-hidden="true">
            <path d={PICTURES[place]} />
          </svg>
          {say(place)}
        </button>
      ))}
    </nav>
  );
}
