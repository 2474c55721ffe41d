import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openCity, shoot, type TestCity, violationsOf } from './city.ts';

let city: TestCity;
let cloned: string;
let gapped: string;
/** With something on it. */
let lost: string;

beforeAll(async () => {
  city = await openCity();
  const now = Date.now();
  const [clone] = await city.central.alerts(now, { kind: 'cloned-medium', limit: 1 });
  cloned = (clone as { medium: string }).medium;
  const missing = await city.central.alerts(now, { kind: 'missing-transaction', limit: 100 });
  const media = missing.map((alert) => (alert as { medium: string }).medium).filter((medium) => medium !== cloned);
  gapped = media[0] as string;
  for (const medium of media) if (((await city.central.account(medium))?.balance ?? 0) > 0) lost = medium;
});
afterAll(() => city?.close());

async function openMedium(page: Page, medium: string): Promise<Page> {
  await page.goto(`/console/media/${medium}`);
  await page.locator('button.bead').first().waitFor();
  return page;
}
const textOf = async (page: Page, selector: string) =>
  (await page.locator(selector).innerText()).replaceAll('\u00a0', ' ');

test('the chain is a picture: a hole with the terminal that owes it, a fork on a string of its own', async () => {
  const page = await openMedium(await city.visit('ana', ['operator']), gapped);
  expect(await page.locator('.mark.hole').count()).toBeGreaterThan(0);
  expect(await page.locator('.owes a').first().getAttribute('href')).toMatch(/^\/console\/terminals\/\d+$/);
  await shoot(page, 'medium-gap');
  await openMedium(page, cloned);
  const tops = await page
    .locator('button.bead[data-shape=node]')
    .evaluateAll((beads) => [...new Set(beads.map((bead) => (bead as HTMLElement).style.top))]);
  expect(tops.length).toBeGreaterThan(1);
  await shoot(page, 'medium-clone');
  await page.context().close();
});

test('by keys alone: along the beads, into one, out of it again; the address has it', async () => {
  const page = await openMedium(await city.visit('bor', ['operator']), gapped);
  const beads = page.locator('button.bead');
  const last = await beads.last().getAttribute('data-record');
  expect(await page.locator('button.bead[tabindex="0"]').getAttribute('data-record')).toBe(last);
  await page.locator('button.bead[tabindex="0"]').focus();
  await page.keyboard.press('ArrowLeft');
  const before = await page.evaluate(() => (document.activeElement as HTMLElement).dataset.record);
  expect(before).not.toBe(last);
  await page.keyboard.press('Enter');
  await page.locator('#bead-title').waitFor();
  expect(await textOf(page, '#bead-title')).toContain(before);
  expect(page.url()).toContain(`bead=${before}`);
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('bead-title');
  await page.locator('summary', { hasText: 'Bytes as received' }).press('Enter');
  expect(await textOf(page, '#content pre')).toMatch(/^[0-9a-f]{32,}/i);
  await shoot(page, 'medium-bead');
  await page.getByRole('button', { name: 'Close' }).last().press('Enter');
  expect(await page.evaluate(() => (document.activeElement as HTMLElement).dataset.record)).toBe(before);
  await page.goto(`/console/media/${gapped}?bead=${before}`);
  await page.locator('#bead-title').waitFor();
  await page.context().close();
});

test('the balance is explained line by line, and comes out, whatever is wrong with the chain', async () => {
  const page = await city.visit('cene', ['auditor']);
  for (const medium of [gapped, cloned]) {
    await openMedium(page, medium);
    for (;;) {
      const older = page.getByRole('button', { name: 'Older records' });
      if ((await older.count()) === 0) break;
      await older.click();
      await page.waitForTimeout(200);
    }
    await page.locator('#explanation summary').click();
    const account = await city.central.account(medium);
    expect(await page.locator('#explanation tfoot td').first().getAttribute('data-total')).toBe(
      String(account?.balance),
    );
    expect(await textOf(page, '#explanation tfoot')).toContain('which is the balance above');
    const lines = await page.locator('#explanation tbody tr').count();
    expect(lines).toBeGreaterThan(3);
  }
  await shoot(page, 'medium-explained');
  await page.context().close();
});

