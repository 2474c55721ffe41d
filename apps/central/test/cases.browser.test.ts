/** Work on alerts, on the page of a real service: an operator by keyboard alone, and an auditor, who only looks on. */

import { type Central, openCentral } from '@retap/central';
import axe from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { ENROLLED } from '../../../packages/central/test/device.ts';
import { embeddedDirectory } from '../../../packages/central/test/embedded-directory.ts';
import { type Service, startService } from '../src/index.ts';
import { signedIn, type Visitor } from './people/signed-in.ts';
import { at, batchOf, debit, open } from './records.ts';

/** Long enough for what is missing to be missed. */
const NOW = at(2_000);
let central: Central;
let service: Service;
let browser: Browser;
let ana: Visitor;

beforeAll(async () => {
  central = await openCentral({ database: embeddedDirectory(), now: () => NOW });
  const receive = async (...records: Parameters<typeof batchOf>[0]) => {
    await central.receive([{ form: 'batch', body: batchOf(records) }]);
    await central.drain();
    while ((await central.alertWork.watch(NOW)) !== null);
  };
  await receive(
    open(1, 1, 'A1', 0, 1_000),
    debit({ ...{ terminal: 1, serial: 2, medium: 'A1', hours: 1 }, last: [0, 1], amount: -100, balance: 800 }),
    open(1, 3, 'B', 2, 1_000),
    debit({ ...{ terminal: 1, serial: 4, medium: 'B', hours: 4 }, last: [3, 2], amount: -100, balance: 800 }),
  );
  // What was missing arrives: its case is cured.
  await receive(
    debit({ ...{ terminal: 2, serial: 1, medium: 'B', hours: 3 }, last: [2, 1], amount: -100, balance: 900 }),
  );
  await central.registry.settle(ENROLLED);
  service = await startService({ central, now: () => NOW, port: 0, log: () => {}, checkAnswers: true });
  ana = await signedIn(central, service, 'ana', 'operator');
  browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  });
});
afterEach(async () => {
  for (const context of browser.contexts()) await context.close();
});
afterAll(async () => {
  await browser?.close();
  await service?.stop();
  await central?.close();
});

async function pageOf({ cookie }: Visitor, locale = 'en-GB'): Promise<Page> {
  const viewport = { width: 360, height: 900 };
  const page = await browser.newPage({ locale, timezoneId: 'UTC', bypassCSP: true, viewport });
  const [name = '', value = ''] = cookie.split('=');
  await page.context().addCookies([{ name, value, url: service.origin }]);
  await page.goto(service.origin);
  await page.locator('#cases').waitFor();
  return page;
}

/** By the Tab key alone. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let pressed = 0; pressed < 60; pressed += 1) {
    await page.keyboard.press('Tab');
    const label = await page.evaluate(
      () => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent?.trim(),
    );
    if (label === name) return;
  }
  throw new Error(`no Tab leads to ${name}`);
}
const focused = (page: Page) => page.evaluate(() => document.activeElement?.id);

/** No fault of WCAG in either theme, and nothing that a narrow screen would cut off. */
async function accessible(page: Page, name: string): Promise<void> {
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.evaluate(axe.source);
    const { violations } = (await page.evaluate('axe.run()')) as { violations: { id: string }[] };
    expect(
      violations.map(({ id }) => id),
      `${name}, ${colorScheme}`,
    ).toEqual([]);
    if (process.env.RETAP_SCREENSHOTS) {
      await page.screenshot({ path: `${process.env.RETAP_SCREENSHOTS}/${name}-${colorScheme}.png`, fullPage: true });
    }
  }
}

