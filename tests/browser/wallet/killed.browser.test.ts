/** A page that dies at any step of a payment, before and after each of its writes: no money is lost or made, and what it says is true. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { paste, shownText } from '../../../apps/wallet/test/browser.ts';
import { PhoneCentre } from './centre.ts';
import { Handset } from './handset.ts';
import { DYING, dyingScript } from './page-scripts.ts';
import { comeTo, confirm, expectConserved, historyOf, home, onPhone, synchronise } from './wallet.ts';

const LOADED = 10_000;
const PRICE = 100;

let folder: string;
let centre: PhoneCentre;
let ana: Handset;
let kiosk: Handset;
const deaths: string[] = [];

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'retap-phones-'));
  centre = await PhoneCentre.start(folder);
  const options = { origin: centre.origin, script: dyingScript };
  [ana, kiosk] = await Promise.all([
    Handset.registered(options, 'Ana', 'person', '100.00'),
    Handset.registered(options, 'Kiosk', 'merchant'),
  ]);
  await Promise.all([ana.offline(), kiosk.offline()]);
});
afterAll(async () => {
  for (const each of [ana, kiosk]) await each?.discard();
  await centre?.stop();
  rmSync(folder, { recursive: true });
});

/** @returns where it died, and has been opened anew; null: it was done before it came to that step */
async function dying(handset: Handset, step: number, act: () => Promise<unknown>): Promise<string | null> {
  await handset.page.evaluate((at) => {
    (globalThis as unknown as { countFrom(): void }).countFrom();
    localStorage.setItem('test-die-at', at);
  }, String(step));
  const dead = handset.page
    .waitForEvent('console', (message) => message.text().startsWith(DYING))
    .then((message) => message.text().slice(DYING.length + 1));
  dead.catch(() => {});
  const done = act().then(() => null);
  done.catch(() => {});
  const how = await Promise.race([dead, done]);
  if (how === null) await handset.page.evaluate(() => localStorage.removeItem('test-die-at'));
  else await handset.crash();
  return how;
}

/** What a person does who looks at their phone again: goes on where they were. @returns the request's text */
async function askedAgain(page: Page): Promise<string> {
  await home(page);
  const isOpen = await page.getByRole('button', { name: 'Show it again' }).isVisible();
  if (isOpen) await page.getByRole('button', { name: 'Show it again' }).click();
  else await ask(page);
  return shownText(page);
}

async function ask(page: Page): Promise<void> {
  await page.getByLabel('Amount').fill('1.00');
  await page.getByRole('button', { name: 'Show my request' }).click();
  await page.locator('canvas.qr').waitFor();
}

async function pay(page: Page): Promise<void> {
  await confirm(page, 'Pay €1.00');
  await page.getByRole('heading', { name: 'Show it to Kiosk' }).waitFor();
}

/** @returns the payment's text */
async function paidAgain(page: Page, request: string): Promise<string> {
  await home(page);
  await paste(page, request);
  const again = page.getByRole('button', { name: 'Show the payment again' });
  await again.or(page.getByLabel('PIN')).waitFor();
  if (await again.isVisible()) await again.click();
  else await pay(page);
  await page.getByRole('heading', { name: 'Show it to Kiosk' }).waitFor();
  return shownText(page);
}

async function takenAgain(page: Page, payment: string): Promise<void> {
  await comeTo(page, { at: 'scan', wanted: 'payment', paste: true });
  await put(page, payment);
  await page.getByRole('heading', { name: /^€1.00 received/ }).waitFor();
}

async function put(page: Page, text: string): Promise<void> {
  await page.getByLabel('Text or link').fill(text);
  await page.getByRole('button', { name: 'Use it' }).click();
}

/** One payment, with a death at that step of one of the two. @returns whether it came to it */
async function payment(who: 'asking' | 'paying' | 'taking', step: number): Promise<boolean> {
  const before = (await onPhone(ana.page)).document.account.balance;
  let died: string | null = null;
  await home(kiosk.page);
  if (who === 'asking') died = await dying(kiosk, step, () => ask(kiosk.page));
  const request = await askedAgain(kiosk.page);
  if (who === 'paying') {
    await home(ana.page);
    await paste(ana.page, request);
    died = await dying(ana, step, () => pay(ana.page));
    // Either nothing was written, or all of it: what the history has went from the balance.
    const { document, items, journal } = await onPhone(ana.page);
    const isPaid = document.account.balance !== before;
    expect(document.account.balance).toBe(isPaid ? before - PRICE : before);
    expect(journal.at(-1)?.serial).toBe(document.lastSerial);
    if (isPaid) expect(await historyOf(ana)).toContainEqual(expect.stringMatching(/Only this phone knows of it/));
    expect(items.filter(({ state, amount }) => state === 'unreported' && amount < 0).length).toBe(
      items.filter(({ amount }) => amount < 0).length,
    );
    await expectConserved(LOADED, [ana, kiosk]);
  }
  const paid = await paidAgain(ana.page, request);
  if (who === 'taking') {
    await comeTo(kiosk.page, { at: 'scan', wanted: 'payment', paste: true });
    await kiosk.page.getByLabel('Text or link').waitFor();
    died = await dying(kiosk, step, async () => {
      await put(kiosk.page, paid);
      await kiosk.page.getByRole('heading', { name: '€1.00 received' }).waitFor();
    });
    await expectConserved(LOADED, [ana, kiosk]);
  }
  await takenAgain(kiosk.page, paid);
  const [payer, payee] = await Promise.all([onPhone(ana.page), onPhone(kiosk.page)]);
  // Once, whatever died: one debit, one refill.
  expect([payer.document.account.balance, payee.document.account.balance]).toEqual([
    before - PRICE,
    LOADED - before + PRICE,
  ]);
  await expectConserved(LOADED, [ana, kiosk]);
  if (died !== null) deaths.push(`${who}: ${died}`);
  return died !== null;
}

test.each(['asking', 'paying', 'taking'] as const)(
  '%s: dead before each write, and when all is written and nobody has heard of it',
  async (who) => {
    for (let step = 1; await payment(who, step); step += 1) expect(step).toBeLessThan(12);
  },
);

test('every write of a payment was such a step', () => {
  expect(deaths).toMatchInlineSnapshot(`
    [
      "asking: 1 before put document",
      "asking: 2 before the page hears that it is written",
      "paying: 1 before put document",
      "paying: 2 before put journal",
      "paying: 3 before put items",
      "paying: 4 before the page hears that it is written",
      "taking: 1 before put document",
      "taking: 2 before put journal",
      "taking: 3 before put foreign",
      "taking: 4 before put items",
      "taking: 5 before the page hears that it is written",
    ]
  `);
});

test('when both are online the centre has each payment once, and nothing to wonder at', async () => {
  await Promise.all([ana.offline(false), kiosk.offline(false)]);
  for (const each of [ana, kiosk, ana]) await synchronise(each);
  await centre.settled();
  const { balance, inDoubt, alerts, quarantined } = await centre.central.totals(centre.now());
  expect({ balance, inDoubt, alerts, quarantined }).toEqual({
    balance: LOADED,
    inDoubt: 0,
    alerts: {},
    quarantined: 0,
  });
  expect((await historyOf(ana)).filter((line) => line.includes('Paid') && !line.includes('Taken by Kiosk'))).toEqual(
    [],
  );
  expect([...ana.complaints, ...kiosk.complaints]).toEqual([]);
});
