import { configDefaults, defineConfig } from 'vitest/config';

// Workspaces resolve to their source: tests need no build, and a stack trace names the file one edits.
const conditions = ['development', 'node'];

const inPackages = (ending: string): string[] => [`packages/*/test/**/*${ending}`, `apps/*/test/**/*${ending}`];
const minutes = (count: number): number => count * 60_000;

// A suite is what a test needs around it, told by its name or folder; whatever needs nothing is 'unit'.
const postgres = [...inPackages('.pg.test.ts'), 'tests/**/*.pg.test.ts'];
const browser = [...inPackages('.browser.test.ts'), 'tests/**/*.browser.test.ts'];
const e2e = ['tests/e2e/**/*.test.ts'];
// Of those, what kills processes in the middle, or holds them to times: apart, for `npm run test:kill` and where a night is spent on them.
const kill = ['tests/e2e/{kill,takeover,journal-capacity}*.test.ts'];
const pcsc = ['tests/pcsc/**/*.test.ts'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    // Two cores is what CI has; more workers would only make every deadline in a test tighter.
    maxWorkers: 2,
    coverage: {
      provider: 'v8',
      reporter: ['text'],
      include: ['packages/*/src/**/*.ts', 'apps/*/src/**/*.ts'],
    },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: [...inPackages('.test.ts'), 'tests/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...postgres, ...browser, ...e2e, ...pcsc],
          // What is too slow the suite's budget finds (tests/run.js). This is only for what hangs: property tests and the
          // embedded database's first start take several times as long when both cores are busy.
          testTimeout: minutes(2),
          hookTimeout: minutes(2),
        },
      },
      {
        extends: true,
        test: {
          name: 'pg',
          include: postgres,
          exclude: [...configDefaults.exclude, ...e2e],
          testTimeout: minutes(2),
          hookTimeout: minutes(2),
        },
      },
      {
        extends: true,
        // Real processes of the built `retap`.
        test: {
          name: 'process',
          include: e2e,
          exclude: [...configDefaults.exclude, ...kill],
          testTimeout: minutes(2),
          hookTimeout: minutes(2),
        },
      },
      {
        extends: true,
        test: {
          name: 'kill',
          include: kill,
          testTimeout: minutes(2),
          hookTimeout: minutes(2),
        },
      },
      {
        extends: true,
        // pcscd, and the built process with PC/SC in it: taps have deadlines, so one file at a time.
        test: {
          name: 'pcsc',
          include: pcsc,
          fileParallelism: false,
          testTimeout: minutes(2),
          hookTimeout: minutes(2),
          // What is polled for comes at once, on a machine that has the time.
          expect: { poll: { timeout: 10_000 } },
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: browser,
          exclude: [...configDefaults.exclude, ...e2e],
          fileParallelism: false,
          testTimeout: minutes(2),
          hookTimeout: minutes(2),
          expect: { poll: { timeout: 10_000 } },
        },
      },
    ],
  },
});
