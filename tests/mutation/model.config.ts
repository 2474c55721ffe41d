import { defineConfig } from 'vitest/config';

const conditions = ['development', 'node'];

/** The tests that mutants of packages/model must not survive: the model's own, quick and of one seed. */
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['packages/model/test/**/*.test.ts'],
    // As many as a mutant is worth, of the thousands that the suites run.
    env: { RETAP_RUNS: process.env.RETAP_RUNS ?? '60' },
    setupFiles: ['tests/mutation/seed.ts'],
    testTimeout: 120_000,
  },
});
