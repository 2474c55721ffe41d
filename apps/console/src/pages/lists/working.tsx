/** What the next version of a list would say, and changing it. */
import { useSay } from '../../words/language.tsx';
import { ActionList } from './action-list.tsx';
import { DenyList } from './deny-list.tsx';
import { LimitList } from './limit-list.tsx';
import { TariffList } from './tariff-list.tsx';
import type { ActionState, Limits, Tariff, WorkingList } from './types.ts';
import { WORDS } from './words.ts';

export function Working({ list: { kind, entries } }: { readonly list: WorkingList }) {
  const say = useSay(WORDS);
  return (
    <section className="card" aria-labelledby="list-working">
      <h3 id="list-working">{say('working')}</h3>
      <p className="quiet">{say('workingLead')}</p>
      {kind === 'deny' && <DenyList media={entries as readonly string[]} />}
      {kind === 'actions' && <ActionList actions={entries as readonly ActionState[]} />}
      {kind === 'limits' && <LimitList limits={entries as Limits} />}
      {kind === 'tariff' && <TariffList tariffs={entries as readonly Tariff[]} />}
    </section>
  );
}
