import { amountOf } from '@retap/model';
import type { Tariff } from '@retap/protocol';
import { beforeEach, describe, expect, test } from 'vitest';
import { Offering } from '../../src/lists/offering.ts';
import { Selection } from '../../src/selection.ts';
import { CARD, configured, INSPECTOR, OTHER_CARD, POINT_OF_SALE, VALIDATOR } from '../scene.ts';
import { GATE, MIDNIGHT, RISING, StandInLists, tariffOf } from './tariffs.ts';

let now: number;
let lines: string[];
beforeEach(() => {
  now = MIDNIGHT - 1;
  lines = [];
});
const log = (level: string, event: string, fields: object = {}): void => {
  lines.push(`${level} ${event} ${JSON.stringify(fields)}`);
};

function offering(lists: StandInLists | null, file: object = VALIDATOR): Offering {
  return new Offering(configured(file), lists, log);
}

/** What each offer costs, or validates. */
const told = (lists: StandInLists | null, file?: object): readonly unknown[] =>
  offering(lists, file)
    .now(now)
    .offers.map((offer) =>
      offer.kind === 'purchase' ? offer.price : offer.kind === 'validation' ? offer.codes.join() : offer.amount,
    );
const CONFIGURED = [130, 'month'];

describe('a terminal offers', () => {
  test('what its configuration says, without a list, before the first tariff, and where there is none any more', () => {
    expect(told(null)).toEqual(CONFIGURED);
    expect(told(new StandInLists(null))).toEqual(CONFIGURED);
    expect(told(new StandInLists([]))).toEqual(CONFIGURED);
    expect(told(new StandInLists([tariffOf(99, { validFrom: MIDNIGHT })]))).toEqual(CONFIGURED);
    expect(lines).toEqual([]);
  });

  test('what the tariff in force says: at midnight the next one, by its own clock and without any network', () => {
    const lists = new StandInLists(RISING);
    expect(told(lists)).toEqual([130, 50, 'month']);
    now = MIDNIGHT;
    expect(told(lists)).toEqual(['month', 140]);
  });

  test('what is for it by its number, before what is for all of its role', () => {
    const own = { ...GATE, terminals: [16, 17], offers: GATE.offers.slice(1, 2) };
    expect(told(new StandInLists([tariffOf(130, { parts: [GATE, own] })]))).toEqual([50]);
    expect(told(new StandInLists([tariffOf(130, { parts: [GATE, own] })]), { ...VALIDATOR, terminal: 18 })).toEqual([
      ...[130, 50, 'month'],
    ]);
  });

  test('products and refills at a point of sale, with all that a purchase needs', () => {
    const name = { sl: 'Mesečna', en: 'Monthly' };
    const tariff: Tariff = tariffOf(130, {
      products: [{ code: 'month', name, price: amountOf(3700), validFor: 5, maxUses: 7 }],
      parts: [
        {
          ...{ role: 'point-of-sale', terminals: [] },
          offers: [
            { kind: 'purchase', product: 'month' },
            { kind: 'refill', amount: amountOf(1000), name },
          ],
        },
      ],
    });
    const { offers, defaultOffer } = offering(new StandInLists([tariff]), POINT_OF_SALE).now(now);
    expect(offers).toEqual([
      { kind: 'purchase', product: 'month', price: 3700, validFor: 5, maxUses: 7, name },
      { kind: 'refill', amount: 1000, name },
    ]);
    expect(defaultOffer).toBeUndefined();
  });

  test('what its configuration says, where the tariff has nothing for it, or counts in another money', () => {
    expect(told(new StandInLists(RISING), { ...POINT_OF_SALE, defaultOffer: undefined })).toEqual([1000, 3700]);
    expect(told(new StandInLists([tariffOf(99, { currency: 'HRK' })]))).toEqual(CONFIGURED);
    expect(told(new StandInLists(RISING), INSPECTOR)).toEqual([]);
    const fields = '"version":1,"validFrom":"1970-01-01T00:00:00.000Z"';
    expect(lines).toEqual([
      `info tariff-not-for-this-terminal {${fields}}`,
      `error tariff-currency {${fields},"currency":"HRK"}`,
    ]);
  });

  test('what the last tariff says, though the list has expired; the log has that once', () => {
    const lists = new StandInLists(RISING);
    const each = offering(lists);
    for (let times = 0; times < 3; times += 1) each.now(now);
    lists.isExpired = true;
    for (let times = 0; times < 3; times += 1) expect(each.now(now).offers[0]).toMatchObject({ amount: 130 });
    expect(lines.map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
      ...['info tariff-in-force', 'info tariff-in-force', 'warn tariff-expired'],
    ]);
  });
});

