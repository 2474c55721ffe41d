import { arbitraryHistory, arrivals, canonicalReport, history, oracle, randomOf } from '@retap/testkit';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { centralState, explainedBalance, firstReceived, type JournalRecord } from '../src/index.ts';

const isEqual = (a: JournalRecord, b: JournalRecord) => JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
const sorted = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(sorted)
    : value !== null && typeof value === 'object'
      ? Object.fromEntries(
          Object.entries(value)
            .map(([key, inner]) => [key, sorted(inner)] as const)
            .sort(([a], [b]) => (a < b ? -1 : 1)),
        )
      : value;

/** More of them by `RETAP_RUNS`. */
const RUNS = Number(process.env.RETAP_RUNS ?? 1_000);

describe('F equals the literal transcription of the specification', () => {
  test.each(['adversarial', 'realistic'] as const)('over %s histories, in any order of arrival', (mode) => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const { records, asOf, configuration, name } = history(seed, { mode });
        const received = arrivals(records, randomOf(`${seed} arrives`)).flat();
        const state = centralState(firstReceived(received, isEqual), asOf, configuration);
        expect(canonicalReport(state), name).toEqual(oracle(received, { asOf, ...configuration }));
      }),
      { numRuns: RUNS },
    );
  });

  test('over small histories that shrink', () => {
    fc.assert(
      fc.property(arbitraryHistory(), ({ records, asOf, configuration }) => {
        const state = centralState(firstReceived(records, isEqual), asOf, configuration);
        expect(canonicalReport(state)).toEqual(oracle(records, { asOf, ...configuration }));
      }),
      { numRuns: RUNS },
    );
  });
});

test('at every moment the balance is the opening balance, the effective amounts and the credit not explained', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const { records, asOf, configuration } = history(seed);
      const received = firstReceived(records, isEqual);
      for (const account of centralState(received, asOf, configuration).accounts) {
        const own = received.records.filter((record) => record.medium === account.medium);
        expect(explainedBalance(own, configuration.clockTolerance)).toBe(account.balance);
      }
    }),
    { numRuns: RUNS },
  );
});
