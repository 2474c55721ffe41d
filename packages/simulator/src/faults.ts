/** What goes wrong in a city, each on a switch of its own. The tables say what may be asked for, and documents are made of them. */
import type { AlertKind } from '@retap/model';

export const KNOB_KINDS = ['share', 'count', 'hours'] as const;

export interface Knob {
  readonly name: string;
  readonly meaning: string;
  /** `share`: a probability; `count`: how often, or of how many; `hours`. */
  readonly kind: (typeof KNOB_KINDS)[number];
  readonly default: number;
  /** The most that may be asked for; the least is 0. */
  readonly max: number;
  /** The most in a random mix: above it little else would be left of the city. */
  readonly mixMax: number;
  /** Alerts that the specification grants because of it. */
  readonly grants: readonly AlertKind[];
}

const NONE: readonly AlertKind[] = [];
/** Of records that will never arrive: what is missing, and what was to follow it. */
const LOST = ['missing-transaction', 'unknown-medium', 'validation-without-purchase'] as const;
/** Of clocks that are further off than the tolerance: evidence seems to be of the future, or of an old state. */
const CLOCK = ['future-time', 'stale-medium'] as const;
const share = { kind: 'share', max: 1, grants: NONE } as const;
const hours = { kind: 'hours', max: 87_600, grants: NONE } as const;

