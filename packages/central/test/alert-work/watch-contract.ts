/** The watcher, on either engine: cases are the alerts that stand, whatever came in whichever order. */
import { arrivals, history, randomOf, relocated } from '@retap/testkit';
import { expect } from 'vitest';
import type { Central } from '../../src/index.ts';
import { journalPiece } from '../incremental.ts';
import { dueAt, expectCases, watchAll } from './watching.ts';

export const CONTRACT_TOLERANCE = 3;

/** @param watchers centres over one database: any of them looks @returns how many alerts were compared */
export async function watchHistories(
  seed: string,
  count: number,
  mode: 'adversarial' | 'realistic',
  open: () => Promise<Central>,
  watchers = 1,
): Promise<number> {
  const random = randomOf(seed);
  const centres = await Promise.all(Array.from({ length: watchers }, open));
  const central = centres[0] as Central;
  const waiting = Array.from({ length: count }, (_, i) => {
    const told = history(`${seed} ${i}`, { mode, clockTolerance: CONTRACT_TOLERANCE });
    return arrivals(relocated(told, i).records, random);
  });
  const times = waiting.flat(2).map(({ time }) => time);
  const [first, last] = [Math.min(...times), Math.max(...times)];
  let asOf = first;
  let compared = 0;
  while (waiting.some((batches) => batches.length > 0)) {
    await central.receive([journalPiece(waiting.flatMap((batches) => batches.shift() ?? []))]);
    if (random.chance(0.6)) await random.pick(centres).drain();
    // Time goes on, by a step or to where records of the middle are late.
    asOf = Math.max(asOf, random.chance(0.5) ? asOf + random.int(10) : dueAt(first + random.int(last - first)));
    await Promise.all(centres.map((each) => each.alertWork.watch(asOf)));
    if (random.chance(0.1)) await central.rebuild();
    if (!random.chance(0.4)) continue;
    await central.drain();
    await watchAll(random.pick(centres), asOf);
    compared += await expectCases(central, asOf);
  }
  asOf = Math.max(asOf, dueAt(last + 1));
  await central.drain();
  await watchAll(central, asOf);
  compared += await expectCases(central, asOf);
  await Promise.all(centres.map((each) => each.close()));
  return compared;
}

export function expectMany(compared: number): void {
  expect(compared).toBeGreaterThan(50);
}
