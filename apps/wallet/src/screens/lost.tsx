/** Another phone of the owner is lost: its recovery code blocks it, and brings its balance here. */
import { amountOf } from '@retap/model';
import { useState } from 'preact/hooks';
import { recoveryCodeIn } from '../confirm/recovery-code.ts';
import { Confirm } from '../parts/confirm.tsx';
import { Screen } from '../parts/screen.tsx';
import { useRefused } from '../refused.ts';
import { useWallet } from '../wallet.tsx';
import { useSay } from '../words/language.tsx';
import { moreWords } from './more-words.ts';

export function Lost() {
  const say = useSay(moreWords);
  const { phone, way, sync } = useWallet();
  const refused = useRefused();
  const [text, setText] = useState('');
  const [isFaulty, setFaulty] = useState(false);
  const block = async () => {
    const code = recoveryCodeIn(text);
    setFaulty(code === null);
    if (code === null) return;
    const outcome = await phone.wish({ kind: 'move', amount: amountOf(0), serial: 0, code });
    if (outcome.outcome === 'refused') return refused(outcome.reason, null);
    way.go({ at: 'online' }, 'instead');
    await sync('hand');
  };
  return (
    <Screen title={say('lost')} onBack={way.back}>
      <p class="lead">{say('lostLead')}</p>
      <label>
        {say('recovery')}
        <input
          class="code"
          autocomplete="off"
          autocapitalize="characters"
          spellcheck={false}
          value={text}
          onInput={({ currentTarget }) => setText(currentTarget.value)}
          aria-invalid={isFaulty}
        />
      </label>
      {isFaulty && (
        <p class="fault" role="alert">
          {say('recoveryFault')}
        </p>
      )}
      <Confirm action={say('block')} onConfirmed={block} />
    </Screen>
  );
}
