/** What each medium did at this terminal today: the limits per medium and day. */
import { isTransaction, type JournalRecord, type MediumName, type Time } from '@retap/model';
import { type DayTotal, limitDayOf, withTap } from '@retap/protocol';

const NOTHING: DayTotal = { taps: 0, amount: 0 };

export class DayMemory {
  readonly #dayStart: number;
  #day = 0;
  readonly #totals = new Map<MediumName, DayTotal>();

  /** @param dayStart begin of a day after midnight UTC, in milliseconds */
  constructor(dayStart: number) {
    this.#dayStart = dayStart;
  }

  remember(record: JournalRecord): void {
    if (!isTransaction(record) || record.action) return;
    // A tap that may have committed counts: who tears every tap must not have more of them than who tears none.
    if (record.status === 'unsuccessful' || record.type === 'refill') return;
    this.#turn(record.time);
    this.#totals.set(record.medium, withTap(this.#totals.get(record.medium) ?? NOTHING, record));
  }

  /** @param time of the tap, which is later than that of every record remembered */
  on(time: Time, medium: MediumName): DayTotal {
    return this.#dayOf(time) === this.#day ? (this.#totals.get(medium) ?? NOTHING) : NOTHING;
  }

  /** For {@link restore}. */
  snapshot(): DaySnapshot {
    return { day: this.#day, totals: [...this.#totals].map(([medium, { taps, amount }]) => [medium, taps, amount]) };
  }

  restore({ day, totals }: DaySnapshot): void {
    this.#day = day;
    for (const [medium, taps, amount] of totals) this.#totals.set(medium, { taps, amount });
  }

  #turn(time: Time): void {
    const day = this.#dayOf(time);
    if (day === this.#day) return;
    this.#day = day;
    this.#totals.clear();
  }

  #dayOf(time: Time): number {
    return limitDayOf(time, this.#dayStart);
  }
}

export interface DaySnapshot {
  readonly day: number;
  readonly totals: readonly (readonly [medium: MediumName, taps: number, amount: number])[];
}
