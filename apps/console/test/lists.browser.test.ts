/** Lists and tariffs: how they stand, what differs, a rule tried, and changing them. */
import { amountOf } from '@retap/model';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sqlIn } from '../../../packages/central/test/database.ts';
import { Device } from '../../../packages/central/test/device.ts';
import { openCity, shoot, type TestCity, violationsOf } from './city.ts';

const DAY = 86_400_000;
const CENTRE = new Device(1);
const WHY = { who: 'root', why: 'a first version' };
const NAME = { sl: 'Vožnja', en: 'Ride' };

let city: TestCity;
beforeAll(async () => {
  city = await openCity({ days: 3, media: 120, terminals: 9, centre: CENTRE.publicKey });
  const { lists } = city.central;
  const publish = async () => {
    for (const kind of ['deny', 'limits', 'tariff'] as const) {
      await lists.publish(kind, { sign: CENTRE.sign, validMs: 7 * DAY });
    }
  };
  // Nobody has been invited yet: it takes effect at once.
  for (const medium of ['04A1B2C3D4E5F6', '04A1B2C3D4E5F7', '04FF00112233AA']) await lists.deny(medium, WHY);
  await lists.limit({ dayTapsMax: 20, tapAmountMax: amountOf(5_000) }, WHY);
  await lists.setTariffs([tariff(Date.now() - DAY, 130)], WHY);
  await publish();
  await lists.undeny('04A1B2C3D4E5F7', { who: 'root', why: 'found again' });
  await publish();
  await lists.deny('0499887766554433', { who: 'root', why: 'reported stolen' });
  await lists.limit({ dayTapsMax: 12, tapAmountMax: amountOf(5_000), unsentAgeMax: 3 * DAY }, WHY);
  await sqlIn(
    city.database,
    `insert into list_held select terminal, 'deny', case when terminal % 3 = 0 then 1 else 2 end, 1, ${Date.now()}
     from terminal where state = 'active' and terminal % 5 > 0`,
  );
});
afterAll(() => city?.close());

function tariff(validFrom: number, amount: number) {
  return {
    ...{ validFrom, currency: 'EUR', products: [] },
    fares: [{ code: 'ride', name: NAME, amount: amountOf(amount) }],
    parts: [{ role: 'validator', terminals: [], defaultOffer: 1, offers: [{ kind: 'debit', fare: 'ride' }] }] as never,
  };
}

/** As `retap lists tariff set` takes it. */
const FILE = {
  tariffs: [
    {
      ...{ validFrom: '2030-01-01T00:00:00Z', currency: 'EUR', fares: { ride: { amount: 150, name: NAME } } },
      parts: [{ role: 'validator', defaultOffer: 1, offers: [{ kind: 'debit', fare: 'ride' }] }],
    },
  ],
};
const asFile = (value: unknown) => ({
  ...{ name: 'tariff.json', mimeType: 'application/json' },
  buffer: Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
});

async function openLists(page: Page, search = ''): Promise<Page> {
  await page.goto(`/console/lists${search}`);
  await page.getByRole('heading', { name: 'Working copy' }).waitFor();
  await page.getByRole('heading', { name: 'What differs' }).waitFor();
  return page;
}
/** The dialog that is open. */
const dialog = (page: Page) => page.locator('dialog[open]');
const waiting = () => city.central.proposals.list({ state: 'proposed', limit: 9 });

