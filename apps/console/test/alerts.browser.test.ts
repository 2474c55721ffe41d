/** Alerts and terminals, as an operator on duty works with them. */
import type { AlertGroup } from '@retap/central';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openCity, shoot, type TestCity, violationsOf } from './city.ts';

let city: TestCity;
/** The terminal that owes most: it has gone silent with all that it did. */
let owing: AlertGroup;
beforeAll(async () => {
  city = await openCity();
  const groups = await city.central.alertGroups.groups({ silenced: false, kind: 'missing-transaction', limit: 200 });
  owing = groups.toSorted((a, b) => b.cases - a.cases)[0] ?? expect.fail('nobody owes anything');
});
afterAll(() => city?.close());

const card = (page: Page, cause = owing.cause) => page.locator(`[data-cause="${cause}"]`);
const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name });
const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { level: 1, name }).waitFor();

/** The dialog that is open: filled with a reason, and done. */
async function give(page: Page, why: string): Promise<void> {
  const dialog = page.locator('dialog[open]');
  await dialog.getByLabel('Why').fill(why);
  await dialog.locator('button[type=submit]').click();
  await dialog.waitFor({ state: 'hidden' });
}

describe('from an alert to its end', () => {
  test('terminal 17 owes transactions → medium → bead → terminal → suspend → resolve', async () => {
    const page = await city.visit('olga', ['operator']);
    await page.goto('/console/alerts');
    const own = card(page);
    await own.waitFor();
    expect(await own.innerText()).toContain(`Terminal ${owing.terminal}`);
    expect(await own.innerText()).toContain('Transaction missing');
    await own.getByRole('button', { name: /Show its alerts/ }).click();
    const first = own.locator('.cases > li').first();
    await first.waitFor();
    expect(await first.innerText()).toContain(`Terminal ${owing.terminal} has not delivered`);
    const medium = await first.locator('a[href*="/media/"]').first().innerText();
    await first.locator('a[href*="/media/"]').first().click();
    await page.waitForURL(`**/console/media/${medium}`);
    // Back shows the same as before: the group is still open, for the address says so.
    await page.goBack();
    await first.waitFor();
    await first.locator('a[href*="/media/"]').first().click();
    await page.locator('button.bead').first().click();
    await page.locator('#bead-title').waitFor();
    await shoot(page, 'walkthrough-bead');
    // The hole in the chain says who owes what is missing there.
    const hole = page.getByRole('link', { name: `T${owing.terminal} owes` }).first();
    await hole.click();
    await heading(page, new RegExp(`Terminal ${owing.terminal}`));
    await page.getByRole('heading', { name: 'What it owes' }).waitFor();
    expect(await page.locator('main').innerText()).toContain('owes transactions');

    await button(page, 'Suspend …').click();
    await give(page, 'nobody has heard of it');
    await page.getByText(`Terminal ${owing.terminal} is now: suspended`).waitFor();
    await button(page, 'Resume …').waitFor();
    expect((await city.central.registry.terminal(owing.terminal!))?.history.at(-1)).toMatchObject({
      ...{ what: 'suspended', who: '@olga', why: 'nobody has heard of it' },
    });

    await button(page, 'Resolve …').click();
    await give(page, 'journal read out by hand');
    await page.getByText(/^Resolve: \d+ alerts – Terminal/).waitFor();
    await page.getByText('Nothing is open that comes of it.').waitFor();
    expect(await city.central.alertGroups.group(owing.cause)).toBeNull();

    await page.goto('/console/alerts?view=closed&kind=missing-transaction');
    await page.getByText('Resolved: journal read out by hand').first().waitFor();
  });

  test('one alert alone is found by its number, resolved, and the others stay', async () => {
    const page = await city.visit('nina', ['operator']);
    const groups = await city.central.alertGroups.groups({ silenced: false, sort: 'cases', limit: 1 });
    const { cause, cases } = groups[0] ?? expect.fail('nothing is open');
    const [one] = await city.central.alertGroups.cases(cause, { limit: 1 });
    await page.goto(`/console/alerts?case=${one!.id}`);
    const single = page.locator('section', { has: page.locator('#one-case') });
    await single.getByText('the alert began to stand').waitFor();
    await single.getByRole('button', { name: 'Resolve …' }).click();
    await give(page, 'seen to');
    await single.getByText('resolved: seen to').waitFor();
    expect((await city.central.alertGroups.group(cause))?.cases).toBe(cases - 1);
    await page.goto('/console/alerts?case=999999');
    await page.getByText('There is no alert 999999').waitFor();
  });

  test('a group is acknowledged, taken on and silenced, by keys alone', async () => {
    const page = await city.visit('kim', ['operator']);
    await page.goto('/console/alerts');
    const [group] = await city.central.alertGroups.groups({ silenced: false, limit: 1 });
    const { cause } = group ?? expect.fail('nothing is open');
    await card(page, cause).waitFor();
    await press(page, cause, 'Acknowledge');
    await page.getByText(/^Acknowledge: \d+ alert/).waitFor();
    expect((await city.central.alertGroups.group(cause))?.states.new).toBe(0);
    await press(page, cause, 'Take on');
    await page.getByText(/^Take on: \d+ alert/).waitFor();
    expect((await city.central.alertGroups.group(cause))?.assigned[0]?.person).toBe('kim');
    await press(page, cause, 'Silence …');
    await page.locator('dialog[open]').waitFor();
    for (let tabs = 0; tabs < 9; tabs += 1) {
      if (await page.evaluate("document.activeElement?.matches('dialog textarea')")) break;
      await page.keyboard.press('Tab');
    }
    await page.keyboard.type('in repair');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByText(/^Silenced: /).waitFor();
    await card(page, cause).waitFor({ state: 'detached' });
    // Whoever used a button that is gone since is where it is said what was done.
    expect(await page.evaluate('document.activeElement?.className')).toBe('note');
    await page.getByRole('button', { name: 'Silenced', exact: true }).click();
    await page.getByText(/Silenced until .* by @kim: in repair/).waitFor();
    expect(page.url()).toContain('view=silenced');
    await shoot(page, 'alerts-silenced');
    await card(page, cause).getByRole('button', { name: 'End the silence' }).click();
    await page.getByText('Nothing is silenced').waitFor();
  });

  test('whoever may only look sees no button, and the server refuses it too', async () => {
    const page = await city.visit('aldo', ['auditor']);
    await page.goto('/console/alerts');
    await page.locator('.group').first().waitFor();
    expect(await page.locator('.group').getByRole('button').allInnerTexts()).toEqual(
      Array(await page.locator('.group').count()).fill(expect.stringMatching(/^Show its alerts/)),
    );
    await page.goto(`/console/terminals/${owing.terminal}`);
    await page.getByRole('heading', { name: 'History' }).waitFor();
    expect(await page.getByRole('button', { name: /…$/ }).count()).toBe(0);
  });
});

