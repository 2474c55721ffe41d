import { type Central, openCentral } from '@retap/central';
import axe from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { embeddedDirectory } from '../../../packages/central/test/embedded-directory.ts';
import { type Service, startService } from '../src/index.ts';
import { at, batchOf, debit, open, START, until, upload } from './records.ts';

const CLONED = '04a1b2c3d4e5f6';
const GAPPED = '04ffee00112233';

let central: Central;
let service: Service;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  central = await openCentral({ database: embeddedDirectory(), now: () => START });
  service = await startService({ central, now: () => at(100), port: 0, log: () => {} });
  const batches = [
    [open(1, 1, CLONED, 0, 1000), open(1, 2, GAPPED, 0.5, 2000)],
    [debit({ terminal: 2, serial: 1, medium: CLONED, hours: 1, last: [0, 1], amount: -120, balance: 880 })],
    [
      debit({ terminal: 3, serial: 1, medium: CLONED, hours: 2, last: [0, 1], amount: -100, balance: 900 }),
      debit({ terminal: 3, serial: 2, medium: GAPPED, hours: 98, last: [97, 4], amount: -100, balance: 1750 }),
      debit({
        terminal: 3,
        serial: 3,
        medium: GAPPED,
        hours: 99,
        last: [98, 3],
        amount: -100,
        balance: 1650,
        status: 'unverified',
      }),
    ],
  ];
  for (const records of batches) expect((await upload(service.url, batchOf(records))).status).toBe(200);
  await until(
    () => central.totals(at(100)),
    ({ waiting }) => waiting === 0,
  );
  browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  });
});

afterAll(async () => {
  await browser?.close();
  await service?.stop();
  await central?.close();
});

async function openPage(path: string, options: Parameters<Browser['newPage']>[0] = {}): Promise<Page> {
  const opened = await browser.newPage({ locale: 'en-GB', timezoneId: 'UTC', ...options });
  await opened.goto(service.url + path);
  await opened.locator('[data-total=records]').waitFor();
  return opened;
}

const textOf = async (selector: string): Promise<string> => (await page.locator(selector).innerText()).trim();

describe('the page', () => {
  beforeEach(() => async () => {
    await page?.close();
  });

  test('shows the totals and each alert in a sentence', async () => {
    page = await openPage('/');
    await page.locator('#alert-list li').first().waitFor();
    expect(await textOf('[data-total=records]')).toBe('6');
    expect(await textOf('[data-total=media]')).toBe('2');
    expect(await textOf('[data-total=balance]')).toBe('26.50');
    expect(await textOf('section[data-kind=cloned-medium] li')).toContain('Records 2-1, 3-1 of medium');
    // Nobody signs in here who could see to a case.
    expect(await page.locator('#cases').isVisible()).toBe(false);
  });

  test('totals follow what is received, without loading anew', async () => {
    page = await openPage('/');
    await upload(service.url, batchOf([open(9, 1, '05000000000001', 3, 50)]));
    await expect.poll(() => textOf('[data-total=media]')).toBe('3');
  });

  test('a medium is found by keyboard alone: letters, arrow, enter', async () => {
    page = await openPage('/');
    await page.locator('#search-field').focus();
    await page.keyboard.type('04a1');
    await page.locator('[role=option]').first().waitFor();
    await page.keyboard.press('ArrowDown');
    expect(await page.locator('#search-field').getAttribute('aria-activedescendant')).toBe('suggestion-0');
    await page.keyboard.press('Enter');
    await page.locator('#medium-body table').waitFor();
    expect(page.url()).toBe(`${service.url}/?medium=${CLONED}`);
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('medium-title');
    expect(await page.locator('tr.break[data-synchronization=fork]').count()).toBe(1);
  });

  test('an address with a medium shows its account, open questions and chain', async () => {
    page = await openPage(`/?medium=${GAPPED}`);
    await page.locator('#medium-body table').waitFor();
    const body = await textOf('#medium-body');
    expect(body).toContain('17.50');
    expect(body).toContain('Gap: a transaction from');
    expect(body).toContain('Record 3-3');
    expect(await page.locator('td.unverified').innerText()).toBe('? in doubt');
  });

  test('back in the history leaves the medium', async () => {
    page = await openPage('/');
    await page.locator(`#alert-list a[href="?medium=${CLONED}"]`).first().click();
    await page.locator('#medium-body table').waitFor();
    await page.goBack();
    await page.locator('#medium').waitFor({ state: 'hidden' });
    expect(page.url()).toBe(`${service.url}/`);
  });

  test('speaks Slovene to a browser that wishes it, and to one that chooses it', async () => {
    page = await openPage('/', { locale: 'sl-SI' });
    expect(await textOf('h1')).toBe('Središče Retap');
    expect(await textOf('[data-total=balance]')).toMatch(/^\d+,\d\d$/);
    expect(await textOf('#connection')).toBe('V živo');
    await page.locator('#language').selectOption('en');
    expect(await textOf('#connection')).toBe('Live');
    expect(await textOf('h1')).toBe('Retap centre');
    expect(await page.locator('html').getAttribute('lang')).toBe('en');
  });

  test('says when the centre has gone', async () => {
    const other = await startService({ central, now: () => at(100), port: 0, log: () => {} });
    page = await browser.newPage({ locale: 'en-GB' });
    await page.goto(other.url);
    await page.locator('#connection.connected').waitFor();
    await other.stop();
    await page.locator('#connection.disconnected').waitFor();
    expect(await textOf('#connection')).toContain('No connection');
  });

  test('breaks no rule of its own security policy', async () => {
    page = await browser.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(`${service.url}/?medium=${CLONED}`);
    await page.locator('#medium-body table').waitFor();
    expect(complaints).toEqual([]);
  });

  test.each([
    ['light', 'en-GB', 1280],
    ['dark', 'en-GB', 1280],
    ['light', 'sl-SI', 360],
    ['dark', 'sl-SI', 360],
  ] as const)('axe finds nothing in %s, %s, %i px wide', async (colorScheme, locale, width) => {
    page = await openPage(`/?medium=${GAPPED}`, {
      colorScheme,
      locale,
      viewport: { width, height: 900 },
      bypassCSP: true,
    });
    await page.locator('#medium-body table').waitFor();
    await page.locator('#alert-list li').first().waitFor();
    await page.locator('#search-field').fill('04');
    await page.locator('[role=option]').first().waitFor();
    const folder = process.env.RETAP_SCREENSHOTS;
    if (folder) await page.screenshot({ path: `${folder}/${colorScheme}-${locale}.png`, fullPage: true });
    await page.evaluate(axe.source);
    const { violations } = (await page.evaluate('axe.run()')) as {
      violations: { id: string; nodes: { html: string }[] }[];
    };
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
  });
});
