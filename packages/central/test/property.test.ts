import { amountOf } from '@retap/model';
import { arbitraryHistory, randomOf, stretched } from '@retap/testkit';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openCentral } from '../src/index.ts';
import { newDirectory } from './directory.ts';
import { findings } from './incremental.ts';
import { play } from './schedule.ts';

/** Times so many times as long: each in a period of its own (schema, `period_of`). */
const FACTOR = 2 ** 29;
const CLOCK_TOLERANCE = 3 * FACTOR;

describe('on the embedded database, whatever the order, the batches, the repeats and the restarts', () => {
  test('the stored state is that of the specification, and check finds nothing', { timeout: 90_000 }, async () => {
    const database = await newDirectory();
    const open = () => openCentral({ database, clockTolerance: CLOCK_TOLERANCE, now: () => 0 });
    const centres = [await open()];
    let restarts = 0;
    const restart = async () => {
      await centres[0]?.close();
      restarts += 1;
      return open();
    };
    // All runs share one database, for a new one takes seconds: each has media and terminals of its own.
    let firstNumber = 1;
    let playing: Promise<void> | undefined;
    const histories = fc.array(
      arbitraryHistory({ clockTolerance: 3, maxRecords: 14 }).map((each) => stretched(each, FACTOR)),
      {
        minLength: 1,
        maxLength: 3,
      },
    );
    await fc.assert(
      fc.asyncProperty(histories, fc.noShrink(fc.integer()), async (drawn, seed) => {
        const first = drawn[0] ?? expect.fail('no history');
        const plan = {
          histories: drawn,
          configuration: first.configuration,
          asOf: [first.asOf],
          random: randomOf(seed),
          firstNumber,
        };
        firstNumber += drawn.length;
        playing = play(plan, { centres, restart });
        await playing;
      }),
      { numRuns: 25, seed: 20170104, interruptAfterTimeLimit: 40_000 },
    );
    // Where time was up, the last run is still going on.
    await playing;
    expect(restarts).toBeGreaterThan(3);
    const central = centres[0] ?? expect.fail('no centre');
    const configuration = { maxDelay: 5 * FACTOR, clockTolerance: CLOCK_TOLERANCE, minimumBalance: amountOf(0) };
    expect(await findings(central, 1_000 * FACTOR, configuration)).toEqual([]);
    await central.close();
  });
});
