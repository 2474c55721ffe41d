/** Every screen: nothing that axe finds, nothing wider than 320 px, in both themes and languages; by keyboard; with names that lie. */
import { messageBytesIn, messageLink } from '@retap/protocol';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  ask,
  launch,
  openPhone,
  overhang,
  PIN,
  paste,
  pay,
  register,
  shoot,
  shownText,
  type TestPhone,
  topUp,
  violationsOf,
} from './browser.ts';
import { startTestCentre, type TestCentre } from './centre.ts';

let centre: TestCentre;
let browser: Browser;

beforeAll(async () => {
  centre = await startTestCentre();
  browser = await launch();
});
afterAll(async () => {
  await browser?.close();
  await centre?.stop();
});

/** Goes to a place as the browser's history would bring one there. */
async function goTo(page: Page, place: unknown): Promise<void> {
  await page.evaluate((to) => {
    history.pushState({ place: to, depth: 1 }, '');
    dispatchEvent(new PopStateEvent('popstate'));
  }, place);
  await page.waitForTimeout(150);
}

async function fitsAndIsAccessible(page: Page, name: string): Promise<void> {
  await page.locator('main h1').waitFor();
  await page.waitForTimeout(250); // what comes in is in
  expect(await violationsOf(page), name).toEqual([]);
  expect(await overhang(page), name).toBeLessThanOrEqual(0);
}

test.each([
  ['light', 'en-GB', 320, 'usual'],
  ['dark', 'sl-SI', 320, 'usual'],
  ['dark', 'en-GB', 390, 'high'],
] as const)('every screen, %s, %s, %i px, contrast %s', async (colorScheme, locale, width, contrast) => {
  const options = { colorScheme, viewport: { width, height: 700 } };
  // Registered in English, whose words the steps of the test know; looked at in the other language.
  const [ana, kiosk] = await Promise.all([
    openPhone(browser, centre.origin, options),
    openPhone(browser, centre.origin, options),
  ]);
  await fitsAndIsAccessible(ana.page, 'register');
  await register(ana.page, 'Ana', 'person');
  await register(kiosk.page, 'Kiosk', 'merchant');
  await topUp(ana.page, '20.00');
  const request = await ask(kiosk.page, '2.00', 'Day ticket');
  await fitsAndIsAccessible(kiosk.page, 'asked');
  await ana.page.goto(messageLink(`${centre.origin}/wallet/`, messageBytesIn(request) as Uint8Array));
  await ana.page.getByRole('button', { name: 'Pay €2.00' }).waitFor();
  await fitsAndIsAccessible(ana.page, 'pay');
  await ana.page.getByRole('button', { name: 'Cancel' }).click();
  const payment = await pay(ana.page, request, '2.00');
  await paste(kiosk.page, payment);
  await kiosk.page.getByRole('heading', { name: '€2.00 received' }).waitFor();
  const offer = { id: 'a', name: 'Coffee', price: 150, ticket: null };
  for (const { page } of [ana, kiosk]) {
    await page.evaluate(
      ([language, highContrast, offers]) => {
        localStorage.setItem('retap-language', language as string);
        localStorage.setItem('retap-wallet-settings', JSON.stringify({ highContrast, offers }));
      },
      [locale.slice(0, 2), contrast === 'high', [offer]] as const,
    );
    await page.reload();
  }
  const [paid] = centre.records.get(await numberOf(ana.page)) ?? [];
  const taken = `${await numberOf(kiosk.page)}-2`;
  const shown = `${paid?.terminal}-3`;
  const looks = [
    [ana.page, { at: 'home' }],
    [ana.page, { at: 'scan', wanted: 'request' }],
    [ana.page, { at: 'scan', wanted: 'request', paste: true }],
    [ana.page, { at: 'show', id: shown }],
    [ana.page, { at: 'item', id: shown }],
    [ana.page, { at: 'history' }],
    [ana.page, { at: 'tickets' }],
    [ana.page, { at: 'more' }],
    [ana.page, { at: 'online' }],
    [ana.page, { at: 'top-up' }],
    [ana.page, { at: 'cash-out' }],
    [ana.page, { at: 'lost' }],
    [ana.page, { at: 'settings' }],
    [ana.page, { at: 'no', reason: 'chain-broken', wanted: 'payment' }],
    [kiosk.page, { at: 'home' }],
    [kiosk.page, { at: 'offers' }],
    [kiosk.page, { at: 'yes', id: taken, isNew: true }],
    [kiosk.page, { at: 'refund', id: taken }],
    [kiosk.page, { at: 'item', id: taken }],
  ] as const;
  for (const [page, place] of looks) {
    await goTo(page, place);
    const name = `${page === ana.page ? 'ana' : 'kiosk'}-${Object.values(place)
      .filter((each) => typeof each === 'string')
      .join('-')}`;
    await fitsAndIsAccessible(page, name);
    await shoot(page, `${name}-${colorScheme}-${locale.slice(0, 2)}-${contrast}`);
  }
  await Promise.all([ana.context.close(), kiosk.context.close()]);
});

