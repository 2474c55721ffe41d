/** Whoever holds the phone says that it is them: by passkey where they have chosen it, else by PIN. */
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { checkPasskey } from '../confirm/passkey.ts';
import { checkPin, PIN_FORM } from '../confirm/pin.ts';
import { hasRoom } from '../edges/room.ts';
import type { Wanted } from '../place.ts';
import { useRefused } from '../refused.ts';
import { useMoney, useWallet } from '../wallet.tsx';
import { useSay } from '../words/language.tsx';
import { partWords } from './words.ts';

export interface ConfirmProps {
  /** On the button. */
  readonly action: ComponentChildren;
  /** Where to begin anew when it was refused; null: at the beginning. */
  readonly wanted?: Wanted;
  /** Done once; while it runs the button rests. */
  onConfirmed(): Promise<void>;
}

export function Confirm({ action, wanted, onConfirmed }: ConfirmProps) {
  const say = useSay(partWords);
  const { moment } = useMoney();
  const { database, settings } = useWallet();
  const refused = useRefused();
  const [byPin, setByPin] = useState(settings.confirming === 'pin');
  const [pin, setPin] = useState('');
  const [fault, setFault] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const isHolder = async (): Promise<boolean> => {
    if (!byPin) {
      const isVerified = await checkPasskey(database);
      if (!isVerified) setFault(say('passkeyRefused'));
      setByPin(!isVerified);
      return isVerified;
    }
    // Half a PIN is no try.
    if (!PIN_FORM.test(pin)) {
      setFault(say('pinForm'));
      return false;
    }
    const answer = await checkPin(database, pin, Date.now());
    setPin('');
    if (answer.outcome === 'wrong') setFault(say('pinWrong', { left: answer.left }));
    if (answer.outcome === 'paused') setFault(say('pinPaused', { until: moment(answer.until) }));
    return answer.outcome === 'right';
  };
  const submit = async (event: Event) => {
    event.preventDefault();
    if (isBusy) return;
    setBusy(true);
    setFault(null);
    try {
      // Before the payment, not in the middle of it: a phone that is full has paid nothing. And wrong PINs could not be counted.
      if (!(await hasRoom(database))) refused('store-full', wanted ?? null);
      else if (await isHolder()) await onConfirmed();
    } finally {
      setBusy(false);
    }
  };
  return (
    <form class="confirm" onSubmit={(event) => void submit(event)} noValidate>
      {byPin && (
        <label>
          {say('pin')}
          <input
            type="password"
            inputMode="numeric"
            autocomplete="off"
            maxLength={8}
            value={pin}
            onInput={({ currentTarget }) => setPin(currentTarget.value)}
          />
        </label>
      )}
      <p class="fault" role="alert">
        {fault}
      </p>
      <button type="submit" class="main" aria-disabled={isBusy}>
        {action}
      </button>
    </form>
  );
}
