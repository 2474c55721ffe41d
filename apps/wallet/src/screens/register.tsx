/** First run: who one is, a PIN, a recovery code on paper, and a number from the centre. */
import type { Phone } from '@retap/phone';
import { isShowable, NAME_LENGTH_MAX, type PhoneKind } from '@retap/protocol';
import { useState } from 'preact/hooks';
import { PIN_FORM, setPin } from '../confirm/pin.ts';
import { recoveryCode, recoveryCodeIn } from '../confirm/recovery-code.ts';
import type { WalletDatabase } from '../edges/database.ts';
import { randomBytes } from '../edges/key.ts';
import { askToPersist } from '../edges/room.ts';
import { Screen } from '../parts/screen.tsx';
import type { Registering } from '../registering.ts';
import { useSay } from '../words/language.tsx';
import { registerWords } from './register-words.ts';

export interface Answers {
  readonly name: string;
  readonly kind: PhoneKind;
  readonly code: string;
}

type Step = 'who' | 'pin' | 'recovery' | 'ask';

export interface RegisterProps {
  readonly database: WalletDatabase;
  readonly register: Registering;
  onRegistered(phone: Phone): void;
}

export function Register({ database, register, onRegistered }: RegisterProps) {
  const [step, setStep] = useState<Step>('who');
  const [answers, setAnswers] = useState<Answers>({ name: '', kind: 'person', code: '' });
  const [recovery] = useState(() => recoveryCode(randomBytes(16)));
  const onWho = (given: Answers) => {
    setAnswers(given);
    setStep('pin');
  };
  const onPin = async (pin: string) => {
    await setPin(database, pin);
    setStep('recovery');
  };
  switch (step) {
    case 'who':
      return <Who given={answers} onWho={onWho} />;
    case 'pin':
      return <Pin onPin={onPin} onBack={() => setStep('who')} />;
    case 'recovery':
      return <Recovery code={recovery} onWritten={() => setStep('ask')} onBack={() => setStep('pin')} />;
    case 'ask':
      return (
        <Ask
          code={recovery}
          create={() => register({ ...answers, recovery })}
          onRegistered={onRegistered}
          onBack={() => setStep('recovery')}
        />
      );
  }
}

function Who({ given, onWho }: { readonly given: Answers; onWho(answers: Answers): void }) {
  const say = useSay(registerWords);
  const [answers, setAnswers] = useState(given);
  const [isFaulty, setFaulty] = useState(false);
  const submit = (event: Event) => {
    event.preventDefault();
    const name = answers.name.trim();
    const isName = name !== '' && isShowable(name, NAME_LENGTH_MAX);
    setFaulty(!isName);
    if (isName) onWho({ ...answers, name, code: answers.code.trim() });
  };
  return (
    <Screen title={say('welcome')}>
      <p class="lead">{say('lead')}</p>
      <form onSubmit={submit} noValidate>
        <label>
          {say('name')}
          <input
            autocomplete="nickname"
            value={answers.name}
            onInput={({ currentTarget }) => setAnswers({ ...answers, name: currentTarget.value })}
            aria-invalid={isFaulty}
            aria-describedby="name-hint"
          />
        </label>
        <p id="name-hint" class={isFaulty ? 'fault' : 'hint'} role={isFaulty ? 'alert' : undefined}>
          {say(isFaulty ? 'nameFault' : 'nameHint')}
        </p>
        <fieldset class="choice">
          <legend>{say('kind')}</legend>
          {(['person', 'merchant'] as const).map((kind) => (
            <label key={kind}>
              <input
                type="radio"
                name="kind"
                checked={answers.kind === kind}
                onChange={() => setAnswers({ ...answers, kind })}
              />
              {say(kind)}
            </label>
          ))}
        </fieldset>
        <label>
          {say('code')}
          <input
            autocomplete="off"
            autocapitalize="characters"
            maxLength={64}
            value={answers.code}
            onInput={({ currentTarget }) => setAnswers({ ...answers, code: currentTarget.value })}
            aria-describedby="code-hint"
          />
        </label>
        <p id="code-hint" class="hint">
          {say('codeHint')}
        </p>
        <button type="submit" class="main">
          {say('next')}
        </button>
      </form>
    </Screen>
  );
}