/** What happens to honest people and honest equipment. */
export const FAULT_KNOBS = [
  {
    ...share,
    name: 'tornShare',
    meaning:
      'Of the taps: the medium left before its answer was whole. The field trial of the paper had 226 in 200,000.',
    default: 226 / 200_000,
    mixMax: 0.3,
  },
  {
    ...share,
    name: 'tornCommittedShare',
    meaning: 'Of the torn taps: the medium had committed.',
    default: 0.5,
    mixMax: 1,
  },
  { ...share, name: 'declinedShare', meaning: 'Of the taps: the medium declined.', default: 0.0005, mixMax: 0.1 },
  {
    ...share,
    name: 'powerCutShare',
    meaning: 'Of the taps: the terminal lost its power at the commit, and started anew.',
    default: 0.000_05,
    mixMax: 0.05,
  },
  {
    ...share,
    name: 'retapSameShare',
    meaning: 'Of the people whose tap failed: tries again at the same terminal.',
    default: 0.6,
    mixMax: 1,
  },
  {
    ...share,
    name: 'retapSiblingShare',
    meaning: 'Of the people whose tap failed: tries again at a terminal beside it; who does neither walks away.',
    default: 0.25,
    mixMax: 1,
  },
  { ...share, name: 'uploadCutShare', meaning: 'Of the uploads: cut off in the middle.', default: 0.02, mixMax: 0.3 },
  {
    ...share,
    name: 'acknowledgementLostShare',
    meaning: 'Of the uploads: received, and the acknowledgement lost.',
    default: 0.01,
    mixMax: 0.3,
  },
  { ...share, name: 'uploadRepeatShare', meaning: 'Of the uploads: received twice.', default: 0.01, mixMax: 0.3 },
  {
    ...share,
    name: 'uploadSlowShare',
    meaning: 'Of the deliveries: takes up to an hour; the terminal has long sent the same again.',
    default: 0.05,
    mixMax: 0.5,
  },
  {
    ...share,
    name: 'uploadFlippedShare',
    meaning: 'Of the uploads: a bit was flipped on the way.',
    default: 0,
    mixMax: 0.3,
  },
  { ...share, name: 'uploadLostShare', meaning: 'Of the uploads: nothing of it arrived.', default: 0, mixMax: 0.3 },
  {
    ...share,
    name: 'uploadDelayedShare',
    meaning:
      'Of the uploads: arrives when the terminal has long sent the same again, up to `uploadDelayHoursMax` later.',
    default: 0,
    mixMax: 0.3,
  },
  {
    ...hours,
    name: 'uploadDelayHoursMax',
    meaning: 'The longest time that a batch is delayed.',
    default: 96,
    mixMax: 200,
  },
  {
    ...share,
    name: 'uploadOvertakenShare',
    meaning: 'Of the uploads: the batch after it was sent, too, and arrived before it.',
    default: 0,
    mixMax: 0.3,
  },
  {
    ...share,
    name: 'uploadPowerCutShare',
    meaning: 'Of the uploads: the terminal lost its power as it wrote down what it sent, or what it was told.',
    default: 0,
    mixMax: 0.1,
  },
  {
    ...share,
    name: 'centreKilledShare',
    meaning: 'Of the deliveries: the centre was killed over it, before it kept the batch or before it answered.',
    default: 0,
    mixMax: 0.05,
  },
  {
    ...share,
    name: 'databaseRestartedShare',
    meaning: 'Of the deliveries: the database of the centre went away over it, and came back.',
    default: 0,
    mixMax: 0.02,
  },
  {
    ...share,
    name: 'offlineShare',
    meaning: 'Of the terminals, each day: no link, for a time up to `offlineHoursMax`.',
    default: 0.03,
    mixMax: 0.5,
  },
  {
    ...hours,
    name: 'offlineHoursMax',
    meaning: 'The longest time without a link; less than maxDelay by 6 hours, or records would be late.',
    default: 48,
    mixMax: 60,
  },
  {
    ...share,
    name: 'clockSkewShare',
    meaning: 'Of the tolerance: how far apart the clocks of two terminals are at most, at all times.',
    default: 0.9,
    mixMax: 1,
  },
  {
    ...share,
    name: 'tornAuthenticateShare',
    meaning: 'Of the taps: the medium left as it was authenticated.',
    default: 0,
    mixMax: 0.1,
  },
  { ...share, name: 'tornReadShare', meaning: 'Of the taps: the medium left as it was read.', default: 0, mixMax: 0.1 },
  {
    ...share,
    name: 'collisionShare',
    meaning: 'Of the taps: two cards were in the field, and neither could be read.',
    default: 0,
    mixMax: 0.1,
  },
  {
    ...share,
    name: 'otherCardShare',
    meaning: 'Of the taps: two cards of one person were in the field, and the other one answered.',
    default: 0,
    mixMax: 0.1,
  },
  {
    ...share,
    name: 'journalCutShare',
    meaning: 'Of the taps: the terminal lost its power at one of the writes of its journal.',
    default: 0,
    mixMax: 0.05,
  },
  {
    ...share,
    name: 'tornSectorShare',
    meaning: 'Of the writes at which the power was lost: some of it reached the disk, or all of it unanswered.',
    default: 0,
    mixMax: 1,
  },
  {
    ...share,
    name: 'bitRotShare',
    meaning:
      'Of the terminals, each day: a bit on its disk flips; it is found at the next start, and another takes its place.',
    default: 0,
    mixMax: 0.05,
    grants: LOST,
  },
  {
    ...share,
    name: 'diskFullShare',
    meaning: 'Of the terminals, each day: its disk is full, for a time up to `diskFullHoursMax`.',
    default: 0,
    mixMax: 0.2,
  },
  { ...hours, name: 'diskFullHoursMax', meaning: 'The longest time that a disk is full.', default: 6, mixMax: 12 },
  {
    ...share,
    name: 'clockJumpShare',
    meaning: 'Of the terminals, each day: its clock jumps ahead, until it is set.',
    default: 0,
    mixMax: 0.05,
    grants: CLOCK,
  },
  {
    ...share,
    name: 'clockRollbackShare',
    meaning: 'Of the terminals, each day: its clock is turned back, until it is set.',
    default: 0,
    mixMax: 0.05,
    grants: CLOCK,
  },
  {
    ...share,
    name: 'clockStoppedShare',
    meaning: 'Of the terminals, each day: its clock stops, until it is set.',
    default: 0,
    mixMax: 0.05,
    grants: CLOCK,
  },
  {
    ...share,
    name: 'batteryEmptyShare',
    meaning: 'Of the terminals, each day: its clock begins at 1970, and nobody is served until it is set.',
    default: 0,
    mixMax: 0.05,
  },
  {
    ...hours,
    name: 'clockJumpHoursMax',
    meaning: 'How far a clock jumps, or is turned back, at most.',
    default: 3,
    mixMax: 12,
  },
  {
    ...hours,
    name: 'clockWrongHoursMax',
    meaning: 'The longest time until somebody sets a clock that is off.',
    default: 4,
    mixMax: 12,
  },
  {
    ...share,
    name: 'terminalReplacedShare',
    meaning: 'Of the terminals, each day: another takes its place, and it brings what it has from elsewhere.',
    default: 0,
    mixMax: 0.05,
  },
  {
    name: 'fareChangesDaily',
    kind: 'count',
    meaning: 'How often the tariff changes each day, during service.',
    default: 0,
    max: 100,
    mixMax: 3,
    grants: NONE,
  },
  {
    ...share,
    name: 'fareLateShare',
    meaning: 'Of the terminals, at each change of the tariff: hears of it when it already holds.',
    default: 0,
    mixMax: 0.3,
  },
  { ...hours, name: 'fareLateHoursMax', meaning: 'How late a terminal hears of it at most.', default: 6, mixMax: 12 },
  {
    name: 'deniedDaily',
    kind: 'count',
    meaning: 'Media that are reported lost each day, and denied by a list that terminals hold.',
    default: 0,
    max: 1000,
    mixMax: 3,
    grants: NONE,
  },
  {
    ...share,
    name: 'listStaleShare',
    meaning: 'Of the times that a terminal asks for a list: it gets nothing newer than it has.',
    default: 0,
    mixMax: 0.5,
  },
  {
    ...share,
    name: 'listFlippedShare',
    meaning: 'Of the times that a terminal asks for a list: a bit of it was flipped.',
    default: 0,
    mixMax: 0.5,
  },
  {
    ...share,
    name: 'listRolledBackShare',
    meaning: 'Of the times that a terminal asks for a list: it gets an old version, rightly signed.',
    default: 0,
    mixMax: 0.5,
  },
] as const satisfies readonly Knob[];