describe('what is chosen when the tariff changes', () => {
  const selection = (lists: StandInLists) => new Selection({ freeAmount: ['debit'] }, offering(lists), () => now);

  test('is what it was, at its new price and under its new number', () => {
    const chosen = selection(new StandInLists(RISING));
    expect(chosen.choose(3)).toBe(true);
    expect(chosen.requestOf(CARD)).toEqual({ type: 'validation', codes: ['month'] });
    now = MIDNIGHT;
    expect([chosen.current, chosen.isDefault]).toEqual([{ kind: 'offer', offer: 1 }, false]);
    chosen.choose(2);
    expect(chosen.requestOf(CARD)).toEqual({ type: 'debit', amount: 140 });
  });

  test('and is there no more, is not chosen any more: the next tap gets the default', () => {
    const chosen = selection(new StandInLists(RISING));
    chosen.choose(2);
    expect(chosen.requestOf(CARD)).toEqual({ type: 'debit', amount: 50 });
    now = MIDNIGHT;
    expect([chosen.isDefault, chosen.current]).toEqual([true, { kind: 'offer', offer: 2 }]);
    expect(chosen.requestOf(CARD)).toEqual({ type: 'debit', amount: 140 });
    expect(chosen.choose(3)).toBe(false);
  });

  test('a tap is decided by the tariff of its moment, a keyed-in amount by itself', () => {
    const chosen = selection(new StandInLists(RISING));
    expect(chosen.requestOf(CARD)).toEqual({ type: 'debit', amount: 130 });
    now = MIDNIGHT;
    expect(chosen.requestOf(CARD)).toEqual({ type: 'debit', amount: 140 });
    chosen.enter('debit', 777);
    expect(chosen.requestOf(CARD)).toEqual({ type: 'debit', amount: 777 });
  });
});

describe('what a tap that is held again may have been a request for', () => {
  const amounts = (selection: Selection, since: number, medium = CARD) =>
    selection.requestsSince(medium, since).map((request) => ('amount' in request ? request.amount : request.type));

  test('is what was offered from its commit on: by the old tariff and the new, the clock of a sibling before or after', () => {
    const selection = new Selection({ freeAmount: [] }, offering(new StandInLists(RISING)), () => now);
    expect(amounts(selection, now - 60_000)).toEqual([130]);
    now = MIDNIGHT + 60_000;
    expect(amounts(selection, MIDNIGHT - 1)).toEqual([130, 140]);
    expect(amounts(selection, MIDNIGHT + 6_000)).toEqual([140]);
    now = MIDNIGHT - 1_000;
    expect(amounts(selection, MIDNIGHT + 2_000)).toEqual([130, 140]);
  });

  test('is known also of a list that another took the place of', () => {
    const lists = new StandInLists([tariffOf(130)]);
    const selection = new Selection({ freeAmount: [] }, offering(lists), () => now);
    expect(selection.requestOf(CARD)).toEqual({ type: 'debit', amount: 130 });
    now += 1_000;
    lists.tariffs = [tariffOf(150)];
    lists.version = 2;
    expect(selection.requestOf(CARD)).toEqual({ type: 'debit', amount: 150 });
    expect(amounts(selection, now - 500)).toEqual([130, 150]);
    now += 60_000;
    expect(amounts(selection, now - 500)).toEqual([150]);
  });

  test('is of what was chosen for its medium, and of the default for any other', () => {
    const selection = new Selection({ freeAmount: [] }, offering(new StandInLists(RISING)), () => now);
    selection.choose(3);
    selection.keepFor(CARD);
    now = MIDNIGHT + 1_000;
    expect(amounts(selection, MIDNIGHT - 1)).toEqual(['validation', 'validation']);
    expect(amounts(selection, MIDNIGHT - 1, OTHER_CARD)).toEqual([130, 140]);
  });
});
