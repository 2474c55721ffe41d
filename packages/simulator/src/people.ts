/** Who lives in the city: what they carry, how they pay, and when they travel. */
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
import { DAY, HOUR, MINUTE } from './options.ts';
import type { Chance } from './random.ts';

/** What people pay with; a ride costs its fare only where no product covers it. */
const HABITS = ['wallet', 'ten-rides', 'day-ticket', 'monthly-pass'] as const;
type Habit = (typeof HABITS)[number];

export interface Person {
  readonly name: MediumName;
  medium: MemoryMedium;
  readonly habit: Habit;
  readonly fare: Amount;
  /** Numbers of the stations of home and work. */
  readonly home: number;
  readonly work: number;
  readonly isCommuter: boolean;
}

export function personOf(index: number, stations: number, chance: Chance): Person {
  const unique = index.toString(16).padStart(6, '0');
  const home = chance.integer(0, stations - 1);
  return {
    name: `04${chance
      .integer(0, 2 ** 24 - 1)
      .toString(16)
      .padStart(6, '0')}${unique}`,
    medium: new MemoryMedium(),
    habit: chance.pick(['wallet', 'wallet', 'wallet', ...HABITS]),
    fare: amountOf(chance.pick([120, 180, 260])),
    home,
    work: chance.integer(0, stations - 1),
    isCommuter: chance.happens(0.8),
  };
}

/** When and where a person travels on the day that begins at `midnight`: at least half an hour apart, in order. */
export function tripsOf(
  person: Person,
  midnight: Time,
  chance: Chance,
): { readonly at: Time; readonly station: number }[] {
  const trips: { at: Time; station: number }[] = [];
  const weekday = (Math.floor(midnight / DAY) + 3) % 7; // 1 January 1970 was a Thursday; 0 is Monday
  if (weekday < 5 && person.isCommuter && chance.happens(0.93)) {
    trips.push({ at: midnight + chance.around(7.7 * HOUR, 2 * HOUR), station: person.home });
    trips.push({ at: midnight + chance.around(16.7 * HOUR, 3 * HOUR), station: person.work });
  }
  if (chance.happens(weekday < 5 ? 0.2 : 0.45)) {
    const out = midnight + chance.around((weekday < 5 ? 20.4 : 13) * HOUR, (weekday < 5 ? 0.5 : 5) * HOUR);
    trips.push({ at: out, station: person.home });
    trips.push({ at: out + chance.integer(45, 120) * MINUTE, station: person.work });
  }
  return trips;
}

/** What a person asks of a gate: the product they count on, if it is valid, else the fare. */
export function rideOf(person: Person, now: Time): TapRequest {
  const code = person.habit;
  const counts = person.medium.account?.products.some((product) => product.code === code && isValid(product, now));
  return counts ? { type: 'validation', codes: [code] } : { type: 'debit', amount: person.fare };
}

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
  if (habit === 'ten-rides') return { code: habit, maxUses: 10 };
  const length = habit === 'day-ticket' ? DAY : 30 * DAY;
  // Valid from a little earlier: the gate's clock may be behind that of the sales terminal.
  return { code: habit, validFrom: now - 2 * clockTolerance, validUntil: now + length };
}
