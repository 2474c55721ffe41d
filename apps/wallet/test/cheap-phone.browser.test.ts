/** A cheap phone: what is loaded before anybody scans, and how soon a touch is answered by a processor of a quarter of the speed. */
import { gzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, launch, openPhone, paste, register, topUp } from './browser.ts';
import { startTestCentre, type TestCentre } from './centre.ts';

/** Issue 8: packed script before the scanner loads. */
const SCRIPT_MAX = 120_000;
const ANSWER_MAX_MS = 100;

let centre: TestCentre;
let browser: Browser;

beforeAll(async () => {
  centre = await startTestCentre();
  browser = await launch();
});
afterAll(async () => {
  await browser?.close();
  await centre?.stop();
});

test('script before the scanner loads: at most 120 kB packed', async () => {
  const context = await browser.newContext({ serviceWorkers: 'block' });
  const page = await context.newPage();
  const scripts = new Map<string, Promise<Buffer>>();
  page.on('response', (answer) => {
    if (answer.url().endsWith('.js')) scripts.set(answer.url(), answer.body());
  });
  await page.goto(`${centre.origin}/wallet/`);
  await page.getByLabel('Your name').waitFor();
  const packed = (await Promise.all(scripts.values())).reduce((sum, body) => sum + gzipSync(body).length, 0);
  expect(scripts.size).toBeGreaterThan(0);
  expect(packed).toBeLessThan(SCRIPT_MAX);
  console.log(`script before the scanner loads: ${packed} bytes packed`);
  await context.close();
});

test('at a quarter of the speed a touch is answered within 100 ms', async () => {
  const { page } = await openPhone(browser, centre.origin);
  await register(page, 'Ana', 'person');
  const session = await page.context().newCDPSession(page);
  await session.send('Emulation.setCPUThrottlingRate', { rate: 4 });
  const answers: number[] = [];
  for (const key of ['1', '2', '5', '0']) {
    for (const face of ['Pay', 'Get paid']) answers.push(await answeredAfter(page, face));
    answers.push(await answeredAfter(page, key));
  }
  answers.sort((a, b) => a - b);
  const median = answers[Math.floor(answers.length / 2)] ?? Number.NaN;
  console.log(`a touch is answered after ${median} ms (median), ${answers.at(-1)} ms at most`);
  expect(median).toBeLessThan(ANSWER_MAX_MS);
});

/** From the touch to the next picture, in milliseconds. */
function answeredAfter(page: Page, name: string): Promise<number> {
  return page.getByRole('button', { name, exact: true }).evaluate(
    (button: HTMLElement) =>
      new Promise<number>((resolve) => {
        const start = performance.now();
        button.click();
        requestAnimationFrame(() => setTimeout(() => resolve(Math.round(performance.now() - start))));
      }),
  );
}

test('a passkey of the device confirms a payment; one that says no leaves it unpaid', async () => {
  const [ana, bor] = await Promise.all([openPhone(browser, centre.origin), openPhone(browser, centre.origin)]);
  await register(bor.page, 'Bor', 'person');
  await register(ana.page, 'Ana', 'person');
  await topUp(ana.page, '20.00');
  const session = await ana.context.newCDPSession(ana.page);
  await session.send('WebAuthn.enable');
  const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      ...{ protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true },
      ...{ isUserVerified: true, automaticPresenceSimulation: true },
    },
  });
  await ana.page.getByRole('button', { name: 'More' }).click();
  await ana.page.getByRole('button', { name: 'Settings' }).click();
  await ana.page.getByLabel('Finger, face or code of this device').check();
  await expect.poll(() => ana.page.getByLabel('Finger, face or code of this device').isChecked()).toBe(true);
  await ana.page.getByRole('button', { name: 'Back' }).click();
  await ana.page.getByRole('button', { name: 'Wallet' }).click();
  await ana.context.setOffline(true);
  const request = await ask(bor.page, '2.00');
  await paste(ana.page, request);
  await ana.page.getByRole('button', { name: 'Pay €2.00' }).waitFor();
  expect(await ana.page.getByLabel('PIN').count()).toBe(0);
  await session.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false });
  await ana.page.getByRole('button', { name: 'Pay €2.00' }).click();
  await ana.page.getByText('The phone did not confirm that it is you.').waitFor({ timeout: 70_000 });
  expect(await ana.page.locator('canvas.qr').count()).toBe(0);
  await session.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: true });
  await ana.page.getByRole('button', { name: 'Cancel' }).click();
  await paste(ana.page, request);
  await ana.page.getByRole('button', { name: 'Pay €2.00' }).click();
  await ana.page.getByRole('heading', { name: 'Show it to Bor' }).waitFor();
});
