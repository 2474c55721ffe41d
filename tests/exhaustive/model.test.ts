import { centralState, firstReceived } from '@retap/model';
import { canonicalReport, oracle } from '@retap/testkit';
import { expect, test } from 'vitest';
import { arrivedBy, asOf, CASES, casesInGroups, configuration, TAPS } from './scope.ts';

// Each arrives once: no two records of a case have one identity.
const neverConflicts = (): boolean => true;

test(`F equals the specification after each arrival, in all ${CASES} histories of one medium with ${TAPS} taps`, {
  timeout: 1_800_000,
}, () => {
  let tried = 0;
  for (const group of casesInGroups(1_000)) {
    for (const drawn of group) {
      for (let step = 0; step <= TAPS; step += 1) {
        const arrived = arrivedBy(step, drawn);
        const state = centralState(firstReceived(arrived, neverConflicts), asOf, configuration);
        expect(canonicalReport(state), drawn.name).toEqual(oracle(arrived, { asOf, ...configuration }));
      }
      tried += 1;
    }
  }
  expect(tried).toBe(CASES);
});
