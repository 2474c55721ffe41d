import { amountOf, type CommitStatus, type Configuration, type JournalRecord } from '@retap/model';
import * as fc from 'fast-check';
import type { Random } from '../random.ts';
import type { History } from './history.ts';
import { recordsOf, type Sketch } from './sketch.ts';

const MEDIA = ['A', 'B'] as const;
const PRODUCTS = ['p', 'q'] as const;
const TERMINAL_MAX = 3;
const TIME_MAX = 9;

// The transaction types stand several times: they carry most of the definitions.
const TYPES: readonly JournalRecord['type'][] = [
  ...(['debit', 'debit', 'debit', 'refill', 'refill', 'purchase', 'purchase', 'validation', 'validation'] as const),
  ...(['observation', 'observation', 'open'] as const),
];
const SERIAL_STEPS = [1, 1, 1, 1, 1, 1, 1, 1, 2, 0];
/** Mostly what the record says is right. */
const ERRORS = [0, 0, 0, 0, 0, 1, -1];
const COUNTER_ERRORS = [0, 0, 0, 0, 1];
const BACKS = [1, 1, 1, 1, 2, 3];
// What is in doubt is what the definitions are about. Small tolerances collide with everything; one beyond all times
// leaves the decision to the other rules.
const STATUSES: readonly CommitStatus[] = ['successful', 'unverified', 'unverified', 'unsuccessful'];
const CLOCK_TOLERANCES = [0, 1, 2, 3, 2 * TIME_MAX];

/** Small integers everywhere. Finds most mistakes; says nothing about what a city does. */
export function adversarialHistory(random: Random, size: number, clockTolerance: number | null): Omit<History, 'name'> {
  const media = random.chance(0.6) ? 1 : 2;
  const sketches = Array.from({ length: size }, () => drawSketch(random, media));
  return {
    records: recordsOf(sketches),
    asOf: random.int(TIME_MAX * 2),
    configuration: {
      maxDelay: random.int(TIME_MAX),
      clockTolerance: clockTolerance ?? random.pick(CLOCK_TOLERANCES),
      minimumBalance: amountOf(random.between(-2, 1)),
    },
  };
}

function drawSketch(random: Random, media: number): Sketch {
  const small = (): number => random.int(TIME_MAX + 1);
  const terminal = (): number => random.between(1, TERMINAL_MAX);
  return {
    type: random.pick(TYPES),
    medium: MEDIA[random.int(media)] ?? 'A',
    terminal: terminal(),
    serialStep: random.pick(SERIAL_STEPS),
    time: small(),
    after: random.chance(0.6) ? random.pick(BACKS) : null,
    lastTime: small(),
    lastTerminal: terminal(),
    amount: random.between(-3, 3),
    balance: random.pick(ERRORS),
    status: random.pick(STATUSES),
    mediumSerial: random.chance(0.5) ? random.pick(COUNTER_ERRORS) : null,
    product: {
      id: random.pick(PRODUCTS),
      code: 'DAY',
      ...(random.chance(0.3) && { validFrom: small() }),
      ...(random.chance(0.3) && { validUntil: small() }),
      ...(random.chance(0.4) && { maxUses: random.between(1, 2) }),
    },
    log: random.chance(0.2)
      ? Array.from({ length: random.int(4) }, () => ({ time: small(), terminal: terminal() }))
      : null,
  };
}

export interface ArbitraryHistoryOptions {
  /** Most records in one history. Default 10. */
  readonly maxRecords?: number;
  /** Where the database fixes it; otherwise small and arbitrary. */
  readonly clockTolerance?: number;
}

/** Small adversarial histories as a fast-check arbitrary: a history that fails shrinks to the few records that matter. */
export function arbitraryHistory({
  maxRecords = 10,
  clockTolerance,
}: ArbitraryHistoryOptions = {}): fc.Arbitrary<History> {
  const configuration: fc.Arbitrary<Configuration> = fc.record({
    maxDelay: fc.integer({ min: 0, max: TIME_MAX }),
    clockTolerance: clockTolerance === undefined ? fc.constantFrom(...CLOCK_TOLERANCES) : fc.constant(clockTolerance),
    minimumBalance: fc.integer({ min: -2, max: 1 }).map(amountOf),
  });
  return fc
    .record({
      sketches: fc.array(arbitrarySketch(), { minLength: 1, maxLength: maxRecords }),
      asOf: fc.integer({ min: 0, max: TIME_MAX * 2 }),
      configuration,
    })
    .map(({ sketches, asOf, configuration }) => ({
      name: 'arbitrary',
      records: recordsOf(sketches),
      asOf,
      configuration,
    }));
}

function arbitrarySketch(): fc.Arbitrary<Sketch> {
  const small = fc.integer({ min: 0, max: TIME_MAX });
  const terminal = fc.integer({ min: 1, max: TERMINAL_MAX });
  return fc.record({
    type: fc.constantFrom(...TYPES),
    medium: fc.constantFrom('A', 'A', 'A', 'B'),
    terminal,
    serialStep: fc.constantFrom(...SERIAL_STEPS),
    time: small,
    after: fc.option(fc.constantFrom(...BACKS), { freq: 3 }),
    lastTime: small,
    lastTerminal: terminal,
    amount: fc.integer({ min: -3, max: 3 }),
    balance: fc.constantFrom(...ERRORS),
    status: fc.constantFrom(...STATUSES),
    mediumSerial: fc.option(fc.constantFrom(...COUNTER_ERRORS), { freq: 2 }),
    product: fc.record(
      {
        id: fc.constantFrom(...PRODUCTS),
        code: fc.constant('DAY'),
        validFrom: small,
        validUntil: small,
        maxUses: fc.integer({ min: 1, max: 2 }),
      },
      { requiredKeys: ['id', 'code'] },
    ),
    log: fc.oneof(
      { weight: 4, arbitrary: fc.constant(null) },
      { weight: 1, arbitrary: fc.array(fc.record({ time: small, terminal }), { maxLength: 3 }) },
    ),
  });
}
