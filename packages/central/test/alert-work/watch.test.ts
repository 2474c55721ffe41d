import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Central, openCentral } from '../../src/index.ts';
import { CONTRACT_TOLERANCE, expectMany, watchHistories } from './watch-contract.ts';
import { dueAt, receiveTold, storyOf, watchAll } from './watching.ts';

test('on the embedded database, the open cases are the alerts that stand', async () => {
  const open = () => openCentral({ database: null, clockTolerance: CONTRACT_TOLERANCE, now: () => 0 });
  expectMany(await watchHistories('embedded', 8, 'adversarial', open));
});

describe('a case', () => {
  let central: Central;
  let now = 0;
  beforeAll(async () => {
    central = await openCentral({ database: null, now: () => now });
  });
  afterAll(() => central.close());

  /** Each story has media and terminals of its own, and begins a day after the one before. */
  const tell = (lines: readonly string[], only?: readonly number[]) => receiveTold(central, lines, only);
  const lookAt = async (time: number): Promise<string[]> => {
    now = time;
    await watchAll(central, now);
    return storyOf(central);
  };

  test('is raised when the deadline passes, cured by the record that was missing, and is the same after a rebuild', async () => {
    const lines = ['100: T1 opens A with 100', '110: T2 debits 10, of A', '120: T3 debits 10, of A'];
    await tell(lines, [0, 2]);
    expect(await lookAt(dueAt(120))).toEqual([]);
    expect(await lookAt(dueAt(121))).toEqual(['missing-transaction: new']);
    await central.rebuild();
    expect(await lookAt(dueAt(122))).toEqual(['missing-transaction: new']);
    await tell(lines, [1]);
    expect(await lookAt(dueAt(123))).toEqual(['missing-transaction: cured by 2-1']);
    const [found] = await central.alertWork.cases({ limit: 1 });
    expect((await central.alertWork.case(found?.id ?? 0))?.history.map(({ at, who, what }) => [at, who, what])).toEqual(
      [
        [dueAt(121), 'centre', 'raised'],
        [dueAt(123), 'centre', 'cured'],
      ],
    );
  });

  test('of a medium without its opening is cured by the opening, of a check-in by the purchase', async () => {
    const lines = ['200: T4 opens B with 100', '210: T5 buys p for 10, of B', '220: T6 uses p, of B'];
    await tell(lines, [2]);
    const raised = await lookAt(dueAt(300));
    expect(raised.slice(1)).toEqual([
      'missing-transaction: new',
      'validation-without-purchase: new',
      'unknown-medium: new',
    ]);
    await tell(lines, [0, 1]);
    expect((await lookAt(dueAt(301))).slice(1)).toEqual([
      'missing-transaction: cured by 5-1',
      'validation-without-purchase: cured by 5-1',
      'unknown-medium: cured by 4-1',
    ]);
  });

  test('of a gap shrinks with what arrives, and is cured by the record at its end', async () => {
    const lines = [
      '400: T7 opens C with 100',
      ...['410', '420', '430', '440'].map((time) => `${time}: T7 debits 10, of C`),
    ];
    await tell(lines, [4]);
    const gap = async () => {
      const [found] = await central.alertWork.cases({ kind: 'terminal-serial-gap', limit: 1 });
      return found && [found.id, found.state, found.alert, found.cure];
    };
    await lookAt(dueAt(500));
    const [id] = (await gap()) ?? [];
    expect(await gap()).toEqual([id, 'new', { kind: 'terminal-serial-gap', terminal: 7, from: 1, to: 4 }, null]);
    await tell(lines, [0, 1]);
    await lookAt(dueAt(501));
    expect(await gap()).toEqual([id, 'new', { kind: 'terminal-serial-gap', terminal: 7, from: 3, to: 4 }, null]);
    await tell(lines, [2, 3]);
    await lookAt(dueAt(502));
    expect((await gap())?.slice(1)).toEqual([
      'cured',
      { kind: 'terminal-serial-gap', terminal: 7, from: 3, to: 4 },
      { by: 'record', terminal: 7, serial: 4, receipt: expect.any(Number) },
    ]);
  });

  test('of a time in the future is cured by time alone', async () => {
    const later = dueAt(10_000_000);
    await tell([`${later}: T8 opens D with 0`]);
    expect((await lookAt(dueAt(600))).at(-1)).toBe('future-time: new');
    expect((await lookAt(later)).at(-1)).toBe('future-time: cured by time');
  });

  test('of a clone is one case of the medium, whatever joins it', async () => {
    const start = now + 1_000_000;
    const lines = [
      `${start}: T9 opens E with 100`,
      ...[10, 20, 30].map(
        (ms, i) => `${start + ms}: T${10 + i} debits 10, of E, from terminal 9 at ${start}, balance 90`,
      ),
    ];
    await tell(lines, [0, 1, 2]);
    await lookAt(start + 40);
    await tell(lines, [3]);
    await lookAt(start + 50);
    const found = await central.alertWork.cases({ kind: 'cloned-medium', limit: 9 });
    expect(found.map(({ state, alert }) => [state, 'transactions' in alert && alert.transactions.length])).toEqual([
      ['new', 3],
    ]);
    const { history } = (await central.alertWork.case(found[0]?.id ?? 0)) ?? {};
    expect(history?.map(({ what }) => what)).toEqual(['raised', 'changed']);
  });

  test('whatever happens to it is told as events, in order and without holes', async () => {
    while ((await central.events.place()) > 0);
    const events = await central.events.after(0, { limit: 1_000 });
    expect(events.map(({ position }) => position)).toEqual(events.map((_, index) => index + 1));
    const told = events.map(({ type, data }) => `${type} ${(data.alert as { kind: string }).kind}`);
    expect(told.filter((each) => each.endsWith('missing-transaction')).slice(0, 2)).toEqual([
      'alert.raised missing-transaction',
      'alert.cured missing-transaction',
    ]);
    expect(told).toContain('alert.changed terminal-serial-gap');
    expect(told).toContain('alert.changed cloned-medium');
  });
});