/** Reaches a button of a group with Tab, and presses it. */
async function press(page: Page, cause: string, name: string): Promise<void> {
  const target = card(page, cause).getByRole('button', { name });
  await target.waitFor();
  await page.locator('main').focus();
  for (let tabs = 0; tabs < 80; tabs += 1) {
    await page.keyboard.press('Tab');
    if (await target.evaluate((node) => node === document.activeElement)) return page.keyboard.press('Enter');
  }
  expect.fail(`${name} is not reached`);
}

describe('the fleet', () => {
  test('is sorted and filtered in the address, so that a link shows the same', async () => {
    const page = await city.visit('ines', ['operator']);
    await page.goto('/console/terminals');
    await page.getByRole('table').waitFor();
    await page.locator('button.sort', { hasText: 'Owes' }).click();
    await page.locator('button.sort', { hasText: 'Owes' }).click();
    await page.waitForURL('**/console/terminals?sort=-owed');
    await page.getByRole('button', { name: /^owes transactions/ }).click();
    await page.waitForURL('**flag=owing*');
    const rows = page.locator('tbody tr');
    await expect.poll(() => rows.first().innerText()).toContain(String(owing.terminal));
    const shown = await rows.allInnerTexts();
    const again = await page.context().newPage();
    await again.goto(page.url());
    await expect.poll(() => again.locator('tbody tr').count()).toBe(shown.length);
    const numbers = (texts: string[]) => texts.map((text) => text.split(/\s/)[0]);
    expect(numbers(await again.locator('tbody tr').allInnerTexts())).toEqual(numbers(shown));
    await page.getByLabel('Name or number').fill('no such');
    await page.keyboard.press('Enter');
    await page.getByText('No terminal has what you ask for').waitFor();
  });

  test('gets a new one: its code is shown once', async () => {
    const page = await city.visit('ida', ['operator']);
    await page.goto('/console/terminals');
    await button(page, 'Enrol a terminal …').click();
    const dialog = page.locator('dialog[open]');
    await dialog.getByLabel(/^Number/).fill('4711');
    await dialog.getByLabel(/^Name/).fill('Depot');
    await give(page, 'a new gate');
    await page.getByRole('heading', { name: 'Code for terminal 4711' }).waitFor();
    expect(await page.locator('code.code').innerText()).toMatch(/^[0-9A-Z-]{10,}$/);
    await button(page, 'I have passed it on').click();
    expect(await page.locator('code.code').count()).toBe(0);
    await page.goto('/console/terminals/4711');
    await page.getByText('ida: invited – a new gate').waitFor();
    await button(page, 'Revoke …').click();
    await give(page, 'not needed');
    await page.getByText('Terminal 4711 is now: revoked').waitFor();
    await page.goto('/console/terminals/4712');
    await page.getByText('No terminal of this number was ever invited').waitFor();
  });
});