test('an operator acknowledges, comments and resolves by keyboard, and whoever looks on sees it happen', async () => {
  const [found] = await central.alertWork.cases({ kind: 'balance-mismatch', limit: 1 });
  const id = found?.id ?? 0;
  const subject = 'Balance does not follow: medium A1, terminal 1';
  const auditor = await pageOf(await signedIn(central, service, 'ivo', 'auditor'), 'sl-SI');
  const page = await pageOf(ana);
  const item = page.locator(`[data-case="${id}"]`);
  await item.waitFor();
  expect(await item.locator('h3').innerText()).toBe(subject);
  expect(await item.locator('dl').innerText()).toMatch(/State\s+new\s+Since[\s\S]+Assigned to\s+nobody/);

  await tabTo(page, `Acknowledge: ${subject}`);
  await page.keyboard.press('Enter');
  await page
    .locator('#case-note')
    .filter({ hasText: `Done: Acknowledge – ${subject}` })
    .waitFor();
  expect(await focused(page)).toBe(`case-${id}`);
  expect(await item.locator('dl').innerText()).toMatch(/State\s+acknowledged/);

  await tabTo(page, `Assign: ${subject}`);
  await page.keyboard.press('Enter');
  await page.keyboard.type('ivo');
  await page.keyboard.press('Enter');
  const refusal = item.getByRole('alert');
  await refusal.filter({ hasText: 'Not done: none of this person’s roles may work on alerts' }).waitFor();
  expect(await focused(page)).toBe(`case-${id}-assign-field`);
  await page.keyboard.press('Escape');
  expect([await focused(page), await item.locator('form').count()]).toEqual([`case-${id}-assign`, 0]);

  await tabTo(page, `Comment: ${subject}`);
  await page.keyboard.press('Enter');
  await page.keyboard.type('the <b>reader</b> is bent');
  // Somebody else does something about it meanwhile: what is being written stays.
  await central.alertWork.assign(id, 'ana', '@bor');
  await item.locator('dl').filter({ hasText: 'assigned' }).waitFor();
  expect(await page.getByLabel('Comment', { exact: true }).inputValue()).toBe('the <b>reader</b> is bent');
  await accessible(page, 'case-comment');
  await tabTo(page, 'Comment');
  await page.keyboard.press('Enter');
  await page.locator('#case-note').filter({ hasText: 'Done: Comment' }).waitFor();

  await tabTo(page, `Resolve: ${subject}`);
  await page.keyboard.press('Enter');
  await tabTo(page, 'Resolve');
  await page.keyboard.press('Enter');
  await refusal.filter({ hasText: 'whoever reads this later knows nothing else' }).waitFor();
  expect((await central.alertWork.case(id))?.state).toBe('assigned');
  await page.keyboard.type('reader replaced');
  await tabTo(page, 'Resolve');
  await page.keyboard.press('Enter');
  await item.waitFor({ state: 'detached' });
  expect(await focused(page)).toBe('cases-title');

  await tabTo(page, 'Closed');
  await page.keyboard.press('Enter');
  await item.waitFor();
  await tabTo(page, `History: ${subject}`);
  await page.keyboard.press('Enter');
  await item.locator('.history li').nth(4).waitFor();
  const history = await item.locator('.history li').allInnerTexts();
  expect(history.map((line) => line.replace(/^.*\d, /, ''))).toEqual([
    'the centre: the alert began to stand',
    '@ana: acknowledged',
    '@bor: assigned to ana',
    '@ana: comment: the <b>reader</b> is bent',
    '@ana: resolved: reader replaced',
  ]);
  const cured = page.locator('[data-case]').filter({ hasText: 'Transaction missing' });
  expect(await cured.locator('dl').innerText()).toMatch(/State\s+cured[\s\S]+: record 2-1 arrived/);
  await accessible(page, 'case-closed');

  // It went away from the auditor's page by the stream of events.
  await auditor.locator(`#case-list [data-case="${id}"]`).waitFor({ state: 'detached' });
  await auditor.locator('[data-cases=closed]').press('Enter');
  await auditor.locator(`[data-case="${id}"]`).waitFor();
  expect(await auditor.locator(`[data-case="${id}"]`).innerText()).toContain('Rešen, ker');
  expect(await auditor.locator('#case-list :is(button, form)').count()).toBe(0);
  await auditor.locator(`[data-case="${id}"] summary`).press('Enter');
  await auditor.locator('.history').filter({ hasText: 'komentar: the <b>reader</b> is bent' }).waitFor();
  await accessible(auditor, 'case-auditor');
});
