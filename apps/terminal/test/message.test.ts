import { REFUSALS, type TapOutcome } from '@retap/terminal';
import { describe, expect, test } from 'vitest';
import { decimalOf, formatMoney } from '../public/amount.js';
import { DISCONNECTED, said } from '../public/message.js';
import {
  type Message,
  messageOfReading,
  messageOfRefusal,
  messageOfTap,
  PROCESS_FAULTS,
} from '../src/screen/message.ts';
import { ENGLISH } from '../src/words/english.ts';
import { SLOVENE } from '../src/words/slovene.ts';
import type { Words } from '../src/words/words.ts';
import { accountWith, CARD, cents, configured, debitOf, POINT_OF_SALE, START, VALIDATOR } from './scene.ts';

const EUR = { code: 'EUR', digits: 2 };
const MONEY = cents(1000);

/** All texts of a catalogue by their paths: `reasons.busy.title`. */
function textsOf(words: object, path = ''): Map<string, string> {
  const texts = new Map<string, string>();
  for (const [key, value] of Object.entries(words)) {
    if (typeof value === 'string') texts.set(path + key, value);
    else for (const [inner, text] of textsOf(value, `${path}${key}.`)) texts.set(inner, text);
  }
  return texts;
}

const placeholders = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!).sort();

describe('both languages say everything', () => {
  const english = textsOf(ENGLISH);
  const slovene = textsOf(SLOVENE);

  test('the same things, none empty, with the same placeholders', () => {
    expect([...slovene.keys()]).toEqual([...english.keys()]);
    for (const [path, text] of english) {
      expect(text, path).not.toBe('');
      expect(slovene.get(path), path).not.toBe('');
      expect(placeholders(slovene.get(path)!), path).toEqual(placeholders(text));
    }
  });

  test('every refusal has words of its own, so that nobody is told another reason', () => {
    for (const words of [ENGLISH, SLOVENE]) {
      const reasons = [...REFUSALS, ...PROCESS_FAULTS, 'disconnected', 'declined'] as const;
      expect(Object.keys(words.reasons).sort()).toEqual([...reasons].sort());
      const titles = Object.values(words.reasons).map(({ title }) => title);
      expect(new Set(titles).size).toBe(titles.length);
    }
  });
});

