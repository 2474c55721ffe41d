import { expect, test } from 'vitest';
import { Agenda } from '../src/agenda.ts';
import { Chance } from '../src/random.ts';

test('chance is the same for the same seed, and another for another, or in another stream', () => {
  const draws = (chance: Chance): number[] => Array.from({ length: 20 }, chance.next);
  expect(draws(new Chance('7'))).toEqual(draws(new Chance('7')));
  expect(draws(new Chance('8'))).not.toEqual(draws(new Chance('7')));
  const city = new Chance('7');
  const before = draws(city.stream('people'));
  city.next();
  expect(draws(city.stream('people'))).toEqual(before);
  expect(draws(city.stream('link'))).not.toEqual(before);
});

test('draws cover their range evenly', () => {
  const chance = new Chance('range');
  const drawn = Array.from({ length: 6000 }, () => chance.integer(1, 6));
  for (const side of [1, 2, 3, 4, 5, 6]) {
    const count = drawn.filter((value) => value === side).length;
    expect(count).toBeGreaterThan(850);
    expect(count).toBeLessThan(1150);
  }
  const around = Array.from({ length: 2000 }, () => chance.around(1000, 100));
  expect(Math.min(...around)).toBeGreaterThanOrEqual(900);
  expect(Math.max(...around)).toBeLessThanOrEqual(1100);
  expect(() => chance.pick([])).toThrow(RangeError);
});

test('the agenda gives what is planned by time, and at the same time in the order of planning', () => {
  const agenda = new Agenda();
  const chance = new Chance('agenda');
  const planned = Array.from({ length: 500 }, (_, order) => ({ at: chance.integer(0, 99), order }));
  const done: { at: number; order: number }[] = [];
  for (const entry of planned) agenda.plan(entry.at, () => void done.push(entry));
  for (let entry = agenda.next(); entry !== undefined; entry = agenda.next()) void entry.work();
  expect(done).toEqual([...planned].sort((a, b) => a.at - b.at || a.order - b.order));
});
