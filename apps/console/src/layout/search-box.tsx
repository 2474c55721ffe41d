/** The search over everything: a number, a record, an amount, a day, or conditions; arrows choose, Enter goes there. */
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, type KeyboardEvent, useDeferredValue, useEffect, useRef, useState } from 'react';
import { ask, questionOf } from '../ask.ts';
import { useSay } from '../words/language.tsx';
import { type Hit, useHitText, wayTo } from './hits.ts';
import { WORDS } from './words.ts';

export function SearchBox() {
  const say = useSay(WORDS);
  const navigate = useNavigate();
  const [text, setText] = useState('');
  const [isOpen, setOpen] = useState(false);
  const [chosen, setChosen] = useState(-1);
  const field = useRef<HTMLInputElement>(null);
  const asked = useDeferredValue(text.trim());
  const { data } = useQuery({
    queryKey: ['search', asked],
    queryFn: ({ signal }) => ask<{ hits: Hit[] }>(`search${questionOf({ q: asked })}`, signal),
    enabled: asked !== '',
    placeholderData: (before) => before,
  });
  const hitText = useHitText();
  const hits = asked === '' ? [] : (data?.hits ?? []);
  const isShown = isOpen && text.trim() !== '' && hits.length > 0;
  useEffect(() => {
    if (asked !== '') setChosen(-1);
  }, [asked]);
  const go = (way: string) => {
    setOpen(false);
    setText('');
    field.current?.blur();
    const url = new URL(way, 'http://here');
    void navigate({ to: url.pathname, search: Object.fromEntries(url.searchParams) as never });
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const hit = hits[chosen];
    if (text.trim() !== '') go(hit ? wayTo(hit) : `/search?q=${encodeURIComponent(text.trim())}`);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && hits.length > 0) {
      event.preventDefault();
      setOpen(true);
      setChosen((before) => (before + step + hits.length + (before < 0 && step < 0 ? 1 : 0)) % hits.length);
    } else if (event.key === 'Escape') {
      setOpen(false);
      if (!isShown) field.current?.blur();
    }
  };
  return (
    <search className="search">
      <form onSubmit={submit} autoComplete="off">
        <input
          ref={field}
          id="search"
          type="text"
          role="combobox"
          aria-label={say('search')}
          aria-expanded={isShown}
          aria-controls="search-list"
          aria-autocomplete="list"
          aria-describedby="search-hint"
          aria-activedescendant={isShown && chosen >= 0 ? `hit-${chosen}` : undefined}
          placeholder={`${say('search')} ( / )`}
          spellCheck={false}
          maxLength={200}
          value={text}
          onChange={({ target }) => {
            setText(target.value);
            setOpen(true);
          }}
          onKeyDown={onKeyDown}
          onFocus={() => setOpen(true)}
          onBlur={() => setOpen(false)}
        />
        <p id="search-hint" className="search-hint">
          {say('searchHint')}
        </p>
        <div id="search-list" role="listbox" aria-label={say('suggestions')} hidden={!isShown}>
          {hits.map((hit, index) => (
            // biome-ignore lint/a11y/useFocusableInteractive: the focus stays in the field, which names the chosen one (ARIA combobox)
            // biome-ignore lint/a11y/useKeyWithClickEvents: arrows and Enter are heard by the field
            <div
              key={wayTo(hit)}
              id={`hit-${index}`}
              role="option"
              aria-selected={index === chosen}
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => go(wayTo(hit))}
            >
              {hitText(hit)}
            </div>
          ))}
        </div>
        <span className="spoken" role="status">
          {asked !== '' && data ? say('hits', { count: hits.length }) : ''}
        </span>
      </form>
    </search>
  );
}
