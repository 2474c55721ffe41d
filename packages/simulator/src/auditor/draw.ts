/** Draws a world from a seed: its size, its people, and what goes wrong in it. */
import type { Time } from '@retap/model';
import { FAULT_KNOBS, type Faults, FRAUD_KNOBS, type Frauds, type Knob } from '../faults.ts';
import { type CityOptions, DAY, DEFAULT_START } from '../options.ts';
import { Chance } from '../random.ts';

/** A world, and how its centre is kept busy. Everything in it can be made smaller without becoming another thing. */
export interface WorldPlan {
  readonly city: CityOptions & { readonly faults: Faults; readonly frauds: Frauds };
  /** The centre reconciles after so many deliveries. */
  readonly reconcileEvery: number;
  /** So many times on the way the auditor asks for everything that the centre believes. */
  readonly looks: number;
}

/** Taps of one person at least, by measure over 400 worlds: the opening, and rides and errands of a day. */
const TAPS_AT_OPENING = 1;
const TAPS_ON_WEEKDAY = 2.3;
const TAPS_ON_WEEKEND = 0.95;

/** @param taps at least so many in the whole world */
export function drawWorld(seed: number | string, taps = 5000): WorldPlan {
  const chance = new Chance(`world ${seed}`);
  const days = chance.pick([1, 1, 1, 1, 2, 3]);
  // A Monday, and any working day after it.
  const start = DEFAULT_START + chance.integer(0, 4) * DAY;
  const media = Math.ceil((taps / tapsPerPerson(start, days)) * (1 + 0.1 * chance.next()));
  // A terminal serves from a dozen to some hundred people.
  const terminals = Math.max(3, Math.round(media / chance.integer(10, 120)));
  const isHonest = chance.happens(0.4);
  return {
    city: {
      seed,
      days,
      media,
      terminals,
      start,
      faults: faultsDrawn(chance),
      frauds: isHonest ? allOff(FRAUD_KNOBS) : fraudsDrawn(chance),
    },
    reconcileEvery: chance.integer(1, 40),
    looks: chance.integer(1, 3),
  };
}

function tapsPerPerson(start: Time, days: number): number {
  let taps = TAPS_AT_OPENING;
  for (let day = 0; day < days; day += 1) {
    const weekday = new Date(start + day * DAY).getUTCDay();
    taps += weekday === 0 || weekday === 6 ? TAPS_ON_WEEKEND : TAPS_ON_WEEKDAY;
  }
  return taps;
}

/** These say what people do about a fault, and are none themselves: off, they would only empty the streets. */
const HABITS = ['tornCommittedShare', 'retapSameShare', 'retapSiblingShare', 'offlineHoursMax'];

function faultsDrawn(chance: Chance): Faults {
  const faults = allOff(FAULT_KNOBS);
  for (const knob of FAULT_KNOBS) {
    const isOn = HABITS.includes(knob.name) || chance.happens(0.5);
    // Drawn for those that are off, too: one more knob changes nothing in the worlds without it.
    const value = valueDrawn(knob, chance);
    if (isOn) faults[knob.name] = value;
  }
  return faults;
}

function fraudsDrawn(chance: Chance): Frauds {
  const frauds = allOff(FRAUD_KNOBS);
  for (const knob of FRAUD_KNOBS) {
    const isOn = chance.happens(0.35);
    const value = Math.max(1, valueDrawn(knob, chance));
    if (isOn) frauds[knob.name] = value;
  }
  return frauds;
}

function allOff<Name extends string>(knobs: readonly { readonly name: Name }[]): Record<Name, number> {
  return Object.fromEntries(knobs.map(({ name }) => [name, 0])) as Record<Name, number>;
}

/** Small values are as likely as large ones: many worlds are nearly honest. */
function valueDrawn({ kind, mixMax }: Knob, chance: Chance): number {
  const value = mixMax * chance.next() ** 2;
  if (kind === 'share') return Number(value.toPrecision(3));
  return Math.round(value);
}
