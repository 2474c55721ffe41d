/** Yes or no: large, in colour, in words, and with what is to be done next. */
import type { PhoneRefusal } from '@retap/phone';
import { Name } from '../parts/name.tsx';
import { Screen } from '../parts/screen.tsx';
import type { Wanted } from '../place.ts';
import { useMoney, useWallet } from '../wallet.tsx';
import { useLanguage, useSay } from '../words/language.tsx';
import { Gone } from './gone.tsx';
import { REFUSAL_WORDS } from './refusal-words.ts';
import { takeWords } from './take-words.ts';

export function Yes({ id, isNew }: { readonly id: string; readonly isNew: boolean }) {
  const say = useSay(takeWords);
  const { money, moment } = useMoney();
  const { view, way } = useWallet();
  const item = view.items.find((each) => each.id === id);
  if (!item?.other) return <Gone />;
  const name = <Name>{item.other.name}</Name>;
  return (
    <Screen title={say(isNew ? 'yes' : 'yesAlready', { amount: money(item.amount) })} tone="yes">
      <Mark path="M14 34 28 48 52 18" />
      <p class="lead">{say.parts(item.kind === 'refund' ? 'refundFrom' : 'from', { name })}</p>
      {item.note !== '' && (
        <p>
          <Name>{item.note}</Name>
        </p>
      )}
      {!isNew && <p>{say('yesAlreadyLead', { time: moment(item.time) })}</p>}
      <button type="button" onClick={() => way.go({ at: 'show', id })}>
        {say('receiptButton')}
      </button>
      <button type="button" class="main" onClick={() => way.go({ at: 'home' }, 'instead')}>
        {say('done')}
      </button>
    </Screen>
  );
}

export function No({ reason, wanted }: { readonly reason: PhoneRefusal; readonly wanted: Wanted | null }) {
  const say = useSay(takeWords);
  const { language } = useLanguage();
  const { way } = useWallet();
  const [what, advice] = REFUSAL_WORDS[language][reason];
  return (
    <Screen title={say('no')} tone="no">
      <Mark path="M16 16 50 50M50 16 16 50" />
      <p class="what" role="alert">
        {what}
      </p>
      <p class="lead">{advice}</p>
      {reason !== 'store-failed' && <p class="hint">{say(wanted === 'request' ? 'nothingPaid' : 'nothing')}</p>}
      {wanted !== null && (
        <button type="button" class="main" onClick={() => way.go({ at: 'scan', wanted }, 'instead')}>
          {say('again')}
        </button>
      )}
      <button type="button" class={wanted === null ? 'main' : ''} onClick={() => way.go({ at: 'home' }, 'instead')}>
        {say('home')}
      </button>
    </Screen>
  );
}

export function Mark({ path }: { readonly path: string }) {
  return (
    <svg class="mark" viewBox="0 0 66 66" aria-hidden="true">
      <path d={path} />
    </svg>
  );
}
