import { describe, expect, test } from 'vitest';
import type { Log } from '../src/log.ts';
import { Reconciliation } from '../src/reconciliation.ts';

interface Line {
  readonly event: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

function noting(): { readonly lines: Line[]; readonly log: Log } {
  const lines: Line[] = [];
  return { lines, log: (_level, event, fields = {}) => lines.push({ event, fields }) };
}

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

async function eventually(condition: () => boolean): Promise<void> {
  for (let turns = 0; turns < 400 && !condition(); turns += 1) await turn();
  expect(condition()).toBe(true);
}

describe('reconciliation', () => {
  test('drains what waited at the start, then rests until something is received', async () => {
    let waiting = 3;
    let calls = 0;
    const reconcile = async (): Promise<number> => {
      calls += 1;
      return waiting > 0 ? waiting-- : 0;
    };
    const reconciliation = new Reconciliation({ reconcile, log: () => {}, processors: 1, idleMs: 60_000 });
    await eventually(() => calls === 4);
    await turn();
    expect(calls).toBe(4);
    waiting = 1;
    reconciliation.wake();
    await eventually(() => waiting === 0 && calls === 6);
    await reconciliation.stop();
  });

  test('what is received during a run is not forgotten', async () => {
    let calls = 0;
    let reconciliation: Reconciliation | null = null;
    const reconcile = async (): Promise<number> => {
      calls += 1;
      await turn();
      if (calls === 1) reconciliation?.wake();
      return 0;
    };
    reconciliation = new Reconciliation({ reconcile, log: () => {}, processors: 1, idleMs: 60_000 });
    await eventually(() => calls === 2);
    await reconciliation.stop();
  });

  test('a database that is gone is logged with its code and tried again, ever more slowly, until it is back', async () => {
    const { lines, log } = noting();
    let calls = 0;
    const reconcile = async (): Promise<number> => {
      calls += 1;
      if (calls < 4) throw Object.assign(new Error('no answer'), { code: 'database-unreachable' });
      return 0;
    };
    const options = { reconcile, log, processors: 1, retryMs: 4, retryMsMax: 10 };
    const reconciliation = new Reconciliation(options);
    await eventually(() => lines.some(({ event }) => event === 'reconcile-resumed'));
    await reconciliation.stop();
    const failed = lines.filter(({ event }) => event === 'reconcile-failed').map(({ fields }) => fields);
    expect(failed.map(({ code, retryInMs }) => [code, retryInMs])).toEqual([
      ['database-unreachable', 4],
      ['database-unreachable', 8],
      ['database-unreachable', 10],
    ]);
    expect(failed.every((fields) => !('stack' in fields))).toBe(true);
  });

  test('stopping lets the run under way finish, and ends a pause after a fault at once', async () => {
    let finished = false;
    const slow = new Reconciliation({
      reconcile: async () => {
        await turn();
        finished = true;
        return 0;
      },
      log: () => {},
      processors: 1,
    });
    await slow.stop();
    expect(finished).toBe(true);
    const failing = new Reconciliation({
      reconcile: () => Promise.reject(new Error('gone')),
      log: () => {},
      processors: 2,
      retryMs: 60_000,
    });
    await turn();
    await failing.stop();
  });
});
