import { type Central, openCentral } from '@retap/central';
import axe from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { embeddedDirectory } from '../../../packages/central/test/embedded-directory.ts';
import { type Service, startService } from '../src/index.ts';
import { at, batchOf, debit, open, START, until, upload } from './records.ts';

const CARD = '04A1B2C3D4E5F6';

let central: Central;
let service: Service;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  // Which proof holds is not what this is about: none does.
  const proofs = { keys: 'none', canProve: (medium: string) => medium === CARD, judge: () => ({ verdict: 'invalid' }) };
  central = await openCentral({ database: embeddedDirectory(), now: () => START, proofs: proofs as never });
  service = await startService({ central, now: () => at(100), port: 0, log: () => {} });
  const taps = [
    debit({ terminal: 2, serial: 1, medium: CARD, hours: 1, last: [0, 1], amount: -120, balance: 880 }),
    debit({ terminal: 2, serial: 2, medium: CARD, hours: 2, last: [1, 2], amount: -120, balance: 760 }),
  ];
  const [honest, forged] = taps.map((record, index) => ({ ...record, mediumSerial: index + 1 }));
  const batches = [
    [open(1, 1, CARD, 0, 1000)],
    [honest as never, { ...forged, proof: { counter: 3, mac: '00' } } as never],
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
  await opened.locator('#proof-list li').first().waitFor();
  return opened;
}

const textOf = async (selector: string): Promise<string> => (await page.locator(selector).innerText()).trim();

describe('where the centre has keys, the page', () => {
  beforeEach(() => async () => {
    await page?.close();
  });

  test('has the alerts of the proofs in a section of their own, and counts them apart', async () => {
    page = await openPage('/');
    expect(await textOf('#proofs section[data-kind=proof-missing] li')).toContain(
      `Record 2-1 says that medium ${CARD}`,
    );
    expect(await textOf('#proofs section[data-kind=proof-invalid] li')).toContain('proof in record 2-2');
    expect(await textOf('[data-total=proofCount]')).toBe('2');
    expect(await textOf('[data-total=alertCount]')).toBe('0');
    expect(await page.locator('#alert-list li').count()).toBe(0);
    expect(await page.locator('#no-proof-alerts').isHidden()).toBe(true);
  });

  test('tells them of a medium among its open questions', async () => {
    page = await openPage(`/?medium=${CARD}`);
    await page.locator('#medium-body table').waitFor();
    expect(await page.locator('#medium-body li[data-kind=proof-invalid]').count()).toBe(1);
  });

  test.each([
    ['light', 'en-GB', 1280, 'Proofs of the cards'],
    ['dark', 'sl-SI', 360, 'Dokazi kartic'],
  ] as const)('axe finds nothing in %s, %s, %i px wide', async (colorScheme, locale, width, title) => {
    page = await openPage('/', { colorScheme, locale, viewport: { width, height: 900 }, bypassCSP: true });
    expect(await textOf('#proofs-title')).toBe(title);
    const folder = process.env.RETAP_SCREENSHOTS;
    if (folder) await page.screenshot({ path: `${folder}/proofs-${colorScheme}-${locale}.png`, fullPage: true });
    await page.evaluate(axe.source);
    const { violations } = (await page.evaluate('axe.run()')) as { violations: { id: string }[] };
    expect(violations.map(({ id }) => id)).toEqual([]);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
  });
});