function Pin({ onPin, onBack }: { onPin(pin: string): Promise<void>; onBack(): void }) {
  const say = useSay(registerWords);
  return (
    <Screen title={say('pinTitle')} onBack={onBack}>
      <p class="lead">{say('pinLead')}</p>
      <NewPin onPin={onPin} action={say('next')} />
    </Screen>
  );
}

/** A PIN, twice. */
export function NewPin({ onPin, action }: { onPin(pin: string): Promise<void>; readonly action: string }) {
  const say = useSay(registerWords);
  const [pin, setPinText] = useState('');
  const [again, setAgain] = useState('');
  const [fault, setFault] = useState<'pinFault' | 'pinDiffers' | null>(null);
  const submit = async (event: Event) => {
    event.preventDefault();
    const found = PIN_FORM.test(pin) ? (pin === again ? null : 'pinDiffers') : 'pinFault';
    setFault(found);
    if (found === null) await onPin(pin);
  };
  const field = { type: 'password', inputMode: 'numeric', autocomplete: 'off', maxLength: 8 } as const;
  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <label>
        {say('pin')}
        <input {...field} value={pin} onInput={({ currentTarget }) => setPinText(currentTarget.value)} />
      </label>
      <label>
        {say('pinAgain')}
        <input {...field} value={again} onInput={({ currentTarget }) => setAgain(currentTarget.value)} />
      </label>
      <p class="fault" role="alert">
        {fault && say(fault)}
      </p>
      <button type="submit" class="main">
        {action}
      </button>
    </form>
  );
}

interface RecoveryProps {
  readonly code: string;
  onWritten(): void;
  onBack(): void;
}

function Recovery({ code, onWritten, onBack }: RecoveryProps) {
  const say = useSay(registerWords);
  return (
    <Screen title={say('recoveryTitle')} onBack={onBack}>
      <p class="lead">{say('recoveryLead')}</p>
      <p>
        <code class="recovery">{code}</code>
      </p>
      <button type="button" class="main" onClick={onWritten}>
        {say('written')}
      </button>
    </Screen>
  );
}

interface AskProps {
  readonly code: string;
  create: () => ReturnType<Registering>;
  onRegistered(phone: Phone): void;
  onBack(): void;
}

function Ask({ code, create, onRegistered, onBack }: AskProps) {
  const say = useSay(registerWords);
  const [text, setText] = useState('');
  const [fault, setFault] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const submit = async (event: Event) => {
    event.preventDefault();
    if (isBusy) return;
    if (recoveryCodeIn(text) !== code) {
      setFault(say('recoveryFault'));
      return;
    }
    setFault(null);
    setBusy(true);
    const answer = await create();
    setBusy(false);
    if (answer.outcome === 'registered') {
      void askToPersist();
      onRegistered(answer.phone);
    } else {
      setFault(answer.outcome === 'refused' ? say('refused', { message: answer.message }) : say(answer.outcome));
    }
  };
  return (
    <Screen title={say('askTitle')} onBack={onBack}>
      <p class="lead">{say('askLead')}</p>
      <form onSubmit={(event) => void submit(event)}>
        <label>
          {say('recovery')}
          <input
            class="code"
            autocomplete="off"
            autocapitalize="characters"
            spellcheck={false}
            value={text}
            onInput={({ currentTarget }) => setText(currentTarget.value)}
          />
        </label>
        <p class="fault" role="alert">
          {fault}
        </p>
        <button type="submit" class="main" aria-disabled={isBusy}>
          {say(isBusy ? 'creating' : 'create')}
        </button>
        <button type="button" onClick={onBack}>
          {say('seeAgain')}
        </button>
      </form>
    </Screen>
  );
}

export function TooOld() {
  const say = useSay(registerWords);
  return (
    <Screen title={say('noKeys')} tone="no">
      <p class="lead">{say('noKeysLead')}</p>
    </Screen>
  );
}
