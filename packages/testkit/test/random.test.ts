import { describe, expect, test } from 'vitest';
import { randomOf } from '../src/index.ts';

describe('seeded randomness', () => {
  test('a seed gives the same draws for ever', () => {
    const random = randomOf(7);
    // Written down when the generator was made: a change here changes every seed in every bug report.
    expect([random.uint32(), random.uint32()]).toEqual([651142912, 3463803159]);
    expect(Array.from({ length: 6 }, () => random.int(1000))).toEqual([0, 480, 328, 712, 440, 497]);
    expect(random.fork('city').shuffle([1, 2, 3, 4, 5])).toEqual([4, 2, 3, 5, 1]);
  });

  test('neighbouring seeds have nothing in common', () => {
    const draws = (seed: number): string => Array.from({ length: 4 }, randomOf(seed).uint32).join();
    expect(new Set(Array.from({ length: 500 }, (_, seed) => draws(seed))).size).toBe(500);
  });

  test('every integer of a range is drawn about equally often', () => {
    const random = randomOf('range');
    const counts = new Array(6).fill(0);
    for (let i = 0; i < 60_000; i++) counts[random.int(6)]++;
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(500);
  });

  test('both ends of between() occur, and ranges beyond 32 bits are filled', () => {
    const random = randomOf('ends');
    const small = Array.from({ length: 200 }, () => random.between(-1, 1));
    expect(new Set(small)).toEqual(new Set([-1, 0, 1]));
    const large = Array.from({ length: 200 }, () => random.int(2 ** 48));
    expect(Math.max(...large)).toBeGreaterThan(2 ** 47);
    expect(Math.min(...large)).toBeLessThan(2 ** 46);
    expect(new Set(large.map((value) => value % 2))).toEqual(new Set([0, 1]));
  });

  test('chance is as often as it says, and never and always mean it', () => {
    const random = randomOf('chance');
    const hits = Array.from({ length: 20_000 }, () => random.chance(0.3)).filter(Boolean).length;
    expect(Math.abs(hits - 6_000)).toBeLessThan(300);
    expect(Array.from({ length: 1000 }, () => random.chance(0)).some(Boolean)).toBe(false);
    expect(Array.from({ length: 1000 }, () => random.chance(1)).every(Boolean)).toBe(true);
  });

  test('a shuffle keeps the items, leaves the given array alone, and reaches every order', () => {
    const random = randomOf('shuffle');
    const items = ['a', 'b', 'c'];
    const orders = new Map<string, number>();
    for (let i = 0; i < 6000; i++) {
      const order = random.shuffle(items).join('');
      orders.set(order, (orders.get(order) ?? 0) + 1);
    }
    expect(items).toEqual(['a', 'b', 'c']);
    expect([...orders.keys()].sort()).toEqual(['abc', 'acb', 'bac', 'bca', 'cab', 'cba']);
    for (const count of orders.values()) expect(Math.abs(count - 1000)).toBeLessThan(200);
  });

  test('a fork depends on seed and label, not on what was drawn before', () => {
    const fresh = randomOf('city');
    const used = randomOf('city');
    for (let i = 0; i < 10; i++) used.uint32();
    expect(used.fork('clocks').uint32()).toBe(fresh.fork('clocks').uint32());
    expect(fresh.fork('clocks').uint32()).not.toBe(fresh.fork('losses').uint32());
  });

  test('nothing to draw from is a mistake of the caller', () => {
    expect(() => randomOf(1).int(0)).toThrow(RangeError);
    expect(() => randomOf(1).int(1.5)).toThrow(RangeError);
    expect(() => randomOf(1).pick([])).toThrow('no items');
  });
});
