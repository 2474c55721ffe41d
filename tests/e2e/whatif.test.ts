/** What a city loses, as a user asks it. */
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { folderOf, retap } from './retap.ts';

describe('retap whatif', () => {
  test('shows each formula beside what it comes to, and the total', async () => {
    const { status, stdout, stderr } = await retap(['whatif', '--clones-per-year', '24', '--period', 'year']);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toContain('What a year costs: 200,000 taps a day, 860,000 media, 1,600 terminals');
    expect(stdout).toMatch(/^clones +24\.00 .* [\d,]+\.\d\d$/m);
    expect(stdout).toMatch(/^ +\d+\.\d\d d {2}E\[W\] = E\[D\] \+ E\[R\]/m);
    expect(stdout).toMatch(/^total /m);
    expect(stdout).toMatch(/^maximumBalance +10000 +5000 /m);
  });

  test('a file says what the options do not, which count before it', async () => {
    const cwd = folderOf({
      'city.json': '{ "fare": 250, "noticedAfter": "2d", "unsentRecordsMax": null, "period": "year" }',
    });
    const args = ['whatif', '--file', 'city.json', '--fare', '300', '--day-taps-max', 'none', '--format', 'json'];
    const { status, stdout } = await retap(args, { cwd });
    expect(status).toBe(0);
    const { plan, sources, total } = JSON.parse(stdout);
    expect(plan).toMatchObject({ fare: 300, noticedAfter: 172_800_000, unsentRecordsMax: null, dayTapsMax: null });
    expect(plan.period).toBe('year');
    const expected = sources.map((source: { expected: number }) => source.expected);
    expect(total.expected).toBeCloseTo(
      expected.reduce((sum: number, each: number) => sum + each, 0),
      6,
    );
    expect(total.bound).toBeGreaterThan(total.expected);
    expect(total.worst).toBeGreaterThan(total.bound);
  });

  test('is checked against production terminals, the same with the same seed', async () => {
    const args = ['whatif', '--check', '--seed', '1', '--stories', '30', '--terminals', '40', '--media', '20000'];
    const asked = [...args, '--taps-per-day', '5000', '--forged-per-day', '3', '--format', 'json'];
    const [first, again] = [await retap(asked), await retap(asked)];
    expect(first.status).toBe(0);
    expect(again.stdout).toBe(first.stdout);
    const { check } = JSON.parse(first.stdout);
    const lived = check.sources.map(({ source, flagged }: { source: string; flagged: number | null }) => [
      source,
      flagged,
    ]);
    expect(lived).toEqual([
      ['clones', 30],
      ['rollbacks', 30],
      ['stolen-terminals', null],
      ['torn-taps', null],
      ['refunds', null],
    ]);
  });

  test('what makes no city is told with its place and what would do', async () => {
    const refused = await retap(['whatif', '--fare', '0', '--offline-share', '3']);
    expect([refused.status, refused.stdout]).toEqual([1, '']);
    expect(refused.stderr).toBe(
      'retap: --fare: give whole minor units from 1 to 1000000000\n' +
        'retap: --offline-share: give a share from 0 to 1, as 0.03\n',
    );
    const duration = await retap(['whatif', '--notice-after', '1d']);
    expect([duration.status, duration.stderr]).toEqual([1, expect.stringContaining('--noticed-after')]);
  });

  test('each fault of a file is told with its place', async () => {
    const cwd = folderOf({
      'city.json': '{ "fares": 1, "noticedAfter": 3, "offlineShare": "3 %", "fare": null, "detection": "sometimes" }',
      'together.json': '{ "neverShare": 0.9 }',
      'broken.json': '{',
    });
    const { status, stderr } = await retap(['whatif', '--file', 'city.json'], { cwd });
    expect(status).toBe(1);
    expect(stderr.trim().split('\n')).toEqual([
      expect.stringMatching(/^retap: city\.json: fares: there is no such knob; .*--help/),
      'retap: city.json: noticedAfter: give a duration, as "30m"',
      'retap: city.json: offlineShare: give a number',
      'retap: city.json: fare: it cannot be none',
      'retap: city.json: detection: give "conflict" or "never"',
    ]);
    const together = await retap(['whatif', '--file', 'together.json'], { cwd });
    expect(together.stderr).toContain('together.json: neverShare: with retapShare and refundedShare');
    const broken = await retap(['whatif', '--file', 'broken.json'], { cwd });
    expect(broken.stderr).toContain('broken.json: it is not JSON');
    const missing = await retap(['whatif', '--file', path.join(cwd, 'none.json')], { cwd });
    expect(missing.stderr).toContain('none.json');
  });
});
