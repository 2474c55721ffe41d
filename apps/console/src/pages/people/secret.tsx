/** A link or a code, which is shown once: it stays until whoever has it says so. */
import { useState } from 'react';
import { useForms } from '../../words/forms.tsx';
import { useSay } from '../../words/language.tsx';
import { WORDS } from './words.ts';

export interface Secret {
  readonly title: string;
  readonly text: string;
  /** Until when it is good; null where that is not said. */
  readonly until: number | null;
}

export function ShownOnce({ secret, hide }: { readonly secret: Secret; readonly hide: () => void }) {
  const say = useSay(WORDS);
  const forms = useForms();
  const [isCopied, setCopied] = useState(false);
  return (
    <section className="card" role="status">
      <p>{secret.title}</p>
      <pre className="secret">{secret.text}</pre>
      {secret.until !== null && <p className="hint">{say('shownOnce', { until: forms.momentText(secret.until) })}</p>}
      <div className="buttons">
        <button
          type="button"
          className="main"
          onClick={() => void navigator.clipboard.writeText(secret.text).then(() => setCopied(true))}
        >
          {isCopied ? say('copied') : say('copy')}
        </button>
        <button type="button" onClick={hide}>
          {say('hide')}
        </button>
      </div>
    </section>
  );
}
