/** Approvals, the audit log, people, settings: each page's task by clicking and by keyboard. */
import { amountOf } from '@retap/model';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sqlIn } from '../../../packages/central/test/database.ts';
import { Device } from '../../../packages/central/test/device.ts';
import { openCity, shoot, type TestCity, violationsOf } from './city.ts';

const CENTRE = new Device(1);

let city: TestCity;
beforeAll(async () => {
  city = await openCity({ days: 1, media: 30, terminals: 5, centre: CENTRE.publicKey });
  await city.central.lists.limit({ dayTapsMax: 20 }, { who: 'root', why: 'a beginning' });
  await city.visit('ben', ['clerk']);
});
afterAll(() => city?.close());

const dialog = (page: Page) => page.locator('dialog[open]');
const ben = { who: '@ben', why: 'reported stolen' };

async function proposed(): Promise<number> {
  const answer = await city.central.lists.deny('04A1B2C3D4E5F6', ben);
  if (typeof answer === 'string' || !('proposal' in answer)) throw new Error(JSON.stringify(answer));
  return answer.proposal;
}
const stateOf = async (id: number) => (await city.central.proposals.find(id))?.state;

test('what waits is approved by clicking, and rejected by keyboard alone, with a reason', async () => {
  const [first, second] = [await proposed(), await proposed()];
  const page = await city.visit('olga', ['operator']);
  await page.goto('/console/approvals');
  const card = (id: number) => page.getByRole('article').filter({ hasText: `Proposal ${id} ` });
  await card(first).getByText('reported stolen').waitFor();
  await card(first).getByRole('button', { name: 'Approve' }).click();
  await dialog(page).getByRole('button', { name: 'Approve' }).click();
  await expect.poll(() => stateOf(first)).toBe('approved');
  await expect.poll(() => card(first).count()).toBe(0);
  await card(second).getByRole('button', { name: 'Reject' }).focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await dialog(page).getByRole('alert').getByText('Write why').waitFor();
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.type('denied already');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect.poll(() => stateOf(second)).toBe('rejected');
  await page.getByLabel('State').selectOption('rejected');
  await card(second)
    .getByText(/@olga.*“denied already”/)
    .waitFor();
  expect(page.url()).toContain('state=rejected');
});

test('whoever proposed it withdraws it, and whoever may not decide is told who does', async () => {
  const answer = await city.central.lists.limit(
    { dayTapsMax: 9, tapAmountMax: amountOf(2_000) },
    { who: '@otto', why: 'winter' },
  );
  const id = (answer as { readonly proposal: number }).proposal;
  const clerk = await city.visit('cora', ['clerk']);
  await clerk.goto('/console/approvals');
  await clerk.getByText('Somebody with another role decides this: operator, finance.').first().waitFor();
  const otto = await city.visit('otto', ['operator']);
  await otto.goto('/console/approvals');
  await otto.getByRole('row', { name: /Taps of one medium.*20.*9/ }).waitFor();
  await shoot(otto, 'approvals-own');
  await otto.getByRole('button', { name: 'Withdraw' }).click();
  await dialog(otto).getByRole('button', { name: 'Withdraw' }).click();
  await expect.poll(() => stateOf(id)).toBe('withdrawn');
});

test('the log is filtered by what one clicks on, and a link shows the same', async () => {
  const page = await city.visit('aida', ['auditor']);
  await page.goto('/console/audit');
  await page.getByRole('button', { name: 'limits.set', exact: true }).first().press('Enter');
  await expect.poll(() => page.url()).toContain('what=limits.set');
  await expect.poll(() => page.locator('tbody tr').count()).toBe(1);
  await page.reload();
  await page.getByText('a beginning').waitFor();
  await page.getByRole('button', { name: 'Everything' }).click();
  await page.locator('input[name=who]').fill('nobody at all');
  await page.keyboard.press('Enter');
  await page.getByText('No entry is like that').waitFor();
});

test('the log is verified in the browser: what was changed in the database is named', async () => {
  const { audit } = city.central;
  await audit.checkpoint(CENTRE.sign);
  const kept = await audit.newestCheckpoint();
  const page = await city.visit('adam', ['auditor']);
  await page.goto('/console/audit');
  const result = page.locator('.verified');
  await page.getByText('What you know from elsewhere').click();
  await page.locator('textarea[name=kept]').fill(Buffer.from(kept?.document ?? []).toString('hex'));
  await page.getByRole('button', { name: 'Verify the log' }).press('Enter');
  await expect
    .poll(() => result.innerText())
    .toMatch(new RegExp(`Nothing was changed: entries 1 to \\d+[\\s\\S]*up to entry ${kept?.size}[\\s\\S]*kept fits`));
  await page.locator('input[name=fingerprint]').fill('0000-1111');
  await page.getByRole('button', { name: 'Verify the log' }).click();
  await expect.poll(() => result.innerText()).toContain('The key is not that of the centre');
  await page.locator('input[name=fingerprint]').fill('');
  await sqlIn(
    city.database,
    `alter table audit disable trigger all; update audit set detail = replace(detail, 'beginning', 'pretext') where what = 'limits.set'`,
  );
  await page.getByRole('button', { name: 'Verify the log' }).click();
  await expect.poll(() => result.innerText()).toMatch(/1 thing is not[\s\S]*Entry \d+, or its hash, was changed/);
  await shoot(page, 'audit-changed');
});

