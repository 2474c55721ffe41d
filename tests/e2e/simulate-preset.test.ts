import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { folderOf, retap } from './retap.ts';

const SMALL = {
  name: 'two-days',
  city: { accounts: 80, terminals: 8 },
  calendar: { firstDay: '2026-03-02', days: 2 },
  faults: { tornShare: 0.05 },
  frauds: { clones: 1 },
  centre: { lookHours: 12 },
};

describe('retap simulate --preset', () => {
  test('writes the report, its figures, every knob as used, and the truth; and the files of the city beside', async () => {
    const folder = folderOf({ 'two-days.json': JSON.stringify(SMALL) });
    const args = ['simulate', '--preset', './two-days.json', '--seed', '5', '--report', 'report', '--output', 'city'];
    const { status, stdout, stderr } = await retap(args, { cwd: folder });
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toContain('0 alerts with nothing behind them');
    const read = (name: string) => JSON.parse(readFileSync(path.join(folder, name), 'utf8'));
    expect(readFileSync(path.join(folder, 'report/index.html'), 'utf8')).toContain('<h1>two-days</h1>');
    const figures = read('report/report.json');
    expect(figures).toMatchObject({ seed: '5', scale: 1, size: { accounts: 80, terminals: 8 }, comparison: [] });
    expect(figures.days).toHaveLength(2);
    expect(read('report/plan.json')).toMatchObject({ ...SMALL, uploads: { periodMinutes: 15 } });
    expect(Object.keys(read('report/truth.json').media)).toHaveLength(80);
    expect(read('city/truth.json')).toEqual(read('report/truth.json'));
    expect(existsSync(path.join(folder, 'city/journals/terminal-1.ndjson'))).toBe(true);
    const again = await retap(args, { cwd: folder });
    expect([again.status, again.stderr]).toEqual([1, expect.stringContaining('--force')]);
  });

  test.each([
    [['--preset', 'urbana'], 'there is none of this name; there are urbana-december-2015, festival'],
    [['--preset', './gone.json'], 'it cannot be read (ENOENT)'],
    [['--preset', './wrong.json'], 'there is no knob city.acounts; did you mean city.accounts?'],
    [['--preset', 'campus', '--media', '5'], 'media is up to the preset'],
    [['--scale', '0.1'], 'name by --preset the city to simulate'],
    [['--preset', 'campus', '--scale', '0'], 'Give a scale from 0.0001 to 10'],
  ])('%j is refused in words', async (args, message) => {
    const folder = folderOf({ 'wrong.json': '{"city":{"acounts":5}}' });
    const { status, stderr } = await retap(['simulate', ...args, '--report', 'report'], { cwd: folder });
    expect([status, stderr]).toEqual([1, expect.stringContaining(message)]);
    expect(existsSync(path.join(folder, 'report'))).toBe(false);
  });
});
