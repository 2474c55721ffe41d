import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { history, randomOf } from '@retap/testkit';
import { afterEach, describe, expect, test } from 'vitest';
import { openCentral } from '../src/index.ts';
import { expectOracle, feed, reportOf } from './incremental.ts';

const directories: string[] = [];
async function directory(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'retap-test-'));
  directories.push(made);
  return join(made, 'central');
}
afterEach(async () => {
  for (const made of directories.splice(0)) await rm(made, { recursive: true, force: true });
});

describe('on the embedded database', () => {
  test('incremental equals the specification, over restarts', async () => {
    const random = randomOf('embedded');
    const histories = Array.from({ length: 150 }, (_, i) => history(`embedded ${i}`, { mode: 'realistic' }));
    const database = await directory();
    let central = await openCentral({ database, now: () => 0 });
    const asOf = Math.max(...histories.map((h) => h.asOf));
    let restarts = 0;
    const live = { ...central };
    const received = await feed(
      { ...live, receive: (batches) => central.receive(batches) },
      histories,
      random,
      async () => {
        if (random.chance(0.6)) await central.drain();
        if (restarts < 3 && random.chance(0.3)) {
          restarts += 1;
          await central.close();
          central = await openCentral({ database, now: () => 0 });
        }
      },
    );
    await central.drain();
    expect(restarts).toBeGreaterThan(0);
    expectOracle(
      await reportOf(central, { asOf, configuration: histories[0]!.configuration }),
      received,
      histories,
      asOf,
    );
    const differences = [];
    for await (const difference of central.check(asOf, histories[0]!.configuration)) differences.push(difference);
    expect(differences).toEqual([]);
    await central.rebuild();
    expectOracle(
      await reportOf(central, { asOf, configuration: histories[0]!.configuration }),
      received,
      histories,
      asOf,
    );
    await central.close();
  });

  test('refuses a second centre on one directory, and opens after the first is closed', async () => {
    const database = await directory();
    const first = await openCentral({ database, now: () => 0 });
    await expect(openCentral({ database, now: () => 0 })).rejects.toMatchObject({ code: 'database-in-use' });
    await first.close();
    const second = await openCentral({ database, now: () => 0 });
    await second.close();
  });

  test('refuses another clock tolerance than the one it was made with', async () => {
    const database = await directory();
    const first = await openCentral({ database, clockTolerance: 5_000, now: () => 0 });
    await first.close();
    await expect(openCentral({ database, clockTolerance: 6_000, now: () => 0 })).rejects.toMatchObject({
      code: 'clock-tolerance-differs',
    });
    const again = await openCentral({ database, now: () => 0 });
    expect(again.clockTolerance).toBe(5_000);
    await again.close();
  });
});
