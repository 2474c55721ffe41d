/** When people travel: who does on which day, drawn anew from the seed each time it is asked, and at what times. */
import type { Time } from '@retap/model';
import { Calendar, type DayKind } from './calendar.ts';
import { DAY, HOUR, MINUTE } from './durations.ts';
import type { RiderClass } from './life.ts';
import type { CityPlan } from './options.ts';
import type { Person } from './people.ts';
import { type Chance, DrawTable } from './random.ts';

export interface Trip {
  readonly at: Time;
  /** Number of the station. */
  readonly station: number;
}

/** Column of the draw of an active person's one sure day; days have columns from 0. */
const SURE_DAY = -1;

export class Travel {
  readonly #plan: CityPlan;
  readonly #calendar: Calendar;
  readonly #draws: DrawTable;
  /** Demand of all days up to each one; empty where the city never ends. */
  readonly #demandUpTo: readonly number[];
  /** Sum of the hour weights up to each hour. */
  readonly #weightUpTo: readonly number[];

  constructor(plan: CityPlan) {
    this.#plan = plan;
    this.#calendar = new Calendar(plan.life.calendar);
    this.#draws = new DrawTable(`${plan.seed}/travel`);
    const days = Number.isFinite(plan.days) ? plan.days : 0;
    const { demand } = plan.life.calendar;
    this.#demandUpTo = summed(Array.from({ length: days }, (_, day) => demand[this.kindOf(day)]));
    this.#weightUpTo = summed(plan.life.day.hourWeights);
  }

  /** @param day from 0 */
  kindOf(day: number): DayKind {
    return this.#calendar.kindOf(this.#plan.start + day * DAY);
  }

  /** Chances of a class on a day: one look for all of its people. */
  chanceOn(day: number, rider: RiderClass): number {
    return rider.travelChance * this.#plan.life.calendar.demand[this.kindOf(day)];
  }

  /** @param index the person's @param chance see {@link chanceOn} */
  travels(index: number, day: number, chance: number, isActive: boolean): boolean {
    return this.#draws.at(index, day) < chance || (isActive && this.#sureDayOf(index) === day);
  }

  /** In order of time. At least half an hour apart. */
  tripsOf(person: Person, rider: RiderClass, day: number, chance: Chance): Trip[] {
    const { morningHour, morningSpreadHours, eveningHour, eveningSpreadHours } = this.#plan.life.day;
    const midnight = this.#plan.start + day * DAY;
    const kind = this.kindOf(day);
    const isWorkday = kind === 'workday' || kind === 'schoolHoliday';
    const { home, work } = person;
    const trips: Trip[] = [];
    const returns = chance.happens(rider.returnShare);
    if (isWorkday && chance.happens(rider.commuteShare)) {
      trips.push({ at: midnight + chance.around(morningHour * HOUR, morningSpreadHours * HOUR), station: home });
      const back = midnight + chance.around(eveningHour * HOUR, eveningSpreadHours * HOUR);
      if (returns) trips.push({ at: back, station: work });
    } else {
      const out = midnight + this.#timeOfDay(chance);
      trips.push({ at: out, station: home });
      if (returns) trips.push({ at: out + this.#stay(chance), station: work });
    }
    if (chance.happens(rider.eveningShare)) {
      const out = midnight + chance.around(20.4 * HOUR, 0.5 * HOUR);
      trips.push({ at: out, station: home }, { at: out + this.#stay(chance), station: work });
    }
    return trips;
  }

  #timeOfDay(chance: Chance): number {
    const hour = placeOf(chance.next(), this.#weightUpTo);
    return hour * HOUR + chance.integer(0, HOUR - 1);
  }

  #stay(chance: Chance): number {
    const { stayMinutesMin, stayMinutesMax } = this.#plan.life.day;
    return chance.integer(stayMinutesMin, stayMinutesMax) * MINUTE;
  }

  #sureDayOf(index: number): number {
    return placeOf(this.#draws.at(index, SURE_DAY), this.#demandUpTo);
  }
}

function summed(weights: readonly number[]): number[] {
  let sum = 0;
  return weights.map((weight) => {
    sum += weight;
    return sum;
  });
}

/** Which part of the whole a draw falls into; the last where all weights are 0. */
function placeOf(draw: number, upTo: readonly number[]): number {
  const wanted = draw * (upTo.at(-1) ?? 0);
  let low = 0;
  let high = upTo.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((upTo[middle] ?? 0) > wanted) high = middle;
    else low = middle + 1;
  }
  return low;
}
