import { amountOf, type JournalRecord } from '@retap/model';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { batchOf, upload } from '../../central/test/records.ts';
import { openCity, shoot, type TestCity, violationsOf } from './city.ts';

let city: TestCity;
beforeAll(async () => {
  city = await openCity({ isOpen: true });
  const now = Date.now();
  // A terminal that never was before: opens in the last hours, so that the day has a curve.
  const records: JournalRecord[] = [];
  for (let i = 0; i < 600; i += 1) records.push(openAt(i + 1, now - (600 - i) * 40_000));
  expect((await upload(city.service.url, batchOf(records))).status).toBe(200);
});
afterAll(() => city?.close());

const TERMINAL = 900;

/** A medium that begins, and pays at once. */
function openAt(serial: number, time: number): JournalRecord {
  const balance = amountOf(500);
  if (serial % 2 === 1) {
    return {
      terminal: TERMINAL,
      serial,
      type: 'open',
      medium: `T${serial}`,
      time,
      amount: balance,
      balance,
      status: 'successful',
    };
  }
  return {
    ...{ terminal: TERMINAL, serial, type: 'debit', medium: `T${serial - 1}`, time, status: 'successful' },
    ...{ lastTime: time - 40_000, lastTerminal: TERMINAL, amount: amountOf(-120), balance: amountOf(380) },
  } as JournalRecord;
}

async function openToday(options: Parameters<TestCity['visit']>[2] = {}, search = ''): Promise<Page> {
  const page = await city.visit('', [], options);
  await page.goto(`/console/${search}`);
  await page.locator('#taps-now dd').waitFor();
  await page.locator('.chart canvas').waitFor();
  return page;
}
const textOf = async (page: Page, selector: string) =>
  (await page.locator(selector).innerText()).replaceAll('\u00a0', ' ');

test('says in a sentence whether somebody must look, and at what', async () => {
  const page = await openToday();
  expect(await textOf(page, '.verdict')).toMatch(/\d+ alerts that nobody has seen/);
  expect(await textOf(page, '#doubt-money dd')).toMatch(/^€\d+\.\d\d/);
  expect(await textOf(page, '#queue dd')).toContain('Nothing');
  expect(await page.title()).toBe('Today – Retap');
  // Nobody registers a terminal here: nothing is said of how they stand.
  expect(await page.locator('#worst-title').count()).toBe(0);
});

test('follows what arrives, says when it was, and stands still when paused', async () => {
  const page = await openToday();
  const before = await textOf(page, '#taps-day');
  const now = Date.now();
  const records = [openAt(601, now - 120_000), openAt(602, now - 80_000)];
  expect((await upload(city.service.url, batchOf(records))).status).toBe(200);
  await expect.poll(() => textOf(page, '#taps-day')).not.toBe(before);
  await page.locator('#updated').waitFor();
  expect(await textOf(page, '#updated')).toMatch(/^Updated \d+ secs? ago$/);
  await page.getByRole('button', { name: 'Pause' }).press('Enter');
  expect(await textOf(page, '#connection')).toBe('Paused');
  const paused = await textOf(page, '#taps-day');
  await upload(city.service.url, batchOf([openAt(603, now - 60_000), openAt(604, now - 20_000)]));
  await page.waitForTimeout(7_000);
  expect(await textOf(page, '#taps-day')).toBe(paused);
  await page.getByRole('button', { name: 'Go on' }).press('Enter');
  await expect.poll(() => textOf(page, '#taps-day')).not.toBe(paused);
});

test('the curve is there as a table too', async () => {
  const page = await openToday();
  await page.getByText('As a table, by the hour').press('Enter');
  const rows = page.locator('figure tbody tr');
  expect(await rows.count()).toBe(24);
  const today = await rows.locator('td:nth-child(2)').allInnerTexts();
  expect(today.map(Number).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(0);
});

test('a kiosk is a link: nothing but the figures, and a way back', async () => {
  const page = await openToday({ viewport: { width: 1920, height: 1080 } });
  await page.getByRole('button', { name: 'Kiosk' }).click();
  await page.locator('main.kiosk').waitFor();
  expect(page.url()).toContain('kiosk=1');
  expect(await page.locator('nav').count()).toBe(0);
  await shoot(page, 'today-kiosk');
  await page.getByRole('button', { name: 'Leave kiosk' }).click();
  await page.locator('nav').waitFor();
});

test('keys show themselves, lead to the search and back here', async () => {
  const page = await openToday();
  await page.keyboard.press('?');
  expect(await textOf(page, 'dialog[open]')).toContain('Go to: Today');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+k');
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('search');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await page.goto('/console/media/T1');
  await page.locator('h1').waitFor();
  await page.keyboard.press('g');
  await page.keyboard.press('t');
  await page.locator('#taps-now').waitFor();
  expect(new URL(page.url()).pathname).toBe('/console/');
});

test('says when the centre has gone', async () => {
  const page = await openToday();
  await page.context().setOffline(true);
  await page.route('**/events', (route) => route.abort());
  await page.evaluate(() => dispatchEvent(new Event('offline')));
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.getByRole('button', { name: 'Go on' }).click();
  await expect.poll(() => textOf(page, '#connection')).toContain('No connection');
  await expect.poll(() => textOf(page, '.verdict')).toContain('what you see is old');
});

test.each([
  ['light', 'en-GB', 1280],
  ['dark', 'en-GB', 1280],
  ['light', 'sl-SI', 390],
  ['dark', 'sl-SI', 390],
] as const)(
  'axe finds nothing in %s, %s, %i px wide, and nothing is wider than the screen',
  async (colorScheme, locale, width) => {
    const page = await openToday({ colorScheme, locale, viewport: { width, height: 900 } });
    await shoot(page, `today-${colorScheme}-${locale}`);
    expect(await violationsOf(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    if (locale === 'sl-SI') expect(await textOf(page, 'h1')).toBe('Danes');
  },
);
