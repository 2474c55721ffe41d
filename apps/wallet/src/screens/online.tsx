/** The centre: when it was heard, what waits, what the talk with it costs, and when it is spoken to. */
import { costOf, type KeptWish } from '@retap/phone';
import { networkCost } from '../edges/network.ts';
import { Screen } from '../parts/screen.tsx';
import { SENDING } from '../settings.ts';
import { useMoney, useWallet } from '../wallet.tsx';
import { useSay } from '../words/language.tsx';
import { moreWords } from './more-words.ts';

export function Online() {
  const say = useSay(moreWords);
  const { money, moment, bytes, number } = useMoney();
  const { view, way, settings, choose, sync, syncState } = useWallet();
  const { heardAt, bytesSent, bytesReceived, mebibytePrice, wishes } = view.document;
  const traffic = { sent: bytes(bytesSent), received: bytes(bytesReceived) };
  const cost = money(costOf(bytesSent + bytesReceived, mebibytePrice));
  return (
    <Screen title={say('online')} onBack={way.back}>
      <dl>
        <dt>{say('heard')}</dt>
        <dd>{heardAt === null ? say('never') : moment(heardAt)}</dd>
        <dt>{say('unsent')}</dt>
        <dd>{number(view.unsent)}</dd>
        <dt>{say('traffic')}</dt>
        <dd>{mebibytePrice > 0 ? say('costs', { ...traffic, cost }) : say('cost', traffic)}</dd>
      </dl>
      <button type="button" class="main" aria-disabled={syncState.is === 'running'} onClick={() => void sync('hand')}>
        {say('syncNow')}
      </button>
      <Outcome />
      <div class="row">
        <button type="button" onClick={() => way.go({ at: 'top-up' })}>
          {say('topUp')}
        </button>
        <button type="button" onClick={() => way.go({ at: 'cash-out' })}>
          {say('cashOut')}
        </button>
      </div>
      {wishes.length > 0 && (
        <section>
          <h2>{say('wishes')}</h2>
          <ul class="wishes">
            {wishes.map((wish) => (
              <li key={wish.id}>
                <Wish wish={wish} />
              </li>
            ))}
          </ul>
        </section>
      )}
      <fieldset class="choice">
        <legend>{say('sending')}</legend>
        {SENDING.map((sending) => (
          <label key={sending}>
            <input
              type="radio"
              name="sending"
              checked={settings.sending === sending}
              onChange={() => choose({ sending })}
            />
            {say(sending)}
          </label>
        ))}
      </fieldset>
      <p class="hint">{say('network', { cost: networkCost() })}</p>
    </Screen>
  );
}

function Outcome() {
  const say = useSay(moreWords);
  const { view, syncState } = useWallet();
  const { standing } = view.document;
  const words = () => {
    if (syncState.is === 'running') return say('syncing');
    switch (syncState.last) {
      case null:
        return null;
      case 'done':
        return say('syncDone');
      case 'broken':
        return say('syncBroken');
      case 'unreached':
        return say('syncUnreached');
      case 'refused':
        return say('syncRefused', { standing: say(standing === 'lost' ? 'lostStanding' : standing) });
    }
  };
  return (
    <p role="status" class={syncState.last === 'refused' ? 'fault' : 'hint'}>
      {words()}
    </p>
  );
}

function Wish({ wish: { kind, amount, answer, isRefused } }: { readonly wish: KeptWish }) {
  const say = useSay(moreWords);
  const { money } = useMoney();
  const state = isRefused ? say('wishRefused', { code: answer }) : say(answer === '' ? 'wishSent' : 'wishWaits');
  return (
    <>
      {say('wish', { kind, amount: money(amount) })}: {state}
    </>
  );
}
