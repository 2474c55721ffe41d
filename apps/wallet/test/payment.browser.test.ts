/** Two phones pay each other, in a real browser, without a network: what is shown, kept, and said. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, launch, openPhone, paste, pay, register, shoot, shownText, type TestPhone, topUp } from './browser.ts';
import { startTestCentre, type TestCentre } from './centre.ts';

let centre: TestCentre;
let browser: Browser;
let ana: TestPhone;
let kiosk: TestPhone;

beforeAll(async () => {
  centre = await startTestCentre();
  browser = await launch();
  [ana, kiosk] = await Promise.all([openPhone(browser, centre.origin), openPhone(browser, centre.origin)]);
  await register(kiosk.page, 'Kiosk at the lake', 'merchant');
  await register(ana.page, 'Ana', 'person');
  await topUp(ana.page, '20.00');
  await Promise.all([ana.context.setOffline(true), kiosk.context.setOffline(true)]);
});
afterAll(async () => {
  await browser?.close();
  await centre?.stop();
});

test('request → payment → yes → receipt, both offline', async () => {
  await shoot(ana.page, 'home');
  const request = await ask(kiosk.page, '1.50', '2 × coffee');
  await shoot(kiosk.page, 'asked');
  expect(request).toMatch(/^RETAP1:/);
  const payment = await pay(ana.page, request, '1.50');
  await shoot(ana.page, 'payment');
  await paste(kiosk.page, payment);
  await kiosk.page.getByRole('heading', { name: '€1.50 received' }).waitFor();
  expect(await kiosk.page.locator('main').innerText()).toContain('From Ana');
  await shoot(kiosk.page, 'yes');
  await kiosk.page.getByRole('button', { name: 'Receipt' }).click();
  const receipt = await shownText(kiosk.page);
  await paste(ana.page, receipt);
  await ana.page.getByText('Kiosk at the lake has it.').waitFor();
  expect(ana.complaints).toEqual([]);
});
