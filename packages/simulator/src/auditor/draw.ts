/** Draws a world from a seed: its size, its people, and what goes wrong in it. */
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

/** Rides and errands of one person on one day, roughly; what is missing to `taps` a second draw makes up for. */
const TAPS_PER_PERSON = 2.1;

/** @param taps at least so many in the whole world */
export function drawWorld(seed: number | string, taps = 5000): WorldPlan {
  const chance = new Chance(`world ${seed}`);
  const days = chance.pick([1, 1, 1, 1, 2, 3]);
  const media = Math.ceil((taps / TAPS_PER_PERSON / days) * (1 + 0.3 * chance.next()));
  // A terminal serves from a dozen to some hundred people.
  const terminals = Math.max(3, Math.round(media / chance.integer(10, 120)));
  const isHonest = chance.happens(0.4);
  return {
    city: {
      seed,
      days,
      media,
      terminals,
      // A Monday, and any day after it.
      start: DEFAULT_START + chance.integer(0, 4) * DAY,
      faults: faultsDrawn(chance),
      frauds: isHonest ? allOff(FRAUD_KNOBS) : fraudsDrawn(chance),
    },
    reconcileEvery: chance.integer(1, 40),
    looks: chance.integer(1, 3),
  };
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
