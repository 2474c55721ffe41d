import { defineConfig } from 'vitest/config';

const conditions = ['development', 'node'];

/** The tests that mutants of the deciding code must not survive: the centre in memory against the oracle. */
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['packages/central/test/{decisions,memory,straight}.test.ts'],
    // As many as a mutant is worth, of the thousands that the suites run.
    env: {
      RETAP_RUNS: process.env.RETAP_RUNS ?? '8',
      RETAP_SEEDS: process.env.RETAP_SEEDS ?? '1',
      RETAP_HISTORIES: process.env.RETAP_HISTORIES ?? '25',
    },
    setupFiles: ['tests/mutation/seed.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