test('a refund is asked for with a reason, waits for a second person, then for the next tap', async () => {
  const page = await openMedium(await city.visit('dora', ['clerk']), gapped);
  await page.getByRole('button', { name: 'Refund' }).click();
  const dialog = page.locator('dialog[open]');
  await dialog.getByRole('button', { name: 'Refund' }).click();
  expect(await dialog.locator('[role=alert]').innerText()).toContain('Write why');
  await dialog.getByLabel('Why').fill('validator charged twice');
  await dialog.getByLabel('Amount').fill('2.6.0');
  await dialog.getByRole('button', { name: 'Refund' }).click();
  await expect.poll(() => dialog.locator('[role=alert]').innerText()).toContain('above 0');
  await dialog.getByLabel('Amount').fill('2.60');
  await shoot(page, 'medium-refund');
  await dialog.getByRole('button', { name: 'Refund' }).press('Enter');
  await expect.poll(() => textOf(page, '.orders')).toContain('waits for a second person');
  expect(await textOf(page, '.orders')).toContain('€2.60');
  const [proposal] = await city.central.proposals.list({ state: 'proposed', limit: 1 });
  expect(proposal).toMatchObject({ kind: 'action.order', proposedBy: '@dora', why: 'validator charged twice' });
  await city.central.proposals.approve(proposal?.id as number, { who: '@eva', why: '', may: () => true });
  await expect.poll(() => textOf(page, '.orders'), { timeout: 15_000 }).toContain('waits for the next tap');
  await page.context().close();
});

test('the balance of a lost card goes to another: it is denied, and the other one loaded, both by two people', async () => {
  const page = await openMedium(await city.visit('fani', ['clerk']), lost);
  const account = await city.central.account(lost);
  await page.getByRole('button', { name: 'Move balance to another medium' }).press('Enter');
  const dialog = page.locator('dialog[open]');
  await dialog.getByLabel('Why').fill('lost on line 6');
  await dialog.getByLabel('Number of the other medium').fill(lost);
  await dialog.getByRole('button', { name: 'Move balance' }).press('Enter');
  await expect.poll(() => dialog.locator('[role=alert]').innerText()).toContain('not of this one');
  await dialog.getByLabel('Number of the other medium').fill(gapped);
  await dialog.getByRole('button', { name: 'Move balance' }).press('Enter');
  await expect.poll(async () => (await city.central.proposals.list({ state: 'proposed', limit: 10 })).length).toBe(2);
  const proposals = await city.central.proposals.list({ state: 'proposed', limit: 10 });
  expect(proposals.map(({ kind, object }) => [kind, object])).toEqual([
    ['action.order', `medium ${gapped}`],
    ['deny.add', `medium ${lost}`],
  ]);
  expect(proposals[0]?.entry).toMatchObject({ kind: 'refill', amount: account?.balance });
  await page.context().close();
});

test('who may not act sees no button; who may not see media, no page', async () => {
  const page = await openMedium(await city.visit('gorazd', ['inspector']), gapped);
  expect(await page.getByRole('button', { name: 'Refund' }).count()).toBe(0);
  expect(await page.getByRole('button', { name: 'Deny' }).count()).toBe(0);
  const other = await city.visit('hana', ['administrator']);
  await other.goto(`/console/media/${gapped}`);
  await expect.poll(() => textOf(other, 'main')).toContain('Your roles do not show you this page');
  await page.context().close();
  await other.context().close();
});

test('a medium that nobody knows is said to be unknown, and what to do', async () => {
  const page = await city.visit('iva', ['clerk']);
  await page.goto('/console/media/nobody');
  await expect.poll(() => textOf(page, 'main')).toContain('No record received names medium nobody');
  await page.context().close();
});

test.each([
  ['light', 'en-GB', 1280],
  ['dark', 'sl-SI', 820],
  ['light', 'sl-SI', 390],
] as const)('axe finds nothing in %s, %s, %i px wide', async (colorScheme, locale, width) => {
  const page = await city.visit(`j${width}`, ['operator'], { colorScheme, locale, viewport: { width, height: 1000 } });
  await openMedium(page, cloned);
  await page.locator('button.bead').last().click();
  await page.locator('#bead-title').waitFor();
  await page.locator('#explanation summary').click();
  await page.locator('pre').waitFor({ state: 'attached' });
  await shoot(page, `medium-${colorScheme}-${width}`);
  expect(await violationsOf(page)).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  await page.context().close();
});
