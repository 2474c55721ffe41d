/** Phones in Chromium: each a browser context of its own, as two people have two phones. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import axe from 'axe-core';
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

export const PIN = '2580';

export function launch(args: readonly string[] = []): Promise<Browser> {
  return chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [
      ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
      ...['--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream', ...args],
    ],
  });
}

export interface TestPhone {
  readonly context: BrowserContext;
  readonly page: Page;
  /** What the browser complained of. */
  readonly complaints: string[];
}

/** Opens the wallet; nobody is registered yet. */
export async function openPhone(
  browser: Browser,
  origin: string,
  options: BrowserContextOptions = {},
): Promise<TestPhone> {
  const context = await browser.newContext({
    locale: 'en-GB',
    viewport: { width: 390, height: 844 },
    bypassCSP: true, // for axe, which a page's own policy keeps out
    ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(`${origin}/wallet/`);
  return { context, page, complaints };
}

/** The first run, as a person does it, in English. @returns the recovery code */
export async function register(page: Page, name: string, kind: 'person' | 'merchant'): Promise<string> {
  await page.getByLabel('Your name').fill(name);
  if (kind === 'merchant') await page.getByLabel('A merchant').check();
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByLabel('PIN', { exact: true }).fill(PIN);
  await page.getByLabel('PIN again').fill(PIN);
  await page.getByRole('button', { name: 'Continue' }).click();
  const code = await page.locator('code').innerText();
  await page.getByRole('button', { name: 'I have written it down' }).click();
  await page.getByLabel('Recovery code').fill(code.toLowerCase().replaceAll('-', ' '));
  await page.getByRole('button', { name: 'Create my account' }).click();
  await page.getByRole('heading', { name: 'Wallet' }).waitFor();
  return code;
}

/** @param euros as typed: `12.50` */
export async function topUp(page: Page, euros: string): Promise<void> {
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('button', { name: 'Top up' }).click();
  await page.getByLabel('Amount').fill(euros);
  await page.getByRole('button', { name: `Top up €${euros}` }).click();
  await page.getByText('Done: the centre has all of it.').waitFor();
  await page.getByRole('button', { name: 'Back' }).click();
  await page.getByRole('button', { name: 'Wallet' }).click();
  await page.getByRole('heading', { name: 'Wallet' }).waitFor();
}

/** Asks for an amount. @returns the request's text, as its QR code has it */
export async function ask(page: Page, euros: string, note = ''): Promise<string> {
  await page.getByRole('button', { name: 'Get paid' }).click();
  await page.getByLabel('Amount').fill(euros);
  if (note) await page.getByLabel('Note').fill(note);
  await page.getByRole('button', { name: 'Show my request' }).click();
  return shownText(page);
}

/** Text of the QR code on the screen. */
export async function shownText(page: Page): Promise<string> {
  return (await page.locator('canvas.qr').getAttribute('data-text')) ?? '';
}

/** Pastes what the other phone shows, where the camera is not used. */
export async function paste(page: Page, text: string): Promise<void> {
  await page.getByRole('button', { name: 'Paste instead' }).click();
  await page.getByLabel('Text or link').fill(text);
  await page.getByRole('button', { name: 'Use it' }).click();
}

/** Reads a request and pays it. @returns the payment's text */
export async function pay(page: Page, request: string, euros: string): Promise<string> {
  await page.getByRole('button', { name: 'Pay', exact: true }).click();
  await paste(page, request);
  await page.getByLabel('PIN').fill(PIN);
  await page.getByRole('button', { name: `Pay €${euros}` }).click();
  await page.getByRole('heading', { name: 'Show it to' }).waitFor();
  return shownText(page);
}

/** Of a page as it stands, by axe; empty where there is nothing. */
export async function violationsOf(page: Page): Promise<unknown[]> {
  await page.evaluate(axe.source);
  const { violations } = (await page.evaluate('axe.run()')) as {
    violations: { id: string; nodes: { html: string; failureSummary: string }[] }[];
  };
  return violations.map(({ id, nodes }) => [id, nodes.map(({ html, failureSummary }) => `${html}: ${failureSummary}`)]);
}

/** How much wider than the screen the page is, or what is fixed to it. */
export function overhang(page: Page): Promise<number> {
  return page.evaluate(() => {
    const fixed = [...document.querySelectorAll('nav')].map((nav) => nav.scrollWidth);
    return Math.max(document.documentElement.scrollWidth, ...fixed) - innerWidth;
  });
}

/** Written where RETAP_SCREENSHOTS names a folder, to be looked at. */
export async function shoot(page: Page, name: string): Promise<void> {
  const folder = process.env.RETAP_SCREENSHOTS;
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: path.join(folder, `${name}.png`) });
}
