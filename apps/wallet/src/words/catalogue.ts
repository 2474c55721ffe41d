/** What a screen says, in every language: ICU messages by name. */
export const LANGUAGES = ['en', 'sl'] as const;
export type Language = (typeof LANGUAGES)[number];

export type Messages<Name extends string = string> = Readonly<Record<Name, string>>;
export type Catalogue<Name extends string = string> = Readonly<Record<Language, Messages<Name>>>;

/** Every message in every language: a missing one does not compile. */
export function catalogue<const English extends Messages>(words: {
  readonly en: English;
  readonly sl: { readonly [Name in keyof English]: string };
}): Catalogue<keyof English & string> {
  return words as unknown as Catalogue<keyof English & string>;
}
