/**
 * What waits for a second person, on the page. The page comes from an open centre; who has signed in, and the proposals, from
 * another one behind the browser, so that the page is seen by several people without their passkeys.
 */
import { CAPABILITIES_OF, type Central, openCentral, type Proposed, type Role } from '@retap/central';
import { startPostgres, type TestPostgres } from '@retap/testkit';
import axe from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sqlIn } from '../../../packages/central/test/database.ts';
import { ENROLLED } from '../../../packages/central/test/device.ts';
import { type Service, startService } from '../src/index.ts';

const NOW = 1_780_000_000_000;
let postgres: TestPostgres;
let served: Central;
let central: Central;
let service: Service;
let browser: Browser;

beforeAll(async () => {
  postgres = await startPostgres();
  served = await openCentral({ database: await postgres.createDatabase(), now: () => NOW });
  service = await startService({ central: served, now: () => NOW, port: 0, log: () => {} });
  const database = await postgres.createDatabase();
  central = await openCentral({ database, now: () => NOW });
  await central.registry.settle(ENROLLED);
  await sqlIn(
    database,
    `insert into person (name, roles, user_handle, invited_at) values ('ana', '{operator}', '\\x01', 0)`,
  );
  browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  });
});
afterAll(async () => {
  await browser?.close();
  await service?.stop();
  await served?.close();
  await central?.close();
  await postgres?.stop();
});

async function pageFor(name: string, role: Role, locale = 'en-GB'): Promise<Page> {
  const page = await browser.newPage({
    locale,
    timezoneId: 'UTC',
    bypassCSP: true,
    viewport: { width: 420, height: 900 },
  });
  const capabilities = CAPABILITIES_OF[role];
  await page.route('**/session', (route) =>
    route.fulfill({ json: { open: false, person: { name, roles: [role], capabilities } } }),
  );
  await page.route('**/proposals?*', async (route) =>
    route.fulfill({ json: { proposals: await central.proposals.list({ state: 'proposed', limit: 100 }) } }),
  );
  const decider = { who: `@${name}`, why: '', may: (each: string) => capabilities.some((own) => own === each) };
  await page.route('**/proposals/*/*', async (route) => {
    const [, id, path] = /proposals\/(\d+)\/(\w+)$/.exec(route.request().url()) ?? [];
    const verb = path === 'approval' ? 'approve' : path === 'rejection' ? 'reject' : 'withdraw';
    const answer = await central.proposals[verb](Number(id), decider);
    await route.fulfill(
      'refusal' in answer
        ? { status: 409, json: { code: answer.refusal, message: 'as the centre says it' } }
        : { json: answer },
    );
  });
  await page.goto(service.url);
  await page.locator('[data-total=records]').waitFor();
  return page;
}
const propose = async (medium: string): Promise<string> => {
  const answer = await central.lists.deny(medium, { who: '@ana', why: 'reported <b>stolen</b>' });
  return `#proposal-list [data-proposal="${(answer as Proposed).proposal}"]`;
};
const buttonsIn = (page: Page, place: string) => page.locator(`${place} button`).allInnerTexts();
async function violationsOf(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = (await page.evaluate('axe.run()')) as { violations: { id: string }[] };
  return violations.map(({ id }) => id);
}

test('another person approves by keyboard, and who proposed can only withdraw', async () => {
  const [first, second] = [await propose('M1'), await propose('M2')];
  const ana = await pageFor('ana', 'operator');
  await ana.locator(second).waitFor();
  expect(await buttonsIn(ana, second)).toEqual(['Withdraw']);
  expect(await ana.locator(second).innerText()).toContain('reported <b>stolen</b>');
  const bor = await pageFor('bor', 'finance', 'sl-SI');
  await bor.emulateMedia({ colorScheme: 'dark' });
  await bor.locator(first).waitFor();
  expect(await bor.locator('#proposals-title').innerText()).toBe('Čaka na drugo osebo');
  expect(await buttonsIn(bor, first)).toEqual(['Odobri', 'Zavrni']);
  expect([await violationsOf(ana), await violationsOf(bor)]).toEqual([[], []]);
  await bor.locator(`${first} button`).first().press('Enter');
  await bor.locator(first).waitFor({ state: 'detached' });
  expect((await central.lists.working()).deny).toEqual(['M1']);
  expect(await bor.evaluate(() => document.activeElement?.id)).toBe('proposals-title');
  // It was withdrawn in the meantime: the page says what the centre says.
  await ana.locator(`${second} button`).click();
  await ana.locator(second).waitFor({ state: 'detached' });
  await bor.locator(`${second} button`).first().click();
  await bor.locator(second).waitFor({ state: 'detached' });
  expect(await bor.locator('#proposal-note').innerText()).toBe('predlog je že odobren, zavrnjen ali umaknjen');
  await ana.close();
  await bor.close();
});

test('what makes no sense any more is approved to no effect, and the page says so', async () => {
  const [first, second] = [await propose('M5'), await propose('M5')];
  const bor = await pageFor('bor', 'finance', 'sl-SI');
  await bor.locator(`${first} button`).first().click();
  await bor.locator(first).waitFor({ state: 'detached' });
  expect(await bor.locator('#proposal-note').innerText()).toBe('');
  await bor.locator(`${second} button`).first().click();
  await bor.locator(second).waitFor({ state: 'detached' });
  expect(await bor.locator('#proposal-note').innerText()).toBe('Odobreno, a brez učinka: nosilec je že prepovedan');
  await bor.close();
});

test('whose roles do not bring it sees no button, or nothing at all', async () => {
  const place = await propose('M3');
  const clerk = await pageFor('cilka', 'clerk');
  await clerk.locator(place).waitFor();
  expect(await buttonsIn(clerk, place)).toEqual([]);
  const inspector = await pageFor('jan', 'inspector');
  expect(await inspector.locator('#proposals').isVisible()).toBe(false);
  await clerk.close();
  await inspector.close();
});
