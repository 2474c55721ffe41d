/** The report of a small run, opened in a browser: its numbers against the truth, both languages, light and dark, by keys. */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { parsePreset, presetFile } from '@retap/simulator';
import axe from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Shell } from '../src/shell.ts';
import { pageOf } from '../src/simulate/report/page.ts';
import { type Run, runCity } from '../src/simulate/report/run.ts';

const SCALE = 0.0005;
let lived: Run;
let browser: Browser;
let folder: string;
let url: string;

beforeAll(async () => {
  const preset = parsePreset(readFileSync(presetFile('urbana-december-2015'), 'utf8'));
  const short = {
    ...preset,
    city: { ...preset.city, terminals: 16_000 },
    calendar: { ...preset.calendar, firstDay: '2015-12-22', days: 8 },
    faults: { ...preset.faults, tornShare: 0.05 },
    centre: { ...preset.centre, lookHours: 24 },
  };
  const shell: Shell = {
    ...{ env: {}, now: () => 0, elapsed: () => 0, interrupted: new AbortController().signal },
    ...{ stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() },
  };
  lived = await runCity({ preset: short, seed: '3', scale: SCALE, database: null, shell });
  folder = await mkdtemp(path.join(tmpdir(), 'retap-report-'));
  const file = path.join(folder, 'index.html');
  await writeFile(file, pageOf(lived.figures));
  url = pathToFileURL(file).href;
  browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  });
});
afterAll(async () => {
  await browser?.close();
  if (folder) await rm(folder, { recursive: true, force: true });
});

async function opened(hash: string, colorScheme: 'light' | 'dark', width = 1000): Promise<Page> {
  const page = await browser.newPage({ locale: 'en-GB', colorScheme, viewport: { width, height: 800 } });
  await page.goto(url + hash);
  return page;
}

describe('the figures of a run', () => {
  test('are those of the truth: every torn tap is in them, and the centre says of none what did not happen', () => {
    const { truth, figures } = lived;
    const { successful, unsuccessful, unverified } = figures.confusion;
    const all = [successful, unsuccessful, unverified].flatMap(({ committed, not }) => [committed, not]);
    expect(truth.tornTaps.length).toBeGreaterThan(30);
    const silent = truth.frauds.flatMap((fraud) => (fraud.kind === 'silent-terminal' ? [fraud.terminal] : []));
    const losers = truth.frauds.flatMap((fraud) => (fraud.kind === 'lost-journal' ? [fraud.terminal] : []));
    const reached = truth.tornTaps.filter(({ terminal }) => ![...silent, ...losers].includes(terminal));
    const counted = all.reduce((sum, count) => sum + count, 0);
    expect(counted).toBeGreaterThanOrEqual(reached.length);
    expect(counted).toBeLessThanOrEqual(truth.tornTaps.length);
    expect([successful.not, unsuccessful.committed]).toEqual([0, 0]);
    expect(figures.settling.disagreeing).toBe(0);
  });

  test('more evidence settles more torn taps, and none later', () => {
    const { chain, serial, log, retap } = lived.figures.settling.delaysMs;
    expect(chain.length).toBeLessThanOrEqual(serial.length);
    expect(serial.length).toBeLessThanOrEqual(log.length);
    expect(log.length).toBeLessThanOrEqual(retap.length);
    expect(retap.length).toBeGreaterThan(10);
    expect(lived.figures.settling.never).toBe(lived.figures.settling.torn - retap.length);
  });

  test('days are those of the calendar, and every cut-off upload was refused', () => {
    const { days, refusedUploads, quarantined, violations } = lived.figures;
    expect(days.map(({ kind }) => kind)).toEqual([
      ...['workday', 'workday', 'workday', 'publicHoliday', 'publicHoliday', 'sunday'],
      ...['schoolHoliday', 'schoolHoliday'],
    ]);
    expect(days[0]?.successful).toBeGreaterThan(2 * (days[5]?.successful ?? 0));
    expect(refusedUploads).toBe(lived.figures.faults.uploadCutShare);
    expect(refusedUploads).toBeGreaterThan(5);
    expect([quarantined, violations]).toEqual([0, 0]);
  });

  test('no alert is without something behind it, and a clone is named', () => {
    const { unexplained, latencies } = lived.figures.alerts;
    expect(unexplained).toEqual([]);
    expect(latencies.map(({ kind }) => kind)).toEqual(['clone', 'forged-balance', 'lost-journal', 'silent-terminal']);
    for (const { latenciesMs } of latencies) for (const latency of latenciesMs) expect(latency).toBeGreaterThan(0);
  });
});

describe('the page', () => {
  test.each([
    ['', 'light', 1000],
    ['', 'dark', 1000],
    ['#sl', 'light', 400],
    ['#sl', 'dark', 400],
  ] as const)('%s %s is accessible, and nothing is wider than the screen of %i', async (hash, scheme, width) => {
    const page = await opened(hash, scheme, width);
    await page.locator('main:visible details').evaluateAll((all) => {
      for (const each of all) each.setAttribute('open', '');
    });
    await page.evaluate(axe.source);
    const { violations } = await page.evaluate(() =>
      (globalThis as unknown as { axe: typeof axe }).axe.run({
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'],
      }),
    );
    expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(wide).toBe(0);
    await page.close();
  });

  test('changes its language by a link, with keys alone, and stays in it', async () => {
    const page = await opened('', 'light');
    expect(await page.locator('main:visible').getAttribute('lang')).toBe('en');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.waitForURL(/#sl$/);
    expect(await page.locator('main:visible').getAttribute('lang')).toBe('sl');
    expect(await page.locator('main:visible').innerText()).toContain('Denar v dvomu');
    await page.close();
  });

  test('every picture has a title, a description, and a table of its numbers', async () => {
    const page = await opened('', 'light');
    const pictures = page.locator('main:visible svg[role=img]');
    expect(await pictures.count()).toBe(3);
    for (const picture of await pictures.all()) {
      expect(await picture.locator('> title').textContent()).not.toBe('');
      expect((await picture.locator('> desc').textContent())?.length).toBeGreaterThan(40);
    }
    expect(await page.locator('main:visible details table').count()).toBe(3);
    await page.close();
  });

  test('loads nothing from anywhere', () => {
    const page = pageOf(lived.figures);
    expect(page).not.toMatch(/https?:|src=|url\(/);
  });
});