test('how a list stands: the newest version, who holds it, what is not published yet', async () => {
  const page = await openLists(await city.visit('ana', ['operator']));
  const standing = page.locator('section', { has: page.locator('#list-standing') });
  await expect.poll(() => standing.innerText()).toMatch(/Version 2\s+◆ the working copy says something else/);
  await expect.poll(() => page.locator('#held-share').innerText()).toMatch(/\d+ of \d+ terminals \(\d+.*older.*none/);
  await page.getByText('Who is behind').press('Enter');
  await page.getByRole('table', { name: 'Terminals that hold an older version, or none' }).waitFor();
  const difference = page.locator('section', { has: page.locator('#list-difference') });
  await expect
    .poll(() => difference.innerText())
    .toMatch(/1 added, 0 removed[\s\S]*0499887766554433[\s\S]*reported stolen/);
});

test('two versions are compared by a click, and the address says which', async () => {
  const page = await openLists(await city.visit('ana2', ['operator']));
  await page.getByRole('button', { name: 'one before (Version 2)' }).press('Enter');
  await expect.poll(() => page.url()).toMatch(/from=1&to=2/);
  const difference = page.locator('section', { has: page.locator('#list-difference') });
  await expect.poll(() => difference.innerText()).toMatch(/removed[\s\S]*04A1B2C3D4E5F7[\s\S]*found again/);
  await page.reload();
  await expect.poll(() => difference.innerText()).toContain('04A1B2C3D4E5F7');
});

test('a medium is denied by clicking, and served again by keyboard alone; both wait for a second person', async () => {
  const page = await openLists(await city.visit('cleo', ['clerk']));
  await page.getByRole('button', { name: 'Deny a medium' }).click();
  await dialog(page).getByLabel('Medium').fill('04DEADBEEF0001');
  await dialog(page).getByLabel('Why').fill('stolen on line 7');
  await dialog(page).getByRole('button', { name: 'Deny a medium' }).click();
  await page.getByText(/^Proposed as number \d+/).waitFor();
  await page.getByLabel('Medium begins with').focus();
  await page.keyboard.type('04FF');
  await page.getByText('1 medium of 3').waitFor();
  await page.keyboard.press('Tab'); // the medium
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.keyboard.type('found in the depot');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect
    .poll(async () => (await waiting()).map(({ kind, why }) => [kind, why]))
    .toEqual([
      ['deny.remove', 'found in the depot'],
      ['deny.add', 'stolen on line 7'],
    ]);
});

test('limits are typed as people write them, and tried on the taps of the last days', async () => {
  const page = await openLists(await city.visit('omar', ['operator']), '?list=limits');
  await page.getByRole('button', { name: 'Change limits' }).click();
  await dialog(page).getByLabel('Most in one tap').fill('12,5O');
  await dialog(page).getByLabel('Why').fill('winter');
  await dialog(page).getByRole('button', { name: 'Change limits' }).click();
  await dialog(page).getByText('Most in one tap: write a number.').waitFor();
  await dialog(page).getByLabel('Most in one tap').fill('12,50');
  await dialog(page).getByRole('button', { name: 'Change limits' }).click();
  await page.getByText(/^Proposed as number/).waitFor();
  expect((await waiting())[0]).toMatchObject({
    kind: 'limits.set',
    entry: { dayTapsMax: 12, tapAmountMax: 1_250, unsentAgeMax: 3 * DAY },
  });
  await page.locator('#dry-tapAmountMax').fill('2');
  await page.locator('#dry-dayTapsMax').fill('1');
  await page.getByRole('button', { name: 'Try it' }).press('Enter');
  await page.getByText(/taps of [\d,]+ would have been refused, worth €/).waitFor();
  await page.getByRole('table', { name: 'By business day' }).waitFor();
  await shoot(page, 'lists-dry-run');
});

test('a tariff is loaded from a file; what is wrong with one is said with its place', async () => {
  const page = await openLists(await city.visit('fritz', ['finance']), '?list=tariff');
  const load = async (file: unknown) => {
    await dialog(page).getByLabel('File').setInputFiles(asFile(file));
    await dialog(page).getByRole('button', { name: 'Load a tariff' }).click();
  };
  await page.getByRole('button', { name: 'Load a tariff' }).click();
  await dialog(page).getByLabel('Why').fill('2030');
  await load('{');
  await dialog(page)
    .getByText(/^The file is no JSON/)
    .waitFor();
  await load({ tariffs: [{ ...FILE.tariffs[0], fares: {} }] });
  await dialog(page)
    .getByText(/tariffs\[0\]/)
    .waitFor();
  await load(FILE);
  await page.getByText(/^Proposed as number/).waitFor();
  await page.locator('#dry-file').setInputFiles(asFile(FILE));
  await page.getByRole('button', { name: 'Try it' }).click();
  await page.getByText(/would have cost otherwise/).waitFor();
  expect(await page.getByRole('button', { name: 'Publish' }).count()).toBe(0);
});

test('what somebody may not do they do not see', async () => {
  const clerk = await openLists(await city.visit('carl', ['clerk']), '?list=limits');
  expect(await clerk.getByRole('button', { name: 'Change limits' }).count()).toBe(0);
  expect(await clerk.getByRole('button', { name: 'Publish' }).count()).toBe(0);
  const inspector = await city.visit('ines', ['inspector']);
  await inspector.goto('/console/lists');
  await inspector.getByText('Your roles do not show you this page').waitFor();
  expect(await inspector.getByRole('link', { name: 'Lists and tariffs' }).count()).toBe(0);
});

test.each(['light', 'dark'] as const)('every list is accessible, %s', async (colorScheme) => {
  for (const list of ['deny', 'actions', 'limits', 'tariff']) {
    const page = await city.visit(`axe-${list}-${colorScheme}`, ['operator'], { colorScheme });
    await openLists(page, `?list=${list}`);
    await page.waitForLoadState('networkidle');
    expect(await violationsOf(page), list).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth'), list).toBeLessThanOrEqual(0);
    await shoot(page, `lists-${list}-${colorScheme}`);
  }
});

test('Slovene, at 320 pixels: nothing is cut off', async () => {
  const page = await city.visit('slavko', ['operator'], { locale: 'sl-SI', viewport: { width: 320, height: 800 } });
  await page.goto('/console/lists');
  await page.getByRole('heading', { name: 'Delovna kopija' }).waitFor();
  await page.waitForLoadState('networkidle');
  await shoot(page, 'lists-slovene-narrow');
  const wide = `[...document.querySelectorAll('main *')].filter((one) => !one.closest('.scroll') && !one.closest('.spoken') && one.getBoundingClientRect().right > innerWidth).map((one) => one.outerHTML.slice(0, 80))`;
  expect(await page.evaluate(wide)).toEqual([]);
});
