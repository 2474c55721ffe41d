/** What an item was, and how far it is known: no more than this phone can know. */
import type { Item } from '@retap/phone';
import type { ComponentChildren } from 'preact';
import { Name } from '../parts/name.tsx';
import { useSay } from '../words/language.tsx';
import { historyWords } from './history-words.ts';

type Words = keyof (typeof historyWords)['en'];

export function ItemTitle({ item }: { readonly item: Item }) {
  const say = useSay(historyWords);
  return <>{say.parts(titleOf(item), { name: <Name>{item.other?.name ?? ''}</Name> })}</>;
}

export function ItemState({ item }: { readonly item: Item }): ComponentChildren {
  const say = useSay(historyWords);
  return <>{say.parts(stateOf(item), { name: <Name>{item.other?.name ?? ''}</Name> })}</>;
}

function titleOf({ kind, amount }: Item): Words {
  if (kind === 'payment') return amount < 0 ? 'paymentOut' : 'paymentIn';
  if (kind === 'refund') return amount < 0 ? 'refundOut' : 'refundIn';
  return kind;
}

const OUT: Readonly<Record<Item['state'], Words>> = {
  unreported: 'outUnreported',
  reported: 'outReported',
  taken: 'outTaken',
  reclaimable: 'outReclaimable',
  reclaimed: 'outReclaimed',
  disputed: 'outDisputed',
};

function stateOf({ state, amount, other }: Item): Words {
  if (other === null) return state === 'unreported' ? 'ownUnreported' : 'ownReported';
  if (amount < 0) return OUT[state];
  if (state === 'disputed') return 'outDisputed';
  return state === 'unreported' ? 'inUnreported' : 'inReported';
}
