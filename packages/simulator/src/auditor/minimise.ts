/** Makes a world smaller for as long as the same invariant breaks in it: what is left is what is needed. */
import { FAULT_KNOBS, FRAUD_KNOBS } from '../faults.ts';
import type { InvariantName } from './breach.ts';
import type { WorldPlan } from './draw.ts';
import { type LivedWorld, type LiveOptions, liveWorld } from './live-world.ts';

export interface MinimiseOptions extends Omit<LiveOptions, 'world'> {
  /** Asked before each attempt. */
  readonly isTimeLeft: () => boolean;
  readonly onSmaller?: (world: WorldPlan) => void;
}

/** @param found a world with a violation @returns the smallest found with one of the same invariant */
export async function minimise(found: LivedWorld, options: MinimiseOptions): Promise<LivedWorld> {
  const invariant = found.violation?.invariant;
  if (invariant === undefined) return found;
  let smallest = found;
  for (let isSmaller = true; isSmaller; ) {
    isSmaller = false;
    for (const step of STEPS) {
      // The same step for as long as it helps: halving people ten times is worth more than any other.
      for (let next = await attempt(smallest, step, invariant, options); next; ) {
        smallest = next;
        isSmaller = true;
        options.onSmaller?.(smallest.world);
        next = await attempt(smallest, step, invariant, options);
      }
    }
  }
  return smallest;
}

async function attempt(
  from: LivedWorld,
  step: Step,
  invariant: InvariantName,
  options: MinimiseOptions,
): Promise<LivedWorld | null> {
  const world = step(from.world);
  if (world === null || !options.isTimeLeft()) return null;
  // A smaller world may be none: two clones of one medium, say. That is no answer.
  const lived = await liveWorld(from.seed, { ...options, world }).catch((error: unknown) => {
    if (error instanceof RangeError) return null;
    throw error;
  });
  return lived?.violation?.invariant === invariant ? lived : null;
}

/** A smaller world; null where it is as small as it gets this way. */
type Step = (world: WorldPlan) => WorldPlan | null;

const lowered =
  (name: 'media' | 'terminals' | 'days', to: (value: number) => number): Step =>
  ({ city, ...rest }) => {
    const value = to(city[name]);
    return value < city[name] ? { ...rest, city: { ...city, [name]: value } } : null;
  };

/** One knob after another that is on, off. */
const STEPS: readonly Step[] = [
  lowered('media', (media) => Math.max(1, Math.floor(media / 3))),
  lowered('days', () => 1),
  lowered('terminals', (terminals) => Math.max(1, Math.floor(terminals / 2))),
  lowered('media', (media) => Math.max(1, Math.floor((media * 3) / 4))),
  ({ reconcileEvery, ...rest }) => (reconcileEvery > 1 ? { ...rest, reconcileEvery: 1 } : null),
  ...knobSteps(),
];

function knobSteps(): readonly Step[] {
  const steps = (kind: 'faults' | 'frauds', name: string): Step[] => {
    const set =
      (to: (value: number) => number): Step =>
      ({ city, ...rest }) => {
        const settings: Readonly<Record<string, number>> = city[kind];
        const value = settings[name] ?? 0;
        if (to(value) >= value) return null;
        return { ...rest, city: { ...city, [kind]: { ...settings, [name]: to(value) } } };
      };
    return [set(() => 0), set((value) => (Number.isInteger(value) ? Math.min(value, 1) : value))];
  };
  return [
    ...FRAUD_KNOBS.flatMap(({ name }) => steps('frauds', name)),
    ...FAULT_KNOBS.flatMap(({ name }) => steps('faults', name)),
  ];
}
