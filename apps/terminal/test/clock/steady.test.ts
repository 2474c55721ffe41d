import { expect, test } from 'vitest';
import { steadyClock } from '../../src/clock/steady.ts';

/** A machine whose fine clock stands while it sleeps; its uptime is told in hundredths of a second, cut off. */
function machine(): {
  readonly steady: () => number;
  readonly run: (ms: number) => void;
  readonly sleep: (ms: number) => void;
} {
  let [fine, up] = [17.25, 4_000_003];
  const steady = steadyClock({ fine: () => fine, uptime: () => Math.floor(up / 10) * 10 });
  const run = (ms: number): void => {
    fine += ms;
    up += ms;
  };
  const sleep = (ms: number): void => {
    up += ms;
  };
  return { steady, run, sleep };
}

test('it is as fine as the fine clock: how coarsely the uptime is told does not show', () => {
  const { steady, run } = machine();
  const start = steady();
  let gone = 0;
  for (let step = 0; step < 1_000; step += 1) {
    run(0.37 * (step % 50));
    gone += 0.37 * (step % 50);
    expect(steady() - start).toBeCloseTo(gone, 6);
  }
});

test('it goes on while the machine sleeps, to a hundredth of a second', () => {
  const { steady, run, sleep } = machine();
  const start = steady();
  run(1_000);
  sleep(3_600_000);
  expect(Math.abs(steady() - start - 3_601_000)).toBeLessThanOrEqual(10);
  run(5);
  sleep(60_000);
  run(5);
  expect(Math.abs(steady() - start - 3_661_010)).toBeLessThanOrEqual(20);
});

test('it never goes back', () => {
  const { steady, run, sleep } = machine();
  let last = steady();
  for (let step = 0; step < 2_000; step += 1) {
    if (step % 7 === 0) sleep(step % 130);
    run((step % 13) / 4);
    const now = steady();
    expect(now).toBeGreaterThanOrEqual(last);
    last = now;
  }
});
