/** The language that the reader has chosen, or whose browser wishes it; and the words in it. */
import { IntlMessageFormat } from 'intl-messageformat';
import { createContext, type ReactNode, useCallback, useContext, useEffect, useState } from 'react';
import { type Catalogue, LANGUAGES, type Language, type Messages } from './catalogue.ts';

/** The plain pages (signing in, one's own account) keep it under the same name. */
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

export function LanguageProvider({ children }: { readonly children: ReactNode }) {
  const [language, setLanguage] = useState(firstLanguage);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const locale = navigator.languages.find((each) => each.toLowerCase().startsWith(language)) ?? language;
  const choose = useCallback((chosen: Language) => {
    localStorage.setItem(STORED, chosen);
    setLanguage(chosen);
  }, []);
  return <Context value={{ language, locale, choose }}>{children}</Context>;
}

export function useLanguage(): Chosen {
  const chosen = useContext(Context);
  if (chosen === null) throw new Error('asked for the language outside of it');
  return chosen;
}

export type Values = Readonly<Record<string, string | number | Date | null | undefined>>;
export type Say<Name extends string> = (name: Name, values?: Values) => string;

const formats = new Map<string, IntlMessageFormat>();

/** @throws Error where a message is none, or lacks a value: our own mistake */
export function said(messages: Messages, name: string, locale: string, values?: Values): string {
  const message = messages[name];
  if (message === undefined) throw new Error(`no words for ${name}`);
  if (!message.includes('{') && !message.includes("'")) return message;
  const key = `${locale} ${message}`;
  let format = formats.get(key);
  if (!format) {
    format = new IntlMessageFormat(message, locale);
    formats.set(key, format);
  }
  return String(format.format(values as Record<string, string>));
}

/** Says what a catalogue has, in the reader's language. */
export function useSay<Name extends string>(words: Catalogue<Name>): Say<Name> {
  const { language, locale } = useLanguage();
  return useCallback((name, values) => said(words[language], name, locale, values), [words, language, locale]);
}
