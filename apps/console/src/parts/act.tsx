/** Something that is to be done: a button, and a dialog that asks why. */
import { type FormEvent, type ReactNode, useId, useRef, useState } from 'react';
import { useSay } from '../words/language.tsx';
import { useFaultText } from './states.tsx';
import { WORDS } from './words.ts';

export interface ActProps {
  /** On the button, and over the dialog. */
  readonly name: string;
  /** What it does, and what it does not. */
  readonly lead?: ReactNode;
  /** `may`: may be left empty; `none`: is not asked. Default: must be given. */
  readonly reason?: 'must' | 'may' | 'none';
  /** More to be asked; their names and values come in `given`. */
  readonly children?: ReactNode;
  /** @throws Refusal @returns what is then said; null: the dialog only closes */
  readonly act: (given: { readonly why: string; readonly form: FormData }) => Promise<ReactNode>;
  readonly isGrave?: boolean;
  readonly isMain?: boolean;
}

export function Act({ name, lead, reason = 'must', children, act, isGrave = false, isMain = false }: ActProps) {
  const say = useSay(WORDS);
  const faultText = useFaultText();
  const dialog = useRef<HTMLDialogElement>(null);
  const [fault, setFault] = useState<ReactNode>(null);
  const [result, setResult] = useState<ReactNode>(null);
  const [isActing, setActing] = useState(false);
  const id = useId();
  const open = () => {
    setFault(null);
    setResult(null);
    dialog.current?.showModal();
  };
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const why = String(form.get('why') ?? '').trim();
    if (reason === 'must' && why === '') return setFault(say('whyMissing'));
    const target = event.currentTarget;
    setActing(true);
    setFault(null);
    try {
      setResult(await act({ why, form }));
      target.reset();
      dialog.current?.close();
    } catch (error) {
      setFault(faultText(error));
    } finally {
      setActing(false);
    }
  };
  return (
    <>
      <button type="button" className={isGrave ? 'grave' : isMain ? 'main' : ''} onClick={open}>
        {name}
      </button>
      <span role="status" className="result">
        {result}
      </span>
      <dialog ref={dialog} aria-labelledby={`${id}-title`}>
        <form onSubmit={(event) => void submit(event)} noValidate>
          <h2 id={`${id}-title`}>{name}</h2>
          {lead && <div className="quiet">{lead}</div>}
          {children}
          {reason !== 'none' && (
            <>
              <label htmlFor={`${id}-why`}>{say('why')}</label>
              <textarea
                id={`${id}-why`}
                name="why"
                maxLength={500}
                aria-describedby={`${id}-hint`}
                aria-invalid={fault !== null}
              />
              <p id={`${id}-hint`} className="hint">
                {say('whyHint')}
              </p>
            </>
          )}
          <p role="alert" className="wrong-text">
            {fault}
          </p>
          <div className="buttons">
            <button type="submit" className={isGrave ? 'grave' : 'main'} disabled={isActing}>
              {isActing ? say('loading') : name}
            </button>
            <button type="button" onClick={() => dialog.current?.close()}>
              {say('cancel')}
            </button>
          </div>
        </form>
      </dialog>
    </>
  );
}