test('somebody is invited: the link is shown once, and lets them in', async () => {
  const page = await city.visit('ana', ['administrator']);
  await page.goto('/console/people');
  await page.getByRole('button', { name: 'Invite somebody' }).click();
  const send = () => dialog(page).getByRole('button', { name: 'Invite somebody' }).click();
  await dialog(page).getByLabel('Name').fill('nika');
  await dialog(page).getByLabel('Why').fill('new at the counter');
  await send();
  await dialog(page).getByText('Choose a role at least.').waitFor();
  await dialog(page).getByLabel('clerk').check();
  await send();
  const secret = page.locator('pre.secret');
  await expect.poll(() => secret.innerText()).toMatch(/\/sign-in\.html#.+/);
  await page.getByRole('link', { name: 'nika' }).waitFor();
  await shoot(page, 'people-invited');
  await page.getByRole('button', { name: 'I have it' }).press('Enter');
  expect(await secret.count()).toBe(0);
  expect(await city.central.people.person('nika')).toMatchObject({ roles: ['clerk'], state: 'invited' });
});

test('roles are changed and somebody disabled by keyboard; nobody changes their own', async () => {
  await city.visit('rok', ['clerk']);
  const page = await city.visit('anton', ['administrator']);
  await page.goto('/console/people?name=rok');
  await page.getByRole('link', { name: 'rok', exact: true }).press('Enter');
  await page.getByRole('button', { name: 'Change roles' }).press('Enter');
  await dialog(page).getByLabel('inspector').press('Space');
  await dialog(page).getByLabel('Why').fill('controls too');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect.poll(async () => (await city.central.people.person('rok'))?.roles).toEqual(['clerk', 'inspector']);
  // Known to the centre a moment before the dialog knows it: until then it is in front of every button.
  await page.locator('dialog[open]').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Disable' }).press('Enter');
  await page.keyboard.type('left us');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByText('disabled').waitFor();
  await page.getByRole('button', { name: 'Enable' }).waitFor();
  await shoot(page, 'person');
  await page.goto('/console/people/anton');
  await page.getByText('Nobody changes their own roles.').waitFor();
  expect(await page.getByRole('button', { name: 'Change roles' }).count()).toBe(0);
});

test('the site writes its money and times as it is set', async () => {
  const page = await city.visit('alma', ['administrator']);
  await page.goto('/console/settings');
  await page.getByRole('button', { name: 'Change settings' }).click();
  await dialog(page).getByLabel('Time zone').fill('Europe/Nowhere');
  await dialog(page).getByText('This browser knows no time zone Europe/Nowhere.').waitFor();
  await dialog(page).getByLabel('Time zone').fill('Europe/Ljubljana');
  await dialog(page).getByLabel('A business day begins at').fill('04:00');
  await dialog(page).getByLabel('Currency').fill('jpy');
  await expect.poll(() => dialog(page).getByLabel('Digits').inputValue()).toBe('0');
  await dialog(page)
    .getByText(/written JP¥123,456/)
    .waitFor();
  await dialog(page).getByLabel('Currency').fill('EUR');
  await dialog(page).getByLabel('Why').fill('this is where we are');
  await shoot(page, 'settings-change');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByText('Changed.').waitFor();
  await page.getByText('Europe/Ljubljana').first().waitFor();
  expect(await city.central.site.settings()).toEqual({
    ...{ timeZone: 'Europe/Ljubljana', dayStart: '04:00', currency: { code: 'EUR', digits: 2 } },
  });
});

test('each page is there for whom it is, and for nobody else', async () => {
  const clerk = await city.visit('klara', ['clerk']);
  for (const path of ['audit', 'people', 'people/ben', 'settings']) {
    await clerk.goto(`/console/${path}`);
    await clerk.getByText('Your roles do not show you this page').waitFor();
  }
  for (const name of ['Audit log', 'Users and roles', 'Settings']) {
    expect(await clerk.getByRole('link', { name }).count()).toBe(0);
  }
});

test.each(['light', 'dark'] as const)('they are accessible, %s', async (colorScheme) => {
  await proposed().catch(() => city.central.lists.undeny('04A1B2C3D4E5F6', ben));
  for (const [path, role] of [
    ['approvals', 'operator'],
    ['approvals?state=all', 'finance'],
    ['audit', 'auditor'],
    ['people', 'administrator'],
    ['people/ben', 'administrator'],
    ['settings', 'administrator'],
  ] as const) {
    const name = path.replaceAll(/\W+/g, '-');
    const page = await city.visit(`axe-${name}-${colorScheme}`, [role], { colorScheme });
    await page.goto(`/console/${path}`);
    await page.locator('h1').waitFor();
    await page.waitForLoadState('networkidle');
    expect(await violationsOf(page), path).toEqual([]);
    await shoot(page, `${name}-${colorScheme}`);
  }
});
