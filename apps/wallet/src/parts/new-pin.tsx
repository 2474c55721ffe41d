/** A PIN is chosen: typed twice, for nobody sees it. */
import { useState } from 'preact/hooks';
import { PIN_FORM } from '../confirm/pin.ts';
import { useSay } from '../words/language.tsx';
import { partWords } from './words.ts';

export function NewPin({ onPin, action }: { onPin(pin: string): Promise<void>; readonly action: string }) {
  const say = useSay(partWords);
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
