/** The field of a reader: exchanges by name and number, and a card that leaves where it is told. */
import { CardPowerLost, MemoryCardMemory, SoftwareCard } from '@retap/card';
import { softwareKey } from '@retap/keys';
import { describe, expect, test } from 'vitest';
import { CutMemory } from '../src/card/cut-memory.ts';
import { Field, type TearPoint } from '../src/card/field.ts';
import { requestOf } from '../src/card/request.ts';

const UID = Uint8Array.of(4, 1, 2, 3, 4, 5, 6);
const GET_VERSION = Uint8Array.of(0x90, 0x60, 0, 0, 0);
const CONTINUE = Uint8Array.of(0x90, 0xaf, 0, 0, 0);
const AUTHENTICATE = Uint8Array.of(0x90, 0x71, 0, 0, 2, 0, 0, 0);
const SELECT = Uint8Array.of(0, 0xa4, 4, 0x0c, 1, 0x99);

function fieldWith(tear?: TearPoint): { readonly field: Field; readonly card: SoftwareCard } {
  const random = (length: number): Uint8Array => new Uint8Array(length);
  const options = { memory: new MemoryCardMemory(), keyOfValue: softwareKey, random, uid: UID };
  const card = SoftwareCard.blank(options);
  return { card, field: new Field(card, tear) };
}

describe('exchanges', () => {
  test('are named by what they do, and counted when they come again', async () => {
    const { field } = fieldWith();
    for (const command of [SELECT, AUTHENTICATE, SELECT, AUTHENTICATE]) await field.transmit(command);
    expect(field.exchanges.map(({ name }) => name)).toEqual([
      ...['select', 'authenticate-1', 'select:2', 'authenticate-1:2'],
    ]);
    expect(field.exchanges[1]).toMatchObject({ sent: 8, received: 18 });
    expect(field.bytes).toEqual({ sent: 2 * (6 + 8), received: 2 * (2 + 18) });
    expect(field.torn).toBeNull();
  });
});

describe('a tear', () => {
  test('before: the card has not seen the command; nothing comes any more', async () => {
    const { field, card } = fieldWith({ exchange: 2, when: 'before' });
    expect((await field.transmit(GET_VERSION)).length).toBeGreaterThan(2);
    expect(await field.transmit(CONTINUE)).toEqual(new Uint8Array(0));
    expect(await field.transmit(CONTINUE)).toEqual(new Uint8Array(0));
    expect(field.torn).toEqual({ exchange: 2, name: 'authenticate-2' });
    expect(field.exchanges).toHaveLength(2);
    expect(card.transmit(GET_VERSION)).toEqual(new Uint8Array(0));
  });

  test('after, by name: a part of the answer comes', async () => {
    const { field } = fieldWith({ exchange: 'authenticate-1', when: 'after', keepBytes: 5 });
    expect(await field.transmit(AUTHENTICATE)).toHaveLength(5);
    expect(field.torn).toEqual({ exchange: 1, name: 'authenticate-1' });
  });
});

test('a memory that is cut keeps what was written before, and takes nothing after', () => {
  const whole = new MemoryCardMemory();
  const memory = new CutMemory(whole, 1);
  memory.write(0, Uint8Array.of(1));
  expect(memory.isCut).toBe(false);
  expect(() => memory.write(1, Uint8Array.of(2))).toThrow(CardPowerLost);
  expect(() => memory.write(2, Uint8Array.of(3))).toThrow(CardPowerLost);
  expect([memory.isCut, [...memory.read().subarray(0, 3)], whole.writes]).toEqual([true, [1, 0, 0], 1]);
});

describe('what a tap asks for', () => {
  test('a purchase has a period from the tap on, and uses', () => {
    const bought = { type: 'purchase', product: ['month'], validFor: 1_000, maxUses: 3 } as const;
    expect(requestOf(bought, 500)).toEqual({
      ...{ type: 'purchase', price: 0 },
      product: { code: 'month', validFrom: 500, validUntil: 1_500, maxUses: 3 },
    });
  });

  test('a validation takes one of several codes', () => {
    const codes = ['month', 'week'];
    expect(requestOf({ type: 'validation', product: codes }, 0)).toEqual({ type: 'validation', codes });
  });

  test.each([
    [{ type: 'debit' }, '--type debit needs an --amount'],
    [{ type: 'refill', amount: -1 }, 'the type says whether it is paid in or out'],
    [{ type: 'debit', amount: 1, product: ['month'] }, '--product is for --type purchase or validation'],
    [{ type: 'debit', amount: 1, maxUses: 1 }, 'are for --type purchase'],
    [{ type: 'validation' }, '--type validation needs a --product'],
    [{ type: 'validation', product: ['month'], amount: 1 }, 'a validation costs nothing'],
    [{ type: 'purchase', product: ['month', 'week'] }, 'one product is bought at a time'],
  ])('%j is refused', (options, said) => {
    expect(() => requestOf(options as Parameters<typeof requestOf>[0], 0)).toThrow(said);
  });
});
