import { readdirSync } from 'node:fs';
import path from 'node:path';
import { IntlMessageFormat } from 'intl-messageformat';
import { describe, expect, test } from 'vitest';
import { type Catalogue, LANGUAGES } from '../src/words/catalogue.ts';

const SOURCE = path.join(import.meta.dirname, '../src');
const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).filter((file) => /words\.ts$/.test(file));

interface Found {
  readonly name: string;
  readonly words: Catalogue;
}
const found: Found[] = [];
for (const file of files) {
  const module = (await import(path.join(SOURCE, file))) as Record<string, unknown>;
  for (const [name, words] of Object.entries(module)) {
    if (typeof words === 'object' && words !== null && 'en' in words && 'sl' in words) {
      found.push({ name: `${file} ${name}`, words: words as Catalogue });
    }
  }
}

type Element = ReturnType<IntlMessageFormat['getAst']>[number];

/** What a message wants to be given; of a plural also its forms. */
function wanted(elements: readonly Element[], names = new Set<string>()): Set<string> {
  for (const element of elements) {
    if ('value' in element && element.type !== 0) names.add(String(element.value));
    if ('options' in element) for (const { value } of Object.values(element.options)) wanted(value, names);
  }
  return names;
}
function pluralsIn(elements: readonly Element[]): string[][] {
  return elements.flatMap((element) => {
    if (!('options' in element)) return [];
    const inside = Object.values(element.options).flatMap(({ value }) => pluralsIn(value));
    return element.type === 6
      ? [Object.keys(element.options).filter((form) => !form.startsWith('=')), ...inside]
      : inside;
  });
}

test('there are words to look at', () => {
  expect(found.length).toBeGreaterThan(2);
});

describe.each(found)('$name', ({ words }) => {
  test('says the same in every language, and wants the same for it', () => {
    for (const [name, english] of Object.entries(words.en)) {
      const slovene = words.sl[name] as string;
      expect(slovene, name).toBeTruthy();
      const [one, other] = [english, slovene].map((text) =>
        [...wanted(new IntlMessageFormat(text, 'en').getAst())].sort(),
      );
      // A sentence may leave out in one language what goes without saying.
      expect(
        other?.every((each) => one?.includes(each)),
        `${name}: ${other} of ${one}`,
      ).toBe(true);
    }
    expect(Object.keys(words.sl).sort()).toEqual(Object.keys(words.en).sort());
  });

  test.each(LANGUAGES)('has every form of a plural that %s has', (language) => {
    const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
    for (const [name, text] of Object.entries(words[language])) {
      for (const plural of pluralsIn(new IntlMessageFormat(text, language).getAst())) {
        expect([...plural].sort(), `${language} ${name}`).toEqual([...forms].sort());
      }
    }
  });
});
