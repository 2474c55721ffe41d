/** One screen: a heading that has the focus when it comes, a way back, and what there is to do. */
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { useSay } from '../words/language.tsx';
import { partWords } from './words.ts';

export interface ScreenProps {
  readonly title: ComponentChildren;
  /** Of the window; the heading where it is text. */
  readonly name?: string;
  readonly onBack?: (() => void) | undefined;
  readonly children?: ComponentChildren;
  readonly tone?: 'yes' | 'no' | undefined;
}

export function Screen({ title, name, onBack, children, tone }: ScreenProps) {
  const say = useSay(partWords);
  const heading = useRef<HTMLHeadingElement>(null);
  const said = name ?? (typeof title === 'string' ? title : 'Retap');
  // Whoever listens hears where they are; whoever sees notices nothing.
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  useEffect(() => {
    document.title = `${said} · Retap`;
    scrollTo(0, 0);
  }, [said]);
  return (
    <main class={tone === undefined ? 'screen' : `screen ${tone}`}>
      <header>
        {onBack && (
          <button type="button" class="back" onClick={onBack}>
            <span aria-hidden="true">‹</span> {say('back')}
          </button>
        )}
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
      </header>
      {children}
    </main>
  );
}
