/** Keys that work everywhere, and the dialog that shows them. */
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { PAGES } from '../pages/pages.ts';
import { useMay } from '../session.tsx';
import { said, useLanguage, useSay } from '../words/language.tsx';
import { WORDS } from './words.ts';

/** After `g` the next key says where to; later it is a key like any other. */
const SECOND_KEY_MS = 1_500;

export function Keys() {
  const say = useSay(WORDS);
  const may = useMay();
  const { language, locale } = useLanguage();
  const navigate = useNavigate();
  const dialog = useRef<HTMLDialogElement>(null);
  const pages = PAGES.filter(({ key, access }) => key && may(access));
  const latest = useRef(pages);
  latest.current = pages;
  useEffect(() => {
    let goAt = Number.NEGATIVE_INFINITY;
    const hear = (event: KeyboardEvent) => {
      const isSearch = event.key === 'k' && (event.ctrlKey || event.metaKey);
      if (isSearch || (event.key === '/' && !isWriting(event))) {
        event.preventDefault();
        document.getElementById('search')?.focus();
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || isWriting(event)) return;
      const isSecond = performance.now() - goAt < SECOND_KEY_MS;
      goAt = Number.NEGATIVE_INFINITY;
      const page = isSecond ? latest.current.find(({ key }) => key === event.key) : undefined;
      if (page) void navigate({ to: page.path });
      else if (event.key === 'g') goAt = performance.now();
      else if (event.key === '?') dialog.current?.showModal();
    };
    addEventListener('keydown', hear);
    return () => removeEventListener('keydown', hear);
  }, [navigate]);
  return (
    <>
      <button type="button" aria-label={say('keys')} onClick={() => dialog.current?.showModal()}>
        ?
      </button>
      <dialog ref={dialog} aria-labelledby="keys-title">
        <h2 id="keys-title">{say('keys')}</h2>
        <p className="quiet">{say('keysLead')}</p>
        <dl className="keys">
          <Key keys={['/']} means={say('keySearch')} />
          <Key keys={['Ctrl', 'K']} means={say('keySearch')} />
          <Key keys={['?']} means={say('keyHelp')} />
          <Key keys={['Esc']} means={say('keyClose')} />
          {pages.map(({ key = '', path, words }) => (
            <Key key={path} keys={['g', key]} means={say('keyGo', { page: said(words[language], 'title', locale) })} />
          ))}
        </dl>
        <p className="quiet">{say('keyList')}</p>
        <form method="dialog">
          <button type="submit" className="main">
            {say('close')}
          </button>
        </form>
      </dialog>
    </>
  );
}

function Key({ keys, means }: { readonly keys: readonly string[]; readonly means: string }) {
  return (
    <div>
      <dt>
        {keys.map((key) => (
          <kbd key={key}>{key}</kbd>
        ))}
      </dt>
      <dd>{means}</dd>
    </div>
  );
}

function isWriting({ target }: KeyboardEvent): boolean {
  return target instanceof HTMLElement && target.closest('input, textarea, select, dialog[open]') !== null;
}
