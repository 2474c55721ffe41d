/** What there is, and the two things that one does with it: pay, and get paid. */
import { useState } from 'preact/hooks';
import { Navigation } from '../parts/navigation.tsx';
import { Screen } from '../parts/screen.tsx';
import { useMoney, useWallet } from '../wallet.tsx';
import { useSay } from '../words/language.tsx';
import { GetPaid } from './get-paid.tsx';
import { homeWords } from './home-words.ts';

const FACES = ['pay', 'getPaid'] as const;
type Face = (typeof FACES)[number];
const STORED = 'retap-wallet-face';
const MINUTE_MS = 60_000;

export function Home() {
  const say = useSay(homeWords);
  const { view } = useWallet();
  const [face, setFace] = useState<Face>(() => {
    const kept = FACES.find((each) => each === sessionStorage.getItem(STORED));
    return kept ?? (view.document.kind === 'merchant' ? 'getPaid' : 'pay');
  });
  const turn = (next: Face) => {
    sessionStorage.setItem(STORED, next);
    setFace(next);
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
    const next = face === 'pay' ? 'getPaid' : 'pay';
    turn(next);
    (event.currentTarget as HTMLElement).querySelectorAll('button')[FACES.indexOf(next)]?.focus();
  };
  return (
    <>
      <Screen title={say('wallet')}>
        <Balance isSmall={face === 'getPaid'} />
        {/* biome-ignore lint/a11y/useSemanticElements: a fieldset has no legend that would fit between two buttons */}
        <div class="segments" role="group" aria-label={say('face')} onKeyDown={onKey}>
          {FACES.map((each) => (
            <button type="button" key={each} aria-pressed={each === face} onClick={() => turn(each)}>
              {say(each)}
            </button>
          ))}
        </div>
        {face === 'pay' ? <Pay /> : <GetPaid />}
        <Reported />
      </Screen>
      <Navigation at="home" />
    </>
  );
}

/** @param isSmall where the keys need the room */
function Balance({ isSmall }: { readonly isSmall: boolean }) {
  const say = useSay(homeWords);
  const { money, moment } = useMoney();
  const { document, allowance } = useWallet().view;
  const { balance } = document.account;
  const spendable = Math.min(allowance.offline, balance);
  const isExpired = allowance.until <= Date.now();
  const minutesWrong = Math.round(Math.abs(document.clockOffset ?? 0) / MINUTE_MS);
  return (
    <section class={isSmall ? 'balance small' : 'balance'} aria-label={say('balance')}>
      <p class="what">{document.name}</p>
      <p class="sum">{money(balance)}</p>
      {isExpired && <p class="fault">{say('expired')}</p>}
      {minutesWrong > 0 && <p class="fault">{say('clock', { minutes: minutesWrong })}</p>}
      {!isExpired && !isSmall && balance > 0 && (
        <p class="hint">
          {spendable > 0 && allowance.count > 0
            ? say('spendable', { amount: money(spendable), until: moment(allowance.until) })
            : say('spendableNothing')}
        </p>
      )}
    </section>
  );
}

function Pay() {
  const say = useSay(homeWords);
  const { way } = useWallet();
  return (
    <section class="face">
      <p class="hint">{say('payHint')}</p>
      <button type="button" class="main" onClick={() => way.go({ at: 'scan', wanted: 'request' })}>
        {say('scanRequest')}
      </button>
      <button type="button" onClick={() => way.go({ at: 'scan', wanted: 'request', paste: true })}>
        {say('paste')}
      </button>
    </section>
  );
}

/** What the centre has, in one line that leads to more. */
function Reported() {
  const say = useSay(homeWords);
  const { moment } = useMoney();
  const { view, way, syncState } = useWallet();
  const { heardAt } = view.document;
  const heard = heardAt === null ? say('never') : say('heard', { when: moment(heardAt) });
  return (
    <button type="button" class="reported" onClick={() => way.go({ at: 'online' })}>
      <span role="status">
        {syncState.is === 'running'
          ? say('syncing')
          : view.unsent > 0
            ? say('unsent', { count: view.unsent })
            : say('allSent')}
      </span>
      <small>{heard}</small>
    </button>
  );
}
