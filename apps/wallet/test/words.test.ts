/** Words, amounts and codes: in every language, and as people type them. */
import { PHONE_REFUSALS } from '@retap/phone';
import { IntlMessageFormat } from 'intl-messageformat';
import { describe, expect, test } from 'vitest';
import { recoveryCode, recoveryCodeIn } from '../src/confirm/recovery-code.ts';
import { partWords } from '../src/parts/words.ts';
import { historyWords } from '../src/screens/history-words.ts';
import { homeWords } from '../src/screens/home-words.ts';
import { moreWords } from '../src/screens/more-words.ts';
import { offersWords } from '../src/screens/offers-words.ts';
import { payWords } from '../src/screens/pay-words.ts';
import { REFUSAL_WORDS } from '../src/screens/refusal-words.ts';
import { registerWords } from '../src/screens/register-words.ts';
import { settingsWords } from '../src/screens/settings-words.ts';
import { takeWords } from '../src/screens/take-words.ts';
import { maySend } from '../src/sync.ts';
import { amountIn, decimalOf, digitsOf } from '../src/words/amount.ts';
import { LANGUAGES } from '../src/words/catalogue.ts';
import { formsOf } from '../src/words/forms.ts';

const CATALOGUES = {
  ...{ partWords, historyWords, homeWords, moreWords, offersWords, payWords },
  ...{ registerWords, settingsWords, takeWords },
};

describe.each(Object.entries(CATALOGUES))('%s', (_name, words) => {
  test.each(LANGUAGES)('%s: every message is one, and takes the values that the English one takes', (language) => {
    for (const [name, message] of Object.entries<string>(words[language])) {
      const english = (words.en as Readonly<Record<string, string>>)[name] ?? '';
      expect(valuesOf(message, language), name).toEqual(valuesOf(english, 'en'));
    }
  });
});

function valuesOf(message: string, language: string): string[] {
  const format = new IntlMessageFormat(message, language, undefined, { ignoreTag: true });
  const found = JSON.stringify(format.getAst()).matchAll(/"type":[1-6],"value":"(\w+)"/g);
  return [...new Set([...found].map(([, name = '']) => name))].sort();
}

test.each(LANGUAGES)('%s: each refusal says what happened and what to do', (language) => {
  for (const refusal of PHONE_REFUSALS) {
    const [what, advice] = REFUSAL_WORDS[language][refusal];
    expect(what, refusal).toMatch(/^\p{Lu}.*[.!]$/u);
    expect(advice, refusal).toMatch(/^\p{Lu}.*[.]$/u);
  }
});

test.each([
  ['1.50', 150],
  ['1,5', 150],
  ['12', 1200],
  ['0.01', 1],
  ['1.505', null],
  ['-1', null],
  ['1e3', null],
  ['', null],
  ['1 000', null],
])('typed %j → %j minor units', (text, amount) => {
  expect(amountIn(text, 2)).toBe(amount);
});

test('a currency without minor units', () => {
  expect(digitsOf('JPY')).toBe(0);
  expect(amountIn('500', 0)).toBe(500);
  expect(decimalOf(500, 0)).toBe('500');
  expect(formsOf('en-GB', 'EUR').money(-205)).toBe('-€2.05');
});

test('a recovery code survives what people do to it', () => {
  const code = recoveryCode(Uint8Array.from({ length: 16 }, (_, index) => index * 17));
  expect(code).toMatch(/^([0-9A-Z]{4}-){3}[0-9A-Z]{4}$/);
  expect(recoveryCodeIn(` ${code.toLowerCase().replaceAll('-', ' ')} `)).toBe(code);
  expect(recoveryCodeIn('oil1-0000-0000-0000')).toBe('0111-0000-0000-0000');
  expect(recoveryCodeIn(code.slice(1))).toBeNull();
  expect(recoveryCodeIn('UUUU-0000-0000-0000')).toBeNull();
});

test.each([
  ['at-once', 'time', 'metered', true],
  ['unmetered', 'payment', 'metered', false],
  ['unmetered', 'payment', 'unknown', false],
  ['unmetered', 'time', 'free', true],
  ['unmetered', 'hand', 'metered', true],
  ['payments-at-once', 'payment', 'metered', true],
  ['payments-at-once', 'time', 'metered', false],
  ['payments-at-once', 'time', 'unknown', false],
] as const)('%s, for %s, over a network that is %s → %s', (sending, cause, cost, sent) => {
  expect(maySend(sending, cause, cost)).toBe(sent);
});