function numberOf(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((resolve, reject) => {
        const opening = indexedDB.open('retap-wallet');
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => {
          const asking = opening.result.transaction('document').objectStore('document').get('document');
          asking.onsuccess = () => {
            opening.result.close();
            resolve((asking.result as { terminal: number }).terminal);
          };
        };
      }),
  );
}

describe('one phone', () => {
  let ana: TestPhone;
  let bor: TestPhone;
  beforeAll(async () => {
    [ana, bor] = await Promise.all([openPhone(browser, centre.origin), openPhone(browser, centre.origin)]);
    await register(ana.page, 'Ana', 'person');
    await register(bor.page, '<img src=x onerror=alert(1)>', 'person');
    await topUp(ana.page, '20.00');
  });
  const home = (page: Page) => goTo(page, { at: 'home' });

  test('a name that is markup is text', async () => {
    const request = await ask(bor.page, '1.00', '<b>rent</b>');
    await ana.page.getByRole('button', { name: 'Pay', exact: true }).click();
    await paste(ana.page, request);
    await ana.page.getByRole('button', { name: 'Pay €1.00' }).waitFor();
    expect(await ana.page.locator('h1').innerText()).toBe('Pay <img src=x onerror=alert(1)>?');
    expect(await ana.page.locator('main').innerText()).toContain('<b>rent</b>');
    expect(await ana.page.locator('main img, main b').count()).toBe(0);
    await home(ana.page);
  });

  test('five wrong PINs → none is looked at for a while, and nothing is paid', async () => {
    const request = await ask(bor.page, '3.00').catch(() => '');
    await goTo(bor.page, { at: 'asked' });
    await ana.page.getByRole('button', { name: 'Paste instead' }).click();
    await ana.page.getByLabel('Text or link').fill(request || (await shownText(bor.page)));
    await ana.page.getByRole('button', { name: 'Use it' }).click();
    const pin = ana.page.getByLabel('PIN');
    await pin.fill('12');
    await ana.page.getByRole('button', { name: /^Pay €/ }).click();
    await ana.page.getByText('Enter your PIN.').waitFor();
    for (let left = 4; left >= 1; left -= 1) {
      await pin.fill('0000');
      await ana.page.getByRole('button', { name: /^Pay €/ }).click();
      await ana.page.getByText(`${left} more tr`).or(ana.page.getByText('One more try')).first().waitFor();
    }
    await pin.fill('0000');
    await ana.page.getByRole('button', { name: /^Pay €/ }).click();
    await ana.page.getByText('Too many wrong PINs.').waitFor();
    await pin.fill(PIN);
    await ana.page.getByRole('button', { name: /^Pay €/ }).click();
    await ana.page.waitForTimeout(500);
    await ana.page.getByText('Too many wrong PINs.').waitFor();
    await home(ana.page);
    expect(await ana.page.locator('.balance .sum').innerText()).toBe('€20.00');
  });

  test('the whole of getting paid by keyboard alone', async () => {
    await home(bor.page);
    await bor.page.getByRole('button', { name: 'Get paid' }).focus();
    await bor.page.keyboard.press('ArrowLeft');
    expect(await bor.page.getByRole('button', { name: 'Pay', exact: true }).getAttribute('aria-pressed')).toBe('true');
    await bor.page.keyboard.press('ArrowRight');
    await bor.page.getByLabel('Amount').focus();
    await bor.page.keyboard.type('2,50');
    await bor.page.keyboard.press('Enter');
    await bor.page.getByRole('heading', { name: 'Ask for €2.50' }).waitFor();
    expect(await bor.page.evaluate(() => document.activeElement?.tagName)).toBe('H1');
  });

  test('keys of the screen fill in from the right', async () => {
    await home(bor.page);
    for (const key of ['1', '2', '5', '0']) await bor.page.getByRole('button', { name: key, exact: true }).click();
    expect(await bor.page.getByLabel('Amount').inputValue()).toBe('12.50');
    await bor.page.getByRole('button', { name: 'Delete the last digit' }).click();
    expect(await bor.page.getByLabel('Amount').inputValue()).toBe('1.25');
  });

  test('a link opens what is in it, and the address forgets it', async () => {
    await goTo(bor.page, { at: 'asked' });
    const bytes = messageBytesIn(await shownText(bor.page));
    const page = await ana.context.newPage();
    await page.goto(messageLink(`${centre.origin}/wallet/`, bytes as Uint8Array));
    await page.getByRole('heading', { name: 'Pay <img' }).waitFor();
    expect(page.url()).toBe(`${centre.origin}/wallet/`);
    await page.close();
  });

  test('what one tab does the other shows', async () => {
    await home(bor.page);
    const other = await bor.context.newPage();
    await other.goto(`${centre.origin}/wallet/`);
    await other.getByRole('button', { name: 'Get paid' }).click();
    await other.getByLabel('Amount').fill('4.00');
    await other.getByRole('button', { name: 'Show my request' }).click();
    await bor.page.getByText('Your request for €4.00 is open').waitFor();
    await other.close();
  });
});
