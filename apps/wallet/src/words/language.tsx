/** The language that the reader has chosen, or whose browser wishes it; and the words in it. */
import { IntlMessageFormat } from 'intl-messageformat';
import { type ComponentChildren, createContext } from 'preact';
import { useCallback, useContext, useLayoutEffect, useMemo, useState } from 'preact/hooks';
import { type Catalogue, LANGUAGES, type Language, type Messages } from './catalogue.ts';

const STORED = 'retap-language';

function firstLanguage(): Language {
  const wished = [localStorage.getItem(STORED) ?? '', ...navigator.languages].map((each) =>
    each.slice(0, 2).toLowerCase(),
  );
  for (const each of wished) {
    const known = LANGUAGES.find((language) => language === each);
    if (known) return known;
  }
  return 'en';
}

interface Chosen {
  readonly language: Language;
  /** As it is written where the reader lives: a British date, not an American one. */
  readonly locale: string;
  readonly choose: (language: Language) => void;
}

const Context = createContext<Chosen | null>(null);

export function LanguageProvider({ children }: { readonly children: ComponentChildren }) {
  const [language, setLanguage] = useState(firstLanguage);
  useLayoutEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const locale = navigator.languages.find((each) => each.toLowerCase().startsWith(language)) ?? language;
  const choose = useCallback((chosen: Language) => {
    localStorage.setItem(STORED, chosen);
    setLanguage(chosen);
  }, []);
  return <Context.Provider value={{ language, locale, choose }}>{children}</Context.Provider>;
}

export function useLanguage(): Chosen {
  const chosen = useContext(Context);
  if (chosen === null) throw new Error('asked for the language outside of it');
  return chosen;
}

type Values = Readonly<Record<string, string | number>>;
type Parts = Readonly<Record<string, ComponentChildren>>;

const formats = new Map<string, IntlMessageFormat>();

function formatOf(messages: Messages, name: string, locale: string): IntlMessageFormat {
  const message = messages[name];
  if (message === undefined) throw new Error(`no words for ${name}`);
  const key = `${locale} ${message}`;
  let format = formats.get(key);
  if (!format) {
    // Markup is none of a message's: what stands in < > is text.
    format = new IntlMessageFormat(message, locale, undefined, { ignoreTag: true });
    formats.set(key, format);
  }
  return format;
}

export interface Say<Name extends string> {
  (name: Name, values?: Values): string;
  /** With elements in the place of some values, as a name that somebody else has chosen. */
  parts(name: Name, values: Parts): ComponentChildren;
}

/** Says what a catalogue has, in the reader's language. The same one until the language is another: effects depend on it. */
export function useSay<Name extends string>(words: Catalogue<Name>): Say<Name> {
  const { language, locale } = useLanguage();
  return useMemo(() => {
    const say = (name: Name, values?: Values) => String(formatOf(words[language], name, locale).format(values));
    const parts = (name: Name, values: Parts) =>
      formatOf(words[language], name, locale).format(values as Record<string, never>) as unknown as ComponentChildren;
    return Object.assign(say, { parts });
  }, [words, language, locale]);
}
