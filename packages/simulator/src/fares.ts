/** Fares that change during service: each terminal goes by its own clock, and a few hear of a change when it already holds. */
import { amountOf, type TapRequest, type Time } from '@retap/model';
import type { EquipmentClock } from './equipment-clock.ts';
import { HOUR, MINUTE } from './options.ts';
import type { Chance } from './random.ts';
import type { World } from './world.ts';

/** Every other tariff is so much below the ordinary fare: whoever can pay that can pay either. */
const REBATE = 20;
/** A tap may have been decided so long before its medium says that it committed. */
const TAP_MS = 10_000;

/** Who goes by fares: a terminal. */
export interface FareBearer {
  readonly clock: EquipmentClock;
}

interface FareChange {
  readonly from: Time;
  /** Who hears of it later, and when; the others long before. */
  readonly late: ReadonlyMap<FareBearer, Time>;
}

export class Fares {
  readonly #world: World;
  readonly #chance: Chance;
  readonly #changes: FareChange[] = [];

  constructor(world: World) {
    this.#world = world;
    this.#chance = world.chance.stream('fares');
  }

  /** Plans the changes of the day that begins, between six in the morning and nine in the evening. */
  drawDay(terminals: readonly FareBearer[], midnight: Time): void {
    const { fareChangesDaily, fareLateShare, fareLateHoursMax } = this.#world.plan.faults;
    const times = Array.from({ length: fareChangesDaily }, () => this.#chance.integer(6 * 60, 21 * 60));
    for (const minute of times.sort((a, b) => a - b)) {
      const from = midnight + minute * MINUTE;
      const hearsLate = fareLateShare > 0 ? terminals.filter(() => this.#chance.happens(fareLateShare)) : [];
      const late = new Map(hearsLate.map((each) => [each, from + this.#chance.integer(1, fareLateHoursMax * HOUR)]));
      this.#changes.push({ from, late });
      this.#world.counts.fareChangesDaily += 1;
      this.#world.counts.fareLateShare += late.size;
    }
  }

  /** Whether nothing ever changes. */
  get areFixed(): boolean {
    return this.#changes.length === 0;
  }

  /** What the terminal asks of who asks it for this. */
  requestAt(request: TapRequest, terminal: FareBearer): TapRequest {
    return underTariff(request, this.#tariffAt(terminal.clock.time, terminal));
  }

  /** What the same would have been a request for since a time, as the terminal knows it. */
  requestsSince(request: TapRequest, terminal: FareBearer): (since: Time) => readonly TapRequest[] {
    return (since) => {
      const now = terminal.clock.time;
      const first = this.#tariffAt(Math.min(since, now) - TAP_MS, terminal);
      const last = this.#tariffAt(Math.max(since, now), terminal);
      const tariffs = first === last ? [first] : [first, first + 1];
      return tariffs.map((tariff) => underTariff(request, tariff));
    };
  }

  /** Whether the terminal goes by a fare that holds no longer. It cannot know that who comes back has paid another. */
  isBehind(terminal: FareBearer): boolean {
    const { now, plan } = this.#world;
    return this.#changes.some(({ from, late }) => {
      const heardAt = late.get(terminal);
      return heardAt !== undefined && from <= now + plan.clockTolerance && now <= heardAt + plan.clockTolerance;
    });
  }

  /** Number of the tariff that holds, from 0: by the terminal's clock, of the changes that it has heard of. */
  #tariffAt(time: Time, terminal: FareBearer): number {
    const { now } = this.#world;
    return this.#changes.filter(({ from, late }) => from <= time && (late.get(terminal) ?? 0) <= now).length;
  }
}

function underTariff(request: TapRequest, tariff: number): TapRequest {
  if (request.type !== 'debit' || tariff % 2 === 0) return request;
  return { ...request, amount: amountOf(Math.max(0, request.amount - REBATE)) };
}
