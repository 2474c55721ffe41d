import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { tariffsIn } from '../../src/lists/tariff-file.ts';

const NAME = { sl: 'Vožnja', en: 'Ride' };
const DAY = 86_400_000;

// biome-ignore lint/suspicious/noExplicitAny: it is spoilt in any place
type Spoilt = any;

/** A file that is right; a test makes one thing of it wrong. */
function file(): Spoilt {
  // Not one object in two places: a slip in one would be in the other.
  return JSON.parse(
    JSON.stringify({
      groups: { night: [102, 101] },
      tariffs: [
        {
          validFrom: '2027-01-01T00:00:00+01:00',
          currency: 'EUR',
          fares: { ride: { amount: 130, name: NAME }, dog: { amount: 50, name: NAME } },
          products: { month: { price: 3700, validFor: '30d', name: NAME } },
          parts: [
            { role: 'point-of-sale', groups: ['night'], offers: [{ kind: 'refill', amount: 1000, name: NAME }] },
            {
              role: 'validator',
              defaultOffer: 1,
              offers: [
                { kind: 'debit', fare: 'ride' },
                { kind: 'validation', codes: ['month'], name: NAME },
              ],
            },
          ],
        },
      ],
    }),
  );
}

function faultsOf(content: unknown): readonly string[] {
  const read = tariffsIn(content);
  return 'faults' in read ? read.faults : [];
}

test('a file that is right says its tariffs, in the one order of a list, groups as their terminals', () => {
  expect(tariffsIn(file())).toEqual({
    tariffs: [
      {
        ...{ validFrom: Date.parse('2026-12-31T23:00:00Z'), currency: 'EUR' },
        fares: [
          { code: 'dog', amount: 50, name: NAME },
          { code: 'ride', amount: 130, name: NAME },
        ],
        products: [{ code: 'month', price: 3700, validFor: 30 * DAY, name: NAME }],
        parts: [
          {
            ...{ role: 'validator', terminals: [], defaultOffer: 1 },
            offers: [
              { kind: 'debit', fare: 'ride' },
              { kind: 'validation', codes: ['month'], name: NAME },
            ],
          },
          {
            ...{ role: 'point-of-sale', terminals: [101, 102] },
            offers: [{ kind: 'refill', amount: 1000, name: NAME }],
          },
        ],
      },
    ],
  });
});

test('no tariff at all is a list, too: terminals go by their configuration again', () => {
  expect(tariffsIn({ tariffs: [] })).toEqual({ tariffs: [] });
});

test('the example is one', () => {
  const example = JSON.parse(readFileSync(new URL('../../../cli/examples/tariff.json', import.meta.url), 'utf8'));
  expect(faultsOf(example)).toEqual([]);
});

const first = (content: Spoilt): Spoilt => content.tariffs[0];

describe('each fault is told with its place', () => {
  test.each<[string, (content: Spoilt) => unknown, string]>([
    ['no list', (c) => delete c.tariffs, 'tariffs: give a list of tariffs'],
    [
      'a slip of the pen',
      (c) => Object.assign(first(c), { vaildFrom: 1 }),
      'tariffs[0].vaildFrom: there is no such key',
    ],
    [
      'a time without offset',
      (c) => Object.assign(first(c), { validFrom: '2027-01-01T00:00:00' }),
      'tariffs[0].validFrom: give a time with its offset',
    ],
    [
      'a currency by its sign',
      (c) => Object.assign(first(c), { currency: '€' }),
      'tariffs[0].currency: give a currency',
    ],
    [
      'a fare of nothing',
      (c) => Object.assign(first(c).fares.ride, { amount: 0 }),
      'tariffs[0].fares.ride.amount: give whole minor units',
    ],
    [
      'a fare in euros',
      (c) => Object.assign(first(c).fares.ride, { amount: 1.3 }),
      'tariffs[0].fares.ride.amount: give whole minor units',
    ],
    [
      'a code that no card could hold',
      (c) => Object.assign(first(c).products, { 'a month': first(c).products.month }),
      'tariffs[0].products.a month: a code has',
    ],
    [
      'a name in one language',
      (c) => delete first(c).fares.ride.name.sl,
      'tariffs[0].fares.ride.name.sl: give the name in Slovene',
    ],
    [
      'a name that turns the text around',
      (c) => Object.assign(first(c).fares.ride.name, { en: 'R\u202Eide' }),
      'tariffs[0].fares.ride.name.en: give the name in English',
    ],
    [
      'a validity of no unit',
      (c) => Object.assign(first(c).products.month, { validFor: '30' }),
      'tariffs[0].products.month.validFor: give a duration',
    ],
    [
      'an unknown kind',
      (c) => Object.assign(first(c).parts[1].offers[0], { kind: 'pay' }),
      'tariffs[0].parts[1].offers[0].kind: give an offer',
    ],
    [
      'an inspector',
      (c) => Object.assign(first(c).parts[1], { role: 'inspector' }),
      'tariffs[0].parts[1].role: give "validator"',
    ],
    [
      'a validator without default',
      (c) => delete first(c).parts[1].defaultOffer,
      'tariffs[0].parts[1].defaultOffer: a validator needs',
    ],
    [
      'a default that is not there',
      (c) => Object.assign(first(c).parts[1], { defaultOffer: 3 }),
      'tariffs[0].parts[1].defaultOffer: there are 2',
    ],
    [
      'a fare that is not there',
      (c) => Object.assign(first(c).parts[1].offers[0], { fare: 'toString' }),
      'tariffs[0].parts[1].offers[0].fare: "fares" of this tariff has no',
    ],
    [
      'a group that is not there',
      (c) => Object.assign(first(c).parts[0], { groups: ['toString'] }),
      'tariffs[0].parts[0].groups[0]: "groups" of this file has no',
    ],
    [
      'an empty group',
      (c) => Object.assign(c.groups, { night: [] }),
      'tariffs[0].parts[0].groups[0]: the group "night" has no terminal',
    ],
    [
      'ten offers',
      (c) => Object.assign(first(c).parts[1], { offers: Array(10).fill({ kind: 'debit', fare: 'ride' }) }),
      'tariffs[0].parts[1].offers: at most 9',
    ],
    ['two of a moment', (c) => c.tariffs.push(first(c)), 'tariffs[1].validFrom: tariffs[0] holds from the same moment'],
    [
      'a terminal in two parts',
      (c) => first(c).parts.push({ ...first(c).parts[0], groups: [], terminals: [101] }),
      'tariffs[0].parts[2]: parts[0] has point-of-sale 101 already',
    ],
    [
      'two parts for all validators',
      (c) => first(c).parts.push(first(c).parts[1]),
      'tariffs[0].parts[2]: parts[1] has validator all others already',
    ],
  ])('%s', (_what, spoil, fault) => {
    const content = file();
    spoil(content);
    expect(faultsOf(content)).toEqual([expect.stringContaining(fault)]);
  });

  test('all of them, not the first alone', () => {
    const content = file();
    first(content).currency = 'euro';
    first(content).fares.ride.amount = -1;
    expect(faultsOf(content)).toHaveLength(2);
    expect(faultsOf(null)).toEqual([expect.stringContaining('give one JSON object')]);
  });
});
