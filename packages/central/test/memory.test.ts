/** The centre in memory is held to what the centre over SQL is held to. */
import { amountOf } from '@retap/model';
import { arbitraryHistory, history, randomOf } from '@retap/testkit';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openMemoryCentral } from '../src/memory/index.ts';
import { expectOracle, feed, findings, reportOf } from './incremental.ts';
import { describeReceiving } from './receive-contract.ts';
import { play } from './schedule.ts';

describeReceiving('memory', () => openMemoryCentral({ clockTolerance: 20 }));

const plan = fc.constantFrom(0, 3, 7).chain((clockTolerance) =>
  fc.record({
    clockTolerance: fc.constant(clockTolerance),
    histories: fc.array(arbitraryHistory({ clockTolerance, maxRecords: 14 }), { minLength: 1, maxLength: 4 }),
    roundRecords: fc.constantFrom(1, 5, 1_000),
    seed: fc.noShrink(fc.integer()),
  }),
);

describe('in memory, whatever the order, the batches, the repeats and the restarts', () => {
  test('the state is that of the specification, and check finds nothing', { timeout: 90_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(plan, async ({ histories, clockTolerance, roundRecords, seed }) => {
        const first = await openMemoryCentral({ clockTolerance, roundRecords });
        let last = first;
        const centres = [first];
        let restarts = 0;
        const restart = async () => {
          restarts += 1;
          if (restarts % 2 === 1) return last.reopened();
          last = await openMemoryCentral({ clockTolerance, roundRecords, batches: last.batches });
          return last;
        };
        const { asOf, configuration } = histories[0] ?? expect.fail('no history');
        const plan = { histories, configuration, asOf: [asOf, 0], random: randomOf(seed), firstNumber: 0 };
        await play(plan, { centres, restart });
      }),
      { numRuns: Number(process.env.RETAP_RUNS ?? 100), seed: 20170104, interruptAfterTimeLimit: 20_000 },
    );
  });

  test.each(Array.from({ length: Number(process.env.RETAP_SEEDS ?? 4) }, (_, i) => i + 1))(
    'adversarial histories, seed %i',
    async (seed) => {
      const random = randomOf(`memory ${seed}`);
      const clockTolerance = random.int(12);
      const histories = Array.from({ length: Number(process.env.RETAP_HISTORIES ?? 150) }, (_, i) =>
        history(`${seed} ${i}`, { mode: 'adversarial', clockTolerance }),
      );
      const central = await openMemoryCentral({ clockTolerance });
      const asOf = Math.max(...histories.map((h) => h.asOf));
      const received = await feed(central, histories, random, async () => {
        if (random.chance(0.7)) await central.drain();
      });
      await central.drain();
      const { configuration } = histories[0] ?? expect.fail('no history');
      const report = await reportOf(central, { asOf, configuration: { ...configuration, clockTolerance } });
      expectOracle(report, received, histories, asOf);
      expect(report.alerts.length).toBeGreaterThan(0);
    },
  );
});

test('an insider who raises a balance in memory is found', async () => {
  const central = await openMemoryCentral({ clockTolerance: 5 });
  const histories = [history('edited', { mode: 'adversarial', clockTolerance: 5 })];
  await feed(central, histories, randomOf('edited'), async () => {});
  await central.drain();
  const configuration = { maxDelay: 5, clockTolerance: 5, minimumBalance: amountOf(0) };
  expect(await findings(central, 1_000_000, configuration)).toEqual([]);
  let edited = '';
  central.edit(({ media }) => {
    const table = media.find(({ account }) => account?.tip) ?? expect.fail('no account');
    const tip = table.account?.tip ?? expect.fail('no tip');
    edited = table.name;
    table.account = { ...(table.account ?? expect.fail('no account')), tip: { ...tip, balance: tip.balance + 1 } };
  });
  expect((await findings(central, 1_000_000, configuration)).map(({ subject }) => subject)).toEqual([
    `account ${edited}`,
  ]);
});