describe('whoever they are, they can read it', () => {
  test.each(['light', 'dark'] as const)('axe finds nothing, %s', async (colorScheme) => {
    const page = await city.visit(`axel-${colorScheme}`, ['operator'], { colorScheme });
    const look = async (path: string, ready: string, name: string | null) => {
      await page.goto(path);
      await page.locator(ready).first().waitFor();
      if (name) await shoot(page, `${name}-${colorScheme}`);
      expect(await violationsOf(page), path).toEqual([]);
    };
    await look('/console/alerts', '.group', 'alerts');
    await page
      .locator('.group')
      .getByRole('button', { name: /Show its alerts/ })
      .first()
      .click();
    await page.locator('.cases > li').first().getByRole('button', { name: 'History' }).click();
    await page.locator('.cases .history li').first().waitFor();
    await shoot(page, `alerts-expanded-${colorScheme}`);
    expect(await violationsOf(page)).toEqual([]);
    await look('/console/alerts?view=closed', 'tbody tr', null);
    await look('/console/terminals?columns=terminal,name,role,state,wrong,seen,offset,licence', 'tbody tr', null);
    await look(`/console/terminals/${owing.terminal}`, '[aria-labelledby=owes] tbody tr', 'terminal');
    await page.getByRole('button', { name: 'Revoke …' }).click();
    expect(await violationsOf(page)).toEqual([]);
  });

  test('in Slovene too, and on a narrow screen nothing is cut off', async () => {
    const page = await city.visit('sara', ['operator'], { locale: 'sl-SI', viewport: { width: 640, height: 900 } });
    await page.goto('/console/alerts');
    await heading(page, 'Opozorila');
    await page.locator('.group').first().waitFor();
    await shoot(page, 'alerts-sl');
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    await page.goto(`/console/terminals/${owing.terminal}`);
    await page.getByRole('heading', { name: 'Kaj dolguje' }).waitFor();
    await shoot(page, 'terminal-sl');
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
  });
});