const count = { kind: 'count', default: 0, max: 1_000_000, mixMax: 2 } as const;
/** Two states of one medium, each going on from the same commit. */
const TWICE = ['cloned-medium', 'stale-medium', 'invalid-validation'] as const;

/** What the alerts are there for. */
export const FRAUD_KNOBS = [
  { ...count, name: 'clones', meaning: 'Media that a second person carries a copy of.', grants: TWICE },
  {
    ...count,
    name: 'forged',
    meaning: 'Media whose balance was raised without a terminal.',
    grants: ['balance-mismatch'],
  },
  {
    ...count,
    name: 'rolledBack',
    meaning: 'Media on which an old state was put back, with the balance of then.',
    grants: TWICE,
  },
  { ...count, name: 'silent', meaning: 'Terminals whose records never arrive.', grants: LOST },
  {
    ...count,
    name: 'lostJournals',
    meaning: 'Terminals that lose their journal, with what was not yet uploaded, and go on under a new number.',
    grants: LOST,
  },
  {
    ...count,
    name: 'stolen',
    meaning: 'Terminals that were carried away: they go on serving media, and never deliver again.',
    grants: LOST,
  },
  {
    ...count,
    name: 'restored',
    meaning: 'Terminals whose disk was put back to what it was some hours ago: they give serials a second time.',
    grants: [...LOST, 'conflicting-record', 'terminal-time-order'],
  },
  {
    ...count,
    name: 'forgedBatches',
    meaning: 'Batches in the name of a terminal that no terminal wrote: a refill of a medium that never saw it.',
    grants: [...LOST, ...TWICE, 'conflicting-record', 'terminal-time-order'],
  },
  {
    ...count,
    name: 'editedRows',
    meaning: 'Accounts whose row in the database somebody inside edits behind its back.',
    grants: NONE,
  },
] as const satisfies readonly Knob[];

/** See {@link FAULT_KNOBS}. */
export type Faults = Readonly<Record<(typeof FAULT_KNOBS)[number]['name'], number>>;
/** See {@link FRAUD_KNOBS}. */
export type Frauds = Readonly<Record<(typeof FRAUD_KNOBS)[number]['name'], number>>;

/** The knobs of what can happen; the others say how long it lasts. */
export type Counted = Exclude<(typeof FAULT_KNOBS)[number] | (typeof FRAUD_KNOBS)[number], { kind: 'hours' }>['name'];

const KNOBS: ReadonlyMap<string, Knob> = new Map([...FAULT_KNOBS, ...FRAUD_KNOBS].map((knob) => [knob.name, knob]));

export function knobOf(name: Counted): Knob {
  return KNOBS.get(name) as Knob;
}

/** Nothing has happened yet. */
export function noneCounted(): Record<Counted, number> {
  const counted = [...FAULT_KNOBS, ...FRAUD_KNOBS].filter(({ kind }) => kind !== 'hours');
  return Object.fromEntries(counted.map(({ name }) => [name, 0])) as Record<Counted, number>;
}

/** @throws RangeError in words for the person who gave them */
export function faultsOf(given: Partial<Faults> = {}): Faults {
  return settingsOf<keyof Faults>(FAULT_KNOBS, given);
}

/** @throws RangeError in words for the person who gave them */
export function fraudsOf(given: Partial<Frauds> = {}): Frauds {
  return settingsOf<keyof Frauds>(FRAUD_KNOBS, given);
}

function settingsOf<Name extends string>(
  knobs: readonly (Knob & { readonly name: Name })[],
  given: Partial<Record<Name, number>>,
): Record<Name, number> {
  const unknown = Object.keys(given).find((name) => knobs.every((knob) => knob.name !== name));
  if (unknown !== undefined) throw new RangeError(`there is no ${unknown}; there are ${namesOf(knobs)}`);
  const settings = {} as Record<Name, number>;
  for (const knob of knobs) {
    const value = given[knob.name] ?? knob.default;
    assertWithin(knob, value);
    settings[knob.name] = value;
  }
  return settings;
}

function assertWithin({ name, kind, max }: Knob, value: number): void {
  const isOne = value >= 0 && value <= max && (kind !== 'count' || Number.isInteger(value));
  if (isOne) return;
  const whole = kind === 'count' ? 'an integer from ' : '';
  throw new RangeError(`${name} must be ${whole}0 to ${max}, not ${value}`);
}

function namesOf(knobs: readonly Knob[]): string {
  return knobs.map(({ name }) => name).join(', ');
}
