/** The console as it is served: by a real `retap serve`, under its own policy, on each page that an open centre has. */
import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { openCentral } from '@retap/central';
import { startPostgres, type TestPostgres } from '@retap/testkit';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { receiveCity } from './city.ts';

/** Without the map, packed (issue "The operators' console"). */
const FIRST_LOAD_MAX = 250_000;

let postgres: TestPostgres;
let serving: ChildProcess;
let browser: Browser;
let url: string;

beforeAll(async () => {
  postgres = await startPostgres();
  const database = await postgres.createDatabase();
  const central = await openCentral({ database, now: Date.now });
  await receiveCity(central, { days: 6, media: 150 });
  await central.close();
  const retap = path.join(import.meta.dirname, '../../cli/bin/retap.js');
  serving = spawn(process.execPath, [retap, 'serve', '--database', database, '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  url = await new Promise<string>((resolve, reject) => {
    let said = '';
    serving.stdout?.on('data', (bytes: Buffer) => {
      said += bytes;
      const [found] = /https?:\/\/[\d.:]+\d/.exec(said) ?? [];
      if (found) resolve(found);
    });
    serving.once('close', () => reject(new Error(`it ended: ${said}`)));
  });
  browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  });
});
afterAll(async () => {
  await browser?.close();
  serving?.kill('SIGTERM');
  await postgres?.stop();
});

test('every page opens without a fault, and breaks no rule of its policy', async () => {
  const page = await browser.newPage({ locale: 'en-GB' });
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(`${page.url()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`${page.url()}: ${error.message}`));
  page.on('response', (answer) => {
    if (answer.status() >= 400) complaints.push(`${answer.url()}: ${answer.status()}`);
  });
  await page.goto(url);
  await page.locator('#taps-now').waitFor();
  expect(page.url()).toBe(`${url}/console/`);
  const links = await page
    .locator('nav a')
    .evaluateAll((found) => found.map((link) => (link as HTMLAnchorElement).href));
  expect(links.length).toBeGreaterThan(6);
  for (const link of links) {
    await page.goto(link);
    await page.locator('main h1').waitFor();
    await page.waitForTimeout(500);
    expect(await page.locator('main .fault').count(), link).toBe(0);
  }
  expect(complaints).toEqual([]);
});

test('nothing comes from elsewhere, and the first load is light', async () => {
  const page = await browser.newPage({ locale: 'en-GB' });
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  const sizes = new Map<string, number>();
  const names = new Map<string, string>();
  session.on('Network.responseReceived', ({ requestId, response }) => names.set(requestId, response.url));
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    sizes.set(names.get(requestId) ?? requestId, encodedDataLength);
  });
  await page.goto(`${url}/console/`);
  await page.locator('.chart canvas').waitFor();
  for (const name of sizes.keys()) expect(new URL(name).origin).toBe(url);
  const files = [...sizes].filter(([name]) => /\/console\/|words\.json|icon/.test(name));
  const total = files.reduce((sum, [, size]) => sum + size, 0);
  expect(files.length).toBeGreaterThan(3);
  expect(total).toBeLessThan(FIRST_LOAD_MAX);
  const { paint, ready } = await page.evaluate(() => ({
    paint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0,
    ready: performance.now(),
  }));
  const figures = process.env.RETAP_SCREENSHOTS;
  if (figures) writeFileSync(path.join(figures, 'load.json'), JSON.stringify({ total, paint, ready, files }, null, 2));
});

test('a link of before, with a medium in it, leads to the medium', async () => {
  const { media } = (await (await fetch(`${url}/media?limit=1`)).json()) as { media: string[] };
  const page = await browser.newPage({ locale: 'en-GB' });
  await page.goto(`${url}/?medium=${media[0]}`);
  await page.locator('button.bead').first().waitFor();
  expect(page.url()).toBe(`${url}/console/media/${media[0]}`);
});

test('an address that names nothing says so', async () => {
  const page = await browser.newPage({ locale: 'en-GB' });
  for (const [address, said] of [
    ['records/abc', 'No record abc is received'],
    ['terminals/abc', 'No terminal of this number'],
    ['nothing', 'There is no such page'],
  ]) {
    await page.goto(`${url}/console/${address}`);
    await page.locator('.empty-title').waitFor();
    const text = await page.locator('main').innerText();
    expect(text).toContain(said);
    expect(text).not.toContain('NaN');
  }
});

test('what the centre refuses says why, with the number by which the log has it, and a way to try again', async () => {
  const page = await browser.newPage({ locale: 'en-GB' });
  let isBroken = true;
  await page.route(`${url}/today*`, (route) =>
    isBroken
      ? route.fulfill({ status: 500, json: { code: 'internal', message: 'a mistake', requestId: 'R-17' } })
      : route.continue(),
  );
  await page.goto(`${url}/console/`);
  await page.locator('.fault').waitFor();
  expect(await page.locator('.fault').innerText()).toContain('Request R-17');
  isBroken = false;
  await page.getByRole('button', { name: 'Try again' }).press('Enter');
  await page.locator('#taps-now').waitFor();
});
