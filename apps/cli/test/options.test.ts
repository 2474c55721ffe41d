import { describe, expect, test } from 'vitest';
import { countFrom, parseAmount, parseDuration, parseShare, parseTime } from '../src/options.ts';

describe('TIME', () => {
  test.each([
    ['0', 0],
    ['1448974800000', 1_448_974_800_000],
    ['20260305', 20_260_305],
    ['1970-01-01', 0],
    ['1970-01-02', 86_400_000],
    ['1970-01-01T00:00:01', 1_000],
    ['1970-01-01T00:00:01Z', 1_000],
    ['1970-01-01T00:00:01.5Z', 1_500],
    ['1970-01-01T00:00:01,123456', 1_123],
    ['1970-01-01T01:30+01:00', 1_800_000],
    ['1970-01-01T01:30:00+0130', 0],
    ['1969-12-31T22:00-02', 0],
    ['19700101T000001Z', 1_000],
    ['1970-01-01 12:00', 43_200_000],
    ['1970-01-01T24:00:00Z', 86_400_000],
    ['2024-02-29T00:00:00Z', Date.UTC(2024, 1, 29)],
  ])('%s → %i', (text, time) => {
    expect(parseTime(text)).toBe(time);
  });

  test.each([
    '',
    'now',
    '2026-02-29',
    '2026-13-01',
    '2026-3-5',
    '2026-03-05T25:00',
    '2026-03-05T24:00:01',
    '2026-03-05T12:60',
    '2026-03-05T12:00+24:00',
    '2026-03-05T',
    '-1',
    '1.5',
    '8640000000000001',
  ])('%s is refused', (text) => {
    expect(() => parseTime(text)).toThrow();
  });
});

describe('DURATION', () => {
  test.each([
    ['3d', 259_200_000],
    ['72h', 259_200_000],
    ['30m', 1_800_000],
    ['120s', 120_000],
    ['1500ms', 1_500],
    ['0s', 0],
  ])('%s → %i ms', (text, duration) => {
    expect(parseDuration(text)).toBe(duration);
  });

  test.each(['', '3', '3 d', '-3d', '1.5h', '3w', '3D', '99999999999999999d'])('%s is refused', (text) => {
    expect(() => parseDuration(text)).toThrow();
  });
});

test('amounts are whole minor units, also negative', () => {
  expect(['500', '-500', '+5', '-0'].map(parseAmount)).toEqual([500, -500, 5, 0]);
  for (const text of ['', '1.5', '1e3', '9007199254740993', 'five']) expect(() => parseAmount(text)).toThrow();
});

test('counts stay in their range, shares between none and all', () => {
  const port = countFrom(0, 65_535);
  expect(['0', '8080', '65535'].map(port)).toEqual([0, 8080, 65_535]);
  for (const text of ['-1', '65536', '80.5', '']) expect(() => port(text)).toThrow();
  expect(['0', '1', '.5', '0.001'].map(parseShare)).toEqual([0, 1, 0.5, 0.001]);
  for (const text of ['1.1', '-0.1', '', 'half']) expect(() => parseShare(text)).toThrow();
});
