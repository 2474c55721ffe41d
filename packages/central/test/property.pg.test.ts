import { arbitraryHistory, randomOf, startPostgres, stretched, type TestPostgres } from '@retap/testkit';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openCentral } from '../src/index.ts';
import { emptyTemplate } from './database.ts';
import { play } from './schedule.ts';

let postgres: TestPostgres;
let template: string;
beforeAll(async () => {
  postgres = await startPostgres();
  template = await emptyTemplate(postgres);
});
afterAll(() => postgres.stop());

const plan = fc.constantFrom(0, 3, 7).chain((clockTolerance) =>
  fc.record({
    clockTolerance: fc.constant(clockTolerance),
    histories: fc.array(arbitraryHistory({ clockTolerance, maxRecords: 14 }), { minLength: 1, maxLength: 4 }),
    // Media are looked for period by period, of 2^29 ms: one period, several, or each time in one of its own.
    factor: fc.constantFrom(1, 2 ** 27, 2 ** 30),
    processors: fc.integer({ min: 1, max: 4 }),
    seed: fc.noShrink(fc.integer()),
  }),
);

type Drawn = typeof plan extends fc.Arbitrary<infer Each> ? Each : never;

describe('on PostgreSQL, whatever the order, the batches, the repeats, the restarts and the processors', () => {
  test('the stored state is that of the specification, and check finds nothing', { timeout: 120_000 }, async () => {
    let several = 0;
    let playing: Promise<void> | undefined;
    const run = async ({ histories: drawn, factor, processors, seed }: Drawn) => {
      const histories = drawn.map((each) => stretched(each, factor));
      const clockTolerance = histories[0]?.configuration.clockTolerance ?? 0;
      const database = await postgres.createDatabase(undefined, template);
      const open = () => openCentral({ database, clockTolerance, processors, now: () => 0 });
      const centres = await Promise.all(Array.from({ length: processors }, open));
      const restart = async (index: number) => {
        await centres[index]?.close();
        return open();
      };
      const first = histories[0] ?? expect.fail('no history');
      try {
        await play(
          {
            histories,
            configuration: first.configuration,
            asOf: [first.asOf, 0],
            random: randomOf(seed),
            firstNumber: 0,
          },
          { centres, restart },
        );
      } finally {
        await Promise.all(centres.map((centre) => centre.close()));
      }
      if (processors > 1) several += 1;
    };
    await fc.assert(
      fc.asyncProperty(plan, (drawn) => {
        playing = run(drawn);
        return playing;
      }),
      { numRuns: Number(process.env.RETAP_RUNS ?? 50), seed: 20170104, interruptAfterTimeLimit: 40_000 },
    );
    // Where time was up, the last run is still going on.
    await playing;
    expect(several).toBeGreaterThan(3);
  });
});
