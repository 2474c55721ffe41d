/** What a centre that lost records is sent again, and how often somebody who only says so. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AskedAgain, BatchSize, JournalError, type KeptRange, sendAgain, type Uplink } from '../src/index.ts';

const HOUR = 3_600_000;
const KEPT = { from: 101, to: 1000 };
const nothing = { last: 0, missing: [] };
const all = { last: 1000, missing: [] };

function asked() {
  const clock = { now: 1_000_000 };
  return { clock, asked: new AskedAgain(() => clock.now) };
}

/** Sends all that is wanted, a hundred at a time. */
function sent(again: AskedAgain): KeptRange[] {
  const ranges: KeptRange[] = [];
  for (let next = again.next(); next !== null; next = again.next()) {
    const range = { from: Math.max(next.from, next.to - 99), to: next.to };
    ranges.push(range);
    again.done(range);
  }
  return ranges;
}
const countOf = (ranges: readonly KeptRange[]): number => ranges.reduce((sum, { from, to }) => sum + to - from + 1, 0);

describe('a centre that says what it has', () => {
  test('and has all is sent nothing', () => {
    const { asked: again } = asked();
    again.heard(all, KEPT);
    expect(again.next()).toBeNull();
  });

  test('of which the end is lost is sent the end, the newest first', () => {
    const { asked: again } = asked();
    again.heard({ last: 900, missing: [] }, KEPT);
    expect([again.count, again.next()]).toEqual([100, { from: 901, to: 1000 }]);
    expect(sent(again)).toEqual([{ from: 901, to: 1000 }]);
  });

  test('with holes is sent what is in them, as far as it was acknowledged and is kept', () => {
    const { asked: again } = asked();
    const missing = [
      [1101, 1200],
      [950, 960],
      [700, 700],
      [50, 110],
    ] as const;
    again.heard({ last: 1300, missing }, KEPT);
    expect(sent(again)).toEqual([
      { from: 950, to: 960 },
      { from: 700, to: 700 },
      { from: 101, to: 110 },
    ]);
  });

  test('and takes back what it said is sent no more', () => {
    const { asked: again } = asked();
    again.heard(nothing, KEPT);
    again.heard(all, KEPT);
    expect(again.next()).toBeNull();
  });

  test('lacks what was sent again an hour ago, because it was restored once more, is sent it once more', () => {
    const { asked: again, clock } = asked();
    again.heard({ last: 900, missing: [] }, KEPT);
    sent(again);
    clock.now += HOUR - 1;
    again.heard({ last: 900, missing: [] }, KEPT);
    expect(again.next()).toBeNull();
    clock.now += 1;
    again.heard({ last: 900, missing: [] }, KEPT);
    expect(again.next()).toEqual({ from: 901, to: 1000 });
  });

  test('lies every minute for ten days costs all that is kept five times on the first day, then once a day', () => {
    const { asked: again, clock } = asked();
    let records = 0;
    const perDay: number[] = [];
    for (let minute = 0; minute < 10 * 24 * 60; minute += 1) {
      clock.now += 60_000;
      // It may also say that all is well in between: only time counts.
      again.heard(minute % 3 === 0 ? all : nothing, KEPT);
      records += countOf(sent(again));
      if (minute % 1440 === 1439) perDay.push(records);
    }
    const kept = countOf([KEPT]);
    expect(perDay[0]).toBeLessThanOrEqual(5 * kept);
    expect(perDay[9]).toBeLessThanOrEqual((5 + 9) * kept);
    expect(perDay[9]).toBeGreaterThanOrEqual(9 * kept);
  });

  test('after two quiet days the pause is an hour again; a clock that is set back holds nothing up', () => {
    const { asked: again, clock } = asked();
    for (const pause of [0, 1, 2, 50, 1]) {
      clock.now += pause * HOUR;
      again.heard(nothing, KEPT);
      expect(countOf(sent(again)), `after ${pause} hours`).toBe(countOf([KEPT]));
    }
    clock.now -= 1000 * HOUR;
    again.heard(nothing, KEPT);
    expect(countOf(sent(again))).toBe(countOf([KEPT]));
  });

  test('whatever it says, no record goes twice in one round, and none that was not acknowledged', () => {
    const range = fc
      .tuple(fc.integer({ min: 1, max: 60 }), fc.nat(9))
      .map(([from, more]) => [from, from + more] as const);
    const word = fc.record({ last: fc.nat(70), missing: fc.array(range, { maxLength: 5 }) });
    const kept = fc.record({ from: fc.integer({ min: 1, max: 30 }), more: fc.nat(30) });
    fc.assert(
      fc.property(fc.array(fc.tuple(word, kept, fc.nat(4)), { maxLength: 12 }), (words) => {
        const { asked: again } = asked();
        const seen = new Set<number>();
        for (const [has, { from, more }, times] of words) {
          again.heard(has, { from, to: from + more });
          for (let time = 0; time < times; time += 1) {
            const next = again.next();
            if (next === null) break;
            expect([next.from >= from, next.to <= from + more]).toEqual([true, true]);
            const sending = { from: Math.max(next.from, next.to - 2), to: next.to };
            for (let serial = sending.from; serial <= sending.to; serial += 1) {
              expect(seen.has(serial)).toBe(false);
              seen.add(serial);
              expect(serial > has.last || has.missing.some(([a, b]) => a <= serial && serial <= b)).toBe(true);
            }
            again.done(sending);
          }
        }
      }),
    );
  });
});

describe('sent again', () => {
  const acknowledging: Uplink = { send: async () => ({ answer: 'acknowledged', received: null }) };
  const batch = (from: number, to: number) => ({ from, to, form: 'signed', bytes: new Uint8Array() }) as const;

  test('is what is kept; what is not any more is not asked for again', async () => {
    const { asked: again } = asked();
    again.heard(nothing, { from: 1, to: 200 });
    const source = { kept: async () => null, batchAgain: async () => batch(151, 180) };
    expect(await sendAgain(source, acknowledging, again, new BatchSize())).toBe('acknowledged');
    expect(again.next()).toEqual({ from: 1, to: 150 });
    const gone = { kept: async () => null, batchAgain: async () => null };
    expect(await sendAgain(gone, acknowledging, again, new BatchSize())).toBe('empty');
    expect(again.next()).toBeNull();
  });

  test('not what is damaged; what is older may be whole', async () => {
    const { asked: again } = asked();
    again.heard(nothing, { from: 1, to: 200 });
    const batchAgain = () => Promise.reject(new JournalError('journal-damaged', 'segment 3'));
    const source = { kept: async () => null, batchAgain };
    expect(await sendAgain(source, acknowledging, again, new BatchSize())).toBe('unreadable');
    expect(again.next()).toEqual({ from: 1, to: 150 });
    const failing = { ...source, batchAgain: () => Promise.reject(new JournalError('journal-failed', 'no disk')) };
    await expect(sendAgain(failing, acknowledging, again, new BatchSize())).rejects.toThrow('no disk');
  });

  test('is wanted until it is acknowledged', async () => {
    const { asked: again } = asked();
    again.heard(nothing, { from: 1, to: 20 });
    const source = { kept: async () => null, batchAgain: async () => batch(1, 20) };
    for (const answer of ['fault', 'refused'] as const) {
      expect(await sendAgain(source, { send: async () => ({ answer }) }, again, new BatchSize())).toBe(answer);
    }
    expect(again.count).toBe(20);
  });
});
