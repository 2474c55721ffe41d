/** Cases page by page, while others come, go and come back. */
import { encodeTimeQuestion } from '@retap/protocol';
import { randomOf } from '@retap/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AlertCase, type Central, OPEN_CASE_STATES, openCentral } from '../../src/index.ts';
import { Device, ENROLLED, REASON, verifySignature } from '../device.ts';
import { embeddedDirectory } from '../embedded-directory.ts';
import { watchAll } from './watching.ts';

let central: Central;
let now = 1_000_000;
let terminals = 0;
beforeAll(async () => {
  central = await openCentral({ database: embeddedDirectory(), now: () => now, verifySignature });
  await central.registry.settle(ENROLLED);
});
afterAll(() => central.close());

/** Of a terminal whose clock is off: gone while the terminal is suspended. @returns the terminal */
async function newCase(): Promise<number> {
  terminals += 1;
  const device = await new Device(terminals).join(central);
  const report = { offset: 3_600_000, delay: 40, measuredAt: now };
  const { terminal, sign } = device;
  await central.registry.hearTimeQuestion(
    await encodeTimeQuestion({ terminal, nonce: new Uint8Array(16).fill(terminals), report }, sign),
  );
  await look();
  return terminal;
}
async function look(): Promise<void> {
  now += 1;
  await watchAll(central, now);
}
async function goes(terminal: number): Promise<void> {
  await central.registry.suspend(terminal, REASON);
  await look();
}
async function comesBack(terminal: number): Promise<void> {
  await goes(terminal);
  await central.registry.resume(terminal, REASON);
  await look();
}
const ofTerminals = (cases: readonly AlertCase[]): unknown[] =>
  cases.map(({ alert }) => ('terminal' in alert ? alert.terminal : null));
const open = async (limit: number, before?: number): Promise<readonly AlertCase[]> =>
  central.alertWork.cases({ states: OPEN_CASE_STATES, before, limit });

test('the newest appearance comes first: one that came back before those that only stand', async () => {
  const [first, second, third] = [await newCase(), await newCase(), await newCase()];
  expect(ofTerminals(await open(9))).toEqual([third, second, first]);
  await comesBack(first);
  expect(ofTerminals(await open(9))).toEqual([first, third, second]);
  expect(ofTerminals(await open(2))).toEqual([first, third]);
  expect(await central.alertWork.cases({ limit: 9 })).toEqual(await open(9));
});

test('of several states all are told by one question, in one order', async () => {
  const [one, other, last] = [await newCase(), await newCase(), await newCase()];
  const [, otherCase, oneCase] = await open(3);
  await central.alertWork.acknowledge(oneCase?.id ?? 0, '@ana');
  await central.alertWork.resolve(otherCase?.id ?? 0, { who: '@ana', why: 'known' });
  expect(ofTerminals(await open(2))).toEqual([last, one]);
  const [closed] = await central.alertWork.cases({ states: ['resolved', 'cured'], limit: 9 });
  expect(ofTerminals(closed ? [closed] : [])).toEqual([other]);
  expect(await central.alertWork.cases({ states: ['new', 'new'], limit: 1 })).toEqual(await open(1));
});

test.each([1, 2, 3])(
  'what stands all along comes once, whatever comes and goes between two pages (%i)',
  async (seed) => {
    const random = randomOf(seed);
    for (let n = 0; n < 8; n += 1) await newCase();
    const standing = ofTerminals(await open(1_000)) as number[];
    const moving = standing.filter(() => random.chance(0.4));
    const stands = standing.filter((terminal) => !moving.includes(terminal));
    const seen: unknown[] = [];
    for (let before: number | undefined; ; ) {
      const page = await open(2, before);
      seen.push(...ofTerminals(page));
      before = page.at(-1)?.lastAppearance;
      if (page.length < 2) break;
      if (random.chance(0.5)) await newCase();
      const moved = moving.shift();
      if (moved !== undefined) await (random.chance(0.5) ? comesBack(moved) : goes(moved));
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.filter((terminal) => stands.includes(terminal as number))).toEqual(stands);
  },
);
