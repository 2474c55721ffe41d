/** Who lives in the city: what they carry, and how they pay. */
import {
  type Amount,
  amountOf,
  isValid,
  type MediumName,
  type Product,
  type TapRequest,
  type Time,
} from '@retap/model';
import { MemoryMedium } from '@retap/terminal';
import { DAY, HOUR } from './durations.ts';
import { HABITS, type Habit, type Life } from './life.ts';
import type { Chance } from './random.ts';

export interface Person {
  readonly name: MediumName;
  medium: MemoryMedium;
  readonly habit: Habit;
  readonly fare: Amount;
  /** Numbers of the stations of home and work. */
  readonly home: number;
  readonly work: number;
  /** Numbers of the class of riders, and of the class of media. */
  readonly rider: number;
  readonly carries: number;
}

export function personOf(index: number, stations: number, life: Life, chance: Chance): Person {
  const unique = index.toString(16).padStart(6, '0');
  const home = chance.integer(0, stations - 1);
  return {
    name: `04${chance
      .integer(0, 2 ** 24 - 1)
      .toString(16)
      .padStart(6, '0')}${unique}`,
    medium: new MemoryMedium(),
    habit: HABITS[
      pickBy(
        HABITS.map((habit) => life.payment.habits[habit]),
        chance,
      )
    ] as Habit,
    fare: amountOf(chance.pick(life.payment.fares)),
    home,
    work: chance.integer(0, stations - 1),
    rider: pickBy(
      life.riders.map(({ share }) => share),
      chance,
    ),
    carries: pickBy(
      life.media.map(({ share }) => share),
      chance,
    ),
  };
}

/** A place drawn by weight. */
function pickBy(weights: readonly number[], chance: Chance): number {
  let left = chance.next() * weights.reduce((sum, weight) => sum + weight, 0);
  const place = weights.findIndex((weight) => {
    left -= weight;
    return left < 0;
  });
  return place === -1 ? weights.length - 1 : place;
}

/** What a person asks of a gate: the product they count on, if it is valid, else the fare. */
export function rideOf(person: Person, now: Time): TapRequest {
  const code = person.habit;
  const counts = person.medium.account?.products.some((product) => product.code === code && isValid(product, now));
  return counts ? { type: 'validation', codes: [code] } : { type: 'debit', amount: person.fare };
}

const RIDES = 10;
const PASS_DAYS = 30;
const PRICES: Readonly<Record<Habit, number>> = {
  wallet: 0,
  'ten-rides': 1000,
  'day-ticket': 400,
  'monthly-pass': 3500,
};

/** What a person needs from a sales terminal before they can ride; null if nothing. */
export function errandOf(person: Person, now: Time, clockTolerance: number, chance: Chance): TapRequest | null {
  const account = person.medium.account;
  if (account === null) return null;
  const { habit } = person;
  // A product that ends while they walk to the gate, or by the clock of another terminal, is as good as none.
  const soon = now + HOUR + clockTolerance;
  const covered = habit !== 'wallet' && account.products.some((p) => p.code === habit && isValid(p, soon));
  const price = amountOf(habit === 'wallet' ? person.fare : PRICES[habit]);
  if (covered) return null;
  if (account.balance < Math.max(price, person.fare)) {
    return { type: 'refill', amount: amountOf(Math.ceil(price / 1000) * 1000 + 1000 * chance.integer(0, 3)) };
  }
  return habit === 'wallet' ? null : { type: 'purchase', price, product: productOf(habit, now, clockTolerance) };
}

function productOf(habit: Habit, now: Time, clockTolerance: number): Omit<Product, 'id'> {
  if (habit === 'ten-rides') return { code: habit, maxUses: RIDES };
  return periodFrom(habit, now, clockTolerance, habit === 'day-ticket' ? DAY : PASS_DAYS * DAY);
}

/** Valid from a little earlier: the gate's clock may be behind that of the sales terminal. */
function periodFrom(code: Habit, now: Time, clockTolerance: number, length: number): Omit<Product, 'id'> {
  return { code, validFrom: now - 2 * clockTolerance, validUntil: now + length };
}

/** What is left, on the eve of the first day, of the product a person had bought before; null where it would be nothing. */
export function leftoverOf({ habit }: Person, now: Time, clockTolerance: number, chance: Chance): TapRequest | null {
  if (habit !== 'ten-rides' && habit !== 'monthly-pass') return null;
  const product =
    habit === 'ten-rides'
      ? { code: habit, maxUses: chance.integer(1, RIDES) }
      : periodFrom(habit, now, clockTolerance, chance.integer(1, PASS_DAYS) * DAY);
  return { type: 'purchase', price: amountOf(PRICES[habit]), product };
}
