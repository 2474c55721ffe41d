import { describe, expect, test } from 'vitest';
import { Beat } from '../src/beat.ts';

const HOUR = 3_600_000;

describe('work that is done over and over', () => {
  test('goes on at once where there is more, pauses where there is not, and is woken', async () => {
    const done: number[] = [];
    let left = 3;
    const work = async (): Promise<boolean> => {
      done.push(left);
      if (left > 0) left -= 1;
      return left > 0;
    };
    const beat = new Beat({ name: 'work', work, log: () => {}, pauseMs: HOUR });
    await expect.poll(() => done).toEqual([3, 2, 1]);
    left = 1;
    beat.wake();
    await expect.poll(() => done).toEqual([3, 2, 1, 1]);
    await beat.stop();
    expect(done.length).toBe(4);
  });

  test('is not missed where it is woken while it works', async () => {
    let runs = 0;
    const beat: Beat = new Beat({
      name: 'work',
      work: async () => {
        runs += 1;
        await Promise.resolve();
        if (runs === 1) beat.wake();
        return false;
      },
      log: () => {},
      pauseMs: HOUR,
    });
    await expect.poll(() => runs).toBe(2);
    await beat.stop();
  });

  test('tells of a fault, comes back, and tells of that', async () => {
    const logged: string[] = [];
    let runs = 0;
    const beat = new Beat({
      name: 'work',
      work: async () => {
        runs += 1;
        if (runs < 3) throw Object.assign(new Error('gone'), { code: 'gone' });
        return false;
      },
      log: (level, event, fields) => void logged.push(`${level} ${event} ${fields?.failures}`),
      pauseMs: 1,
    });
    await expect.poll(() => logged).toEqual(['error work-failed 1', 'error work-failed 2', 'info work-resumed 2']);
    await beat.stop();
  });
});
