/** What was paid and received, newest first. */
import type { Item } from '@retap/phone';
import { useState } from 'preact/hooks';
import { Navigation } from '../parts/navigation.tsx';
import { Screen } from '../parts/screen.tsx';
import { useMoney, useWallet } from '../wallet.tsx';
import { catalogue } from '../words/catalogue.ts';
import { useSay } from '../words/language.tsx';
import { historyWords } from './history-words.ts';
import { ItemState, ItemTitle } from './state.tsx';

/** A cheap phone lays out so many lines at once. */
const PAGE = 50;
const words = catalogue({ en: { more: 'Show older ones' }, sl: { more: 'Pokaži starejše' } });

export function History() {
  const say = useSay(historyWords);
  const sayMore = useSay(words);
  const { items } = useWallet().view;
  const [count, setCount] = useState(PAGE);
  return (
    <>
      <Screen title={say('history')}>
        {items.length === 0 && <p class="lead">{say('empty')}</p>}
        <ul class="items">
          {items.slice(0, count).map((item) => (
            <li key={item.id}>
              <Line item={item} />
            </li>
          ))}
        </ul>
        {items.length > count && (
          <button type="button" onClick={() => setCount(count + PAGE)}>
            {sayMore('more')}
          </button>
        )}
      </Screen>
      <Navigation at="history" />
    </>
  );
}

function Line({ item }: { readonly item: Item }) {
  const { change, moment } = useMoney();
  const { way } = useWallet();
  return (
    <button type="button" class={`item is-${item.state}`} onClick={() => way.go({ at: 'item', id: item.id })}>
      <span class="title">
        <ItemTitle item={item} />
      </span>
      {item.amount !== 0 && <span class={item.amount < 0 ? 'out' : 'in'}>{change(item.amount)}</span>}
      <small>{moment(item.time)}</small>
      <small class="state">
        <ItemState item={item} />
      </small>
    </button>
  );
}
