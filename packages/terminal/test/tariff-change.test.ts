/** A tap that is torn while the tariff changes: who has paid by the old one is let through, who has not pays by the new one. */
import type { TapRequest } from '@retap/model';
import { describe, expect, test } from 'vitest';
import { MemoryJournal, type MemoryMedium, type Terminal, type TerminalOptions } from '../src/index.ts';
import { cents, delivered, mediumWith, type Scene, START, scene, told } from './scene.ts';

/** The fare rises at this moment. */
const MIDNIGHT = START + 10_000;
const fareAt = (time: number): TapRequest => ({ type: 'debit', amount: cents(time < MIDNIGHT ? 130 : 140) });
/** What it was between a commit and now. */
const faresSince =
  (now: number) =>
  (since: number): readonly TapRequest[] => [fareAt(since), fareAt(now)];

const siblings = new Set([17, 18]);
const options: Partial<TerminalOptions> = { siblings, isLogTime: () => true };

/** Holds the medium: the fare is that of the moment. */
function tap(stage: Scene, terminal: Terminal, medium: MemoryMedium) {
  return terminal.tap(medium, fareAt(stage.now), faresSince(stage.now));
}

async function tornBefore(
  stage: Scene,
  store = new MemoryJournal(),
  fault: 'torn-after' | 'torn-before' = 'torn-after',
) {
  const medium = mediumWith(1000);
  const terminal = await stage.at(17, { ...options, store });
  stage.now = MIDNIGHT - 1_000;
  medium.fault = fault;
  expect((await tap(stage, terminal, medium)).outcome).toBe('unverified');
  stage.now = MIDNIGHT + 4_000;
  return { medium, terminal };
}

describe('torn a second before the fare rises, and held again after', () => {
  test('it has paid: it is let through at the old fare, once', async () => {
    const stage = scene();
    const { medium, terminal } = await tornBefore(stage);
    expect((await tap(stage, terminal, medium)).outcome).toBe('completed');
    expect(medium.account?.balance).toBe(870);
    expect((await tap(stage, terminal, medium)).outcome).toBe('successful');
    expect(told(await delivered(terminal))).toEqual([
      '17-1 debit -130 unverified',
      '17-2 observation',
      '17-3 debit -140 successful',
    ]);
  });

  test('it has not paid: it pays the new fare', async () => {
    const stage = scene();
    const { medium, terminal } = await tornBefore(stage, new MemoryJournal(), 'torn-before');
    expect((await tap(stage, terminal, medium)).outcome).toBe('successful');
    expect(medium.account?.balance).toBe(860);
  });

  test('also by a terminal that lost its power in between', async () => {
    const stage = scene();
    const store = new MemoryJournal();
    const { medium } = await tornBefore(stage, store);
    const anew = await stage.at(17, { ...options, store });
    expect((await tap(stage, anew, medium)).outcome).toBe('completed');
    expect(medium.account?.balance).toBe(870);
  });

  test('also at the next gate of the line', async () => {
    const stage = scene();
    const { medium } = await tornBefore(stage);
    const sibling = await stage.at(18, options);
    expect((await tap(stage, sibling, medium)).outcome).toBe('completed');
    expect((await tap(stage, sibling, medium)).outcome).toBe('successful');
    expect(medium.account?.balance).toBe(730);
  });

  test('not for a fare that was none of its: another choice is another tap', async () => {
    const stage = scene();
    const { medium, terminal } = await tornBefore(stage);
    const dog: TapRequest = { type: 'debit', amount: cents(50) };
    expect((await terminal.tap(medium, dog, () => [dog])).outcome).toBe('successful');
    expect(medium.account?.balance).toBe(820);
  });

  test('not when the window is over', async () => {
    const stage = scene();
    const { medium, terminal } = await tornBefore(stage);
    stage.now += 200_000;
    expect((await tap(stage, terminal, medium)).outcome).toBe('successful');
    expect(medium.account?.balance).toBe(730);
  });
});
