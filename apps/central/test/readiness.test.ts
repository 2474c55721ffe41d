import type { Backlog, Unfitness } from '@retap/central';
import { fakeClock } from '@retap/testkit';
import { describe, expect, test } from 'vitest';
import { Readiness } from '../src/readiness.ts';

const START = 10_000_000;
const NOTHING_WAITS: Backlog = { batches: 0, oldestMs: null };
const fault = (code: string): Error => Object.assign(new Error('the password is secret'), { code });

interface World {
  readonly probe?: () => Promise<Unfitness | null>;
  readonly backlog?: () => Promise<Backlog>;
  readonly stopping?: boolean;
}

function readinessIn({ probe, backlog, stopping = false }: World) {
  const clock = fakeClock(START);
  let probes = 0;
  const readiness = new Readiness({
    operations: {
      probe: () => {
        probes += 1;
        return probe?.() ?? Promise.resolve(null);
      },
      backlog: backlog ?? (() => Promise.resolve(NOTHING_WAITS)),
    },
    stopping: () => stopping,
    elapsed: clock.now,
    answerMs: 50,
  });
  return { readiness, clock, probes: () => probes };
}

describe('a centre is ready', () => {
  test.each<[string, World, string | null]>([
    ['where its database writes', {}, null],
    ['not once it is stopping, whatever the database says', { stopping: true }, 'stopping'],
    ['not where the database is gone', { probe: () => Promise.reject(fault('ECONNREFUSED')) }, 'database-unreachable'],
    [
      'not where the database says that it is slow',
      { probe: () => Promise.reject(fault('database-slow')) },
      'database-slow',
    ],
    ['not where the database says nothing', { probe: () => new Promise(() => {}) }, 'database-slow'],
    ['not where a newer Retap was here', { probe: () => Promise.resolve('database-newer') }, 'database-newer'],
    ['not on a standby', { probe: () => Promise.resolve('database-read-only') }, 'database-read-only'],
    ['while it is an hour behind', { backlog: () => Promise.resolve({ batches: 1, oldestMs: 3_600_000 }) }, null],
    [
      'not once it is further behind',
      { backlog: () => Promise.resolve({ batches: 1, oldestMs: 3_600_001 }) },
      'behind',
    ],
  ])('%s', async (_what, world, expected) => {
    expect(await readinessIn(world).readiness.check()).toBe(expected);
  });

  test('and whoever asks a thousand times a second costs the database one question a second', async () => {
    const { readiness, clock, probes } = readinessIn({});
    for (let second = 0; second < 3; second += 1) {
      await Promise.all(Array.from({ length: 1_000 }, () => readiness.check()));
      clock.advance(999);
      await readiness.check();
      clock.advance(1);
    }
    expect(probes()).toBe(3);
  });
});
