/** When to kill whom: drawn from the seed before anything runs, and counted in uploads, not in time. */
import type { Random } from '@retap/testkit';

export interface Kill {
  /** After so many answered deliveries… */
  readonly after: number;
  /** …and this long, so that it strikes in any part of a receipt or a round. */
  readonly pauseMs: number;
  /** Which of the centres. */
  readonly centre: number;
  /** So long after its new start it is killed again, before it listens, or just when it does; null: it is left alone. */
  readonly againMs: number | null;
}

export function killPlan(random: Random, kills: number, deliveries: number, centres = 1): Kill[] {
  const share = deliveries / (kills + 1);
  return Array.from({ length: kills }, (_, index) => ({
    // The last is early enough that uploads are under way.
    after: Math.floor(share * (index + 0.2)) + random.int(Math.max(1, Math.floor(share * 0.7))),
    pauseMs: random.int(25),
    centre: random.int(centres),
    againMs: random.chance(0.2) ? random.int(700) : null,
  }));
}
