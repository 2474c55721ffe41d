/** What the holder chooses, and what this phone is. */
import { openCertificate } from '@retap/protocol';
import { useEffect, useState } from 'preact/hooks';
import { canPasskey, hasPasskey, makePasskey } from '../confirm/passkey.ts';
import { setPin } from '../confirm/pin.ts';
import { askToPersist, isPersistent } from '../edges/room.ts';
import { saveFile } from '../edges/save-file.ts';
import { Confirm } from '../parts/confirm.tsx';
import { Screen } from '../parts/screen.tsx';
import { CONFIRMING, type Confirming } from '../settings.ts';
import { useMoney, useWallet } from '../wallet.tsx';
import { LANGUAGES } from '../words/catalogue.ts';
import { useLanguage, useSay } from '../words/language.tsx';
import { NewPin } from './register.tsx';
import { settingsWords } from './settings-words.ts';

const LANGUAGE_NAMES = { en: 'English', sl: 'Slovenščina' } as const;

export function Settings() {
  const say = useSay(settingsWords);
  const { way, settings, choose } = useWallet();
  const { language, choose: chooseLanguage } = useLanguage();
  return (
    <Screen title={say('title')} onBack={way.back}>
      <fieldset class="choice">
        <legend>{say('language')}</legend>
        {LANGUAGES.map((each) => (
          <label key={each} lang={each}>
            <input type="radio" name="language" checked={each === language} onChange={() => chooseLanguage(each)} />
            {LANGUAGE_NAMES[each]}
          </label>
        ))}
      </fieldset>
      <Confirmed />
      {(['sound', 'contrast'] as const).map((name) => {
        const key = name === 'sound' ? 'sound' : 'highContrast';
        return (
          <label key={name} class="tick">
            <input
              type="checkbox"
              checked={settings[key]}
              onChange={({ currentTarget }) => choose({ [key]: currentTarget.checked })}
            />
            {say(name)}
          </label>
        );
      })}
      <Storage />
      <LastResort />
      <About />
    </Screen>
  );
}

function Confirmed() {
  const say = useSay(settingsWords);
  const { database, view, settings, choose } = useWallet();
  const [isMissing, setMissing] = useState(false);
  const [step, setStep] = useState<'none' | 'old' | 'new' | 'changed'>('none');
  const confirmBy = async (confirming: Confirming) => {
    if (confirming === 'pin') return choose({ confirming });
    const isThere =
      (await canPasskey()) && ((await hasPasskey(database)) || (await makePasskey(database, view.document.name)));
    setMissing(!isThere);
    if (isThere) choose({ confirming });
  };
  return (
    <>
      <fieldset class="choice">
        <legend>{say('confirming')}</legend>
        {CONFIRMING.map((each) => (
          <label key={each}>
            <input
              type="radio"
              name="confirming"
              checked={settings.confirming === each}
              onChange={() => void confirmBy(each)}
            />
            {say(each)}
          </label>
        ))}
        {isMissing && (
          <p class="fault" role="alert">
            {say('noPasskey')}
          </p>
        )}
      </fieldset>
      {(step === 'none' || step === 'changed') && (
        <button type="button" onClick={() => setStep('old')}>
          {say('newPin')}
        </button>
      )}
      <p role="status">{step === 'changed' && say('changed')}</p>
      {step === 'old' && <Confirm action={say('oldPin')} onConfirmed={async () => setStep('new')} />}
      {step === 'new' && (
        <NewPin
          action={say('change')}
          onPin={async (pin) => {
            await setPin(database, pin);
            setStep('changed');
          }}
        />
      )}
    </>
  );
}

function Storage() {
  const say = useSay(settingsWords);
  const [isKept, setKept] = useState<boolean | null>(null);
  useEffect(() => void isPersistent().then(setKept), []);
  return (
    <section>
      <h2>{say('storage')}</h2>
      <p role="status">{isKept !== null && say(isKept ? 'persistent' : 'notPersistent')}</p>
      {isKept === false && (
        <button type="button" onClick={() => void askToPersist().then(setKept)}>
          {say('persist')}
        </button>
      )}
    </section>
  );
}

function LastResort() {
  const say = useSay(settingsWords);
  const { phone, view } = useWallet();
  const save = async () => {
    const { terminal, lastSerial } = view.document;
    saveFile(`retap-${terminal}-${lastSerial}.batches`, await phone.exportUnsent());
  };
  return (
    <section>
      <h2>{say('exportTitle')}</h2>
      <p>{view.unsent === 0 ? say('exportNothing') : say('exportLead', { count: view.unsent })}</p>
      {view.unsent > 0 && (
        <button type="button" onClick={() => void save()}>
          {say('export')}
        </button>
      )}
    </section>
  );
}

function About() {
  const say = useSay(settingsWords);
  const { money, number, moment } = useMoney();
  const { document } = useWallet().view;
  const { limits, expiresAt } = openCertificate(document.certificate).certificate;
  const { paymentMax, offlineMax, offlineCount, balanceMax } = limits;
  const amounts = { payment: money(paymentMax), offline: money(offlineMax), balance: money(balanceMax) };
  return (
    <section>
      <h2>{say('about')}</h2>
      <dl>
        <dt>{say('name')}</dt>
        <dd>{document.name}</dd>
        <dt>{say('number')}</dt>
        <dd class="digits">{document.terminal}</dd>
        <dt>{say('limits')}</dt>
        <dd>{say('limitsText', { ...amounts, count: number(offlineCount) })}</dd>
        <dt>{say('until')}</dt>
        <dd>{moment(expiresAt)}</dd>
      </dl>
      <p class="hint">{say('terms')}</p>
    </section>
  );
}
