import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { Checkpoints } from '../src/checkpoints.ts';

function scene({ failing = false } = {}) {
  let size = 1;
  const signed: number[] = [];
  const logged: unknown[] = [];
  let running = 0;
  const checkpoint = async (): Promise<null> => {
    running += 1;
    expect(running).toBe(1);
    await pause(2);
    running -= 1;
    if (failing) throw Object.assign(new Error('the audit log is another'), { code: 'audit-log-rewritten' });
    if (signed.at(-1) !== size) signed.push(size);
    return null;
  };
  const central = { audit: { checkpoint }, proposals: { expire: async () => 0 } };
  const checkpoints = new Checkpoints({
    ...{ central: central as never, sign: () => new Uint8Array(64), everyMs: 1 },
    log: (level, event, fields) => logged.push([level, event, fields?.code]),
  });
  const grow = (): void => {
    size += 1;
  };
  return { signed, logged, checkpoints, grow };
}

const until = async (isSo: () => boolean): Promise<void> => {
  for (let turn = 0; turn < 2_000 && !isSo(); turn += 1) await pause(5);
  expect(isSo()).toBe(true);
};

describe('checkpoints', () => {
  test('are signed from the start, as the log grows, and at the end; never two at once', async () => {
    const { signed, checkpoints, grow } = scene();
    await until(() => signed.length === 1);
    grow();
    await until(() => signed.length === 2);
    grow();
    await checkpoints.stop();
    expect(signed).toEqual([1, 2, 3]);
  });

  test('that cannot be made are told, and keep nothing from going on', async () => {
    const { logged, checkpoints } = scene({ failing: true });
    await until(() => logged.length > 1);
    await checkpoints.stop();
    expect(logged[0]).toEqual(['error', 'checkpoint-failed', 'audit-log-rewritten']);
  });
});
