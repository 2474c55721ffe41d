/** Random histories from a seed, for the property tests of model and centre. */
import { adversarialHistory } from './histories/adversarial.ts';
import { FAULTS, type Faults } from './histories/faults.ts';
import type { History } from './histories/history.ts';
import { realisticHistory } from './histories/realistic.ts';
import { randomOf } from './random.ts';

export interface HistoryOptions {
  /**
   * `adversarial`: small integers for times, terminals and amounts, so that every rule collides with every other.
   * `realistic`: media and terminals of a city over hours or days, with {@link Faults}.
   * Default: one or the other, by the seed.
   */
  readonly mode?: 'adversarial' | 'realistic';
  /** How many records are written, roughly. Default: 1 to 40, by the seed. */
  readonly size?: number;
  /** For `realistic`. Default {@link FAULTS}; NO_FAULTS makes an honest city. */
  readonly faults?: Faults;
  /** For `adversarial`, where the database fixes it, in milliseconds. Default: 0 to 18, by the seed. `realistic` has 120 s. */
  readonly clockTolerance?: number;
}

/** The history of a seed; the same for ever, unless this package changes how it draws. */
export function history(seed: number | string, options: HistoryOptions = {}): History {
  const random = randomOf(seed);
  const mode = options.mode ?? (random.chance(0.5) ? 'adversarial' : 'realistic');
  const size = options.size ?? random.between(1, 40);
  const name = `${mode} history of seed ${seed}, size ${size}`;
  if (mode === 'realistic') return { name, ...realisticHistory(random.fork(mode), size, options.faults ?? FAULTS) };
  return { name, ...adversarialHistory(random.fork(mode), size, options.clockTolerance ?? null) };
}
