/** Without a network, without room, killed in the middle: what the wallet does then. */
import type { Browser, CDPSession } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, launch, openPhone, PIN, paste, register, type TestPhone, topUp } from './browser.ts';
import { startTestCentre, type TestCentre } from './centre.ts';

let centre: TestCentre;
let browser: Browser;
let ana: TestPhone;
let bor: TestPhone;
/** Whose phone is full. */
let cene: TestPhone;
let quota: CDPSession;

beforeAll(async () => {
  centre = await startTestCentre();
  browser = await launch();
  [ana, bor, cene] = await Promise.all([
    openPhone(browser, centre.origin),
    openPhone(browser, centre.origin),
    openPhone(browser, centre.origin),
  ]);
  await register(bor.page, 'Bor', 'person');
  await register(ana.page, 'Ana', 'person');
  await register(cene.page, 'Cene', 'person');
  await topUp(ana.page, '20.00');
  await topUp(cene.page, '20.00');
  quota = await cene.context.newCDPSession(cene.page);
  await quota.send('Storage.overrideQuotaForOrigin', { origin: centre.origin, quotaSize: 1 });
});
afterAll(async () => {
  await browser?.close();
  await centre?.stop();
});

test('after the first visit everything is kept: it starts without a network, scanner and all', async () => {
  await ana.page.evaluate(() => navigator.serviceWorker.ready);
  await ana.context.setOffline(true);
  const page = await ana.context.newPage();
  const failed: string[] = [];
  page.on('requestfailed', (request) => failed.push(request.url()));
  await page.goto(`${centre.origin}/wallet/`);
  await page.getByRole('heading', { name: 'Wallet' }).waitFor();
  expect(await page.locator('.balance .sum').innerText()).toBe('€20.00');
  await page.getByRole('button', { name: 'Scan a request' }).click();
  await page.getByText('Hold the other phone’s code into the picture.').waitFor();
  await page.waitForTimeout(1_000); // the reader is loaded with the first picture
  expect(failed.filter((url) => url.includes('/wallet/'))).toEqual([]);
  const kept = await page.evaluate(async () => {
    const [name = ''] = await caches.keys();
    return (await (await caches.open(name)).keys()).map(({ url }) => new URL(url).pathname);
  });
  expect(kept.every((path) => path.startsWith('/wallet/'))).toBe(true);
  expect(kept.some((path) => path.endsWith('.wasm'))).toBe(true);
  await page.close();
  await ana.context.setOffline(false);
});

test('a camera that is refused → how to go on without', async () => {
  const page = await ana.context.newPage();
  await page.addInitScript(() => {
    navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError'));
  });
  await page.goto(`${centre.origin}/wallet/`);
  await page.getByRole('button', { name: 'Scan a request' }).click();
  await page.getByRole('heading', { name: 'The wallet may not use the camera' }).waitFor();
  await page.getByRole('button', { name: 'Paste instead' }).click();
  await page.getByLabel('Text or link').waitFor();
  await page.close();
});

test('the centre out of reach → paying goes on, and says that it waits; later all of it is sent', async () => {
  centre.isReachable = false;
  const request = await ask(await fresh(bor), '2.00');
  await paste(ana.page, request);
  await ana.page.getByLabel('PIN').fill(PIN);
  const before = Date.now();
  await ana.page.getByRole('button', { name: 'Pay €2.00' }).click();
  await ana.page.locator('canvas.qr').waitFor();
  expect(Date.now() - before).toBeLessThan(3_000);
  await ana.page.getByRole('button', { name: 'Done' }).click();
  await ana.page.getByText('1 record waits to be sent').waitFor();
  centre.isReachable = true;
  await ana.page.locator('button.reported').click();
  await ana.page.getByRole('button', { name: 'Synchronise now' }).click();
  await ana.page.getByText('Done: the centre has all of it.').waitFor();
  expect(
    [...centre.records.values()].flat().filter((record) => 'amount' in record && record.amount === -200),
  ).toHaveLength(1);
});

test('no room → refused before anything is paid; with room again it is paid once', async () => {
  const { page } = cene;
  const { origin } = centre;
  await expect.poll(() => page.evaluate(isFull), { timeout: 60_000, interval: 2_000 }).toBe(true);
  const request = await ask(await fresh(bor), '1.00');
  await paste(page, request);
  await page.getByLabel('PIN').fill(PIN);
  await page.getByRole('button', { name: 'Pay €1.00' }).click();
  await page.getByText('This phone is full').waitFor();
  await page.getByText('You have paid nothing.').waitFor();
  await quota.send('Storage.overrideQuotaForOrigin', { origin });
  await expect.poll(() => page.evaluate(isFull), { timeout: 60_000, interval: 2_000 }).toBe(false);
  await page.getByRole('button', { name: 'Try again' }).click();
  await paste(page, request);
  await page.getByLabel('PIN').fill(PIN);
  await page.getByRole('button', { name: 'Pay €1.00' }).click();
  await page.getByRole('heading', { name: 'Show it to Bor' }).waitFor();
  await page.getByRole('button', { name: 'Done' }).click();
  expect(await page.locator('.balance .sum').innerText()).toBe('€19.00');
});

/** Chromium looks at the quota every half minute. In the page. */
function isFull(): Promise<boolean> {
  return new Promise((resolve) => {
    const opening = indexedDB.open('probe', 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore('probe');
    opening.onerror = () => resolve(true);
    opening.onsuccess = () => {
      const transaction = opening.result.transaction('probe', 'readwrite');
      transaction.objectStore('probe').put(crypto.getRandomValues(new Uint8Array(60_000)), 1);
      transaction.oncomplete = () => resolve(false);
      transaction.onabort = () => resolve(true);
    };
  });
}

async function fresh({ page }: TestPhone): Promise<TestPhone['page']> {
  await page.goto(`${centre.origin}/wallet/`);
  await page
    .getByRole('button', { name: 'Back' })
    .or(page.getByRole('heading', { name: 'Wallet' }))
    .first()
    .waitFor();
  if (await page.getByRole('button', { name: 'Back' }).isVisible())
    await page.getByRole('button', { name: 'Back' }).click();
  return page;
}