describe('what a tap comes to on the screen', () => {
  const successful = debitOf('successful') as Extract<TapOutcome, { record: unknown }>;
  const observation = { ...accountWith(870), terminal: 17, serial: 2, type: 'observation', time: START } as const;

  test.each<[string, TapOutcome, Message]>([
    [
      'successful',
      successful,
      { kind: 'go', done: { type: 'debit', amount: cents(-130) }, balance: cents(870), actions: [] },
    ],
    [
      'completed',
      { outcome: 'completed', record: observation },
      { kind: 'go', done: { type: 'completed', amount: null }, balance: cents(870), actions: [] },
    ],
    ['unverified', debitOf('unverified'), { kind: 'again', reason: 'torn' }],
    ['unsuccessful', debitOf('unsuccessful'), { kind: 'refused', reason: 'declined', balance: MONEY }],
    ['unreadable', { outcome: 'refused', reason: 'unreadable' }, { kind: 'again', reason: 'unreadable' }],
    ['busy', { outcome: 'refused', reason: 'busy' }, { kind: 'again', reason: 'busy' }],
    [
      'denied',
      { outcome: 'refused', reason: 'medium-denied' },
      { kind: 'refused', reason: 'medium-denied', balance: MONEY },
    ],
    ['clock', { outcome: 'refused', reason: 'clock-not-set' }, { kind: 'out-of-service', reason: 'clock-not-set' }],
  ])('%s', (_name, tap, message) => {
    expect(messageOfTap(tap, MONEY)).toEqual(message);
  });

  test('entries of the action list that were carried out are told', () => {
    const refill = { ...successful.record, type: 'refill', amount: cents(500) } as never;
    const message = messageOfTap({ ...successful, actions: [refill] }, null);
    expect(message).toMatchObject({ kind: 'go', actions: [{ type: 'refill', amount: 500 }] });
    expect(sayOf(message).lines).toEqual(['-€1.30', 'Also loaded: €5.00']);
  });

  test.each(REFUSALS)('refused %s: as a title and advice in both languages', (reason) => {
    const message = messageOfRefusal(reason, MONEY);
    for (const [language, words] of [
      ['en', ENGLISH],
      ['sl', SLOVENE],
    ] as const) {
      const what = sayOf(message, words, language);
      expect(what.kind).toBe(message.kind);
      expect(what.title).not.toBe('');
      expect(what.advice).not.toBe('');
      expect(`${what.title}${what.lines}${what.balance ?? ''}${what.advice}`).not.toMatch(/undefined|null|NaN|\{/);
    }
  });

  test('who has too little is told how much', () => {
    expect(sayOf(messageOfRefusal('insufficient-balance', cents(40)))).toMatchObject({
      kind: 'refused',
      balance: '€0.40',
    });
  });

  test('a blocked medium says so to the inspector', () => {
    const account = accountWith(1000);
    const message = messageOfReading({ account, isBlocked: true, isLogRead: true, actionSerial: 1 }, true);
    expect(sayOf(message)).toMatchObject({ title: `Card ${CARD}`, balance: '€10.00', advice: 'This card is blocked.' });
  });

  test('a denied medium says so to the inspector, where it is not blocked as well', () => {
    const reading = { account: accountWith(1000), isLogRead: true, actionSerial: 1 };
    expect(sayOf(messageOfReading({ ...reading, isBlocked: false }, true)).advice).toBe(
      'This card is on the deny list.',
    );
    expect(sayOf(messageOfReading({ ...reading, isBlocked: false }, false)).advice).toBe('');
  });

  test('a page that hears nothing says out of service', () => {
    const what = said({ ...screenOf(VALIDATOR), message: DISCONNECTED }, ENGLISH, 'en');
    expect(what).toMatchObject({
      kind: 'out-of-service',
      title: 'Out of service',
      lines: ['The terminal does not answer'],
    });
  });
});

describe('before a tap it says what it will be', () => {
  test.each([
    [VALIDATOR, { kind: 'offer', offer: 1 }, 'Hold your card here', ['Single ride', 'To pay: €1.30']],
    [VALIDATOR, { kind: 'offer', offer: 2 }, 'Hold your card to check in', ['Pass']],
    [POINT_OF_SALE, { kind: 'offer', offer: 1 }, 'Hold the card to top it up', ['Top-up', 'Goes on the card: €10.00']],
    [POINT_OF_SALE, { kind: 'offer', offer: 2 }, 'Hold the card to buy', ['Monthly pass', 'To pay: €37.00']],
    [
      POINT_OF_SALE,
      { kind: 'amount', type: 'refill', amount: 5 },
      'Hold the card to top it up',
      ['Goes on the card: €0.05'],
    ],
    [POINT_OF_SALE, null, 'Hold the card to read it', []],
  ])('%#', (file, selected, title, lines) => {
    const state = { ...screenOf(file), selected, message: { kind: 'ready' } };
    expect(said(state, ENGLISH, 'en')).toMatchObject({ kind: 'ready', title, lines });
  });
});

describe('money', () => {
  test.each([
    [130, 2, '1.30'],
    [5, 2, '0.05'],
    [-5, 2, '-0.05'],
    [0, 2, '0.00'],
    [1234, 0, '1234'],
    [1234, 3, '1.234'],
    [9_007_199_254_740_991, 2, '90071992547409.91'],
  ])('%i with %i digits is %s', (amount, digits, text) => {
    expect(decimalOf(amount, digits)).toBe(text);
  });

  test('is exact where a float is not, and in the form of the language', () => {
    expect(formatMoney(9_007_199_254_740_991, EUR, 'en')).toBe('€90,071,992,547,409.91');
    expect(formatMoney(-130, EUR, 'sl')).toBe('−1,30\u00a0€');
    expect(formatMoney(130, EUR, 'sl', 'exceptZero')).toBe('+1,30\u00a0€');
    expect(formatMoney(500, { code: 'JPY', digits: 0 }, 'en')).toBe('¥500');
  });
});

function screenOf(file: object): object {
  const { offers, freeAmount, currency } = configured(file);
  return { offers, freeAmount, currency };
}

function sayOf(message: Message, words: Words = ENGLISH, language = 'en'): ReturnType<typeof said> {
  return said({ ...screenOf(VALIDATOR), message }, words, language);
}
