/** What becomes of money and tickets after they were paid: used, looked at, refunded, reclaimed, cashed out; what is said of each. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  ask,
  launch,
  openPhone,
  PIN,
  paste,
  pay,
  register,
  shoot,
  shownText,
  type TestPhone,
  topUp,
} from './browser.ts';
import { startTestCentre, type TestCentre } from './centre.ts';

let centre: TestCentre;
let browser: Browser;
let ana: TestPhone;
let bus: TestPhone;

beforeAll(async () => {
  centre = await startTestCentre();
  browser = await launch();
  [bus, ana] = await Promise.all([openPhone(browser, centre.origin), openPhone(browser, centre.origin)]);
  await register(bus.page, 'City bus', 'merchant');
  await register(ana.page, 'Ana', 'person');
  await topUp(ana.page, '40.00');
});
afterAll(async () => {
  await browser?.close();
  await centre?.stop();
});

const press = (page: Page, name: string | RegExp) => page.getByRole('button', { name, exact: true }).first().click();
const offline = (isOffline: boolean) => Promise.all([ana, bus].map(({ context }) => context.setOffline(isOffline)));

test('a ticket is sold, paid, proven, used and looked at, all offline', async () => {
  await press(bus.page, 'More');
  await press(bus.page, /My products/);
  await bus.page.getByLabel('Name').fill('Day ticket');
  await bus.page.getByLabel('Price').fill('4,50');
  await bus.page.getByLabel('It is a ticket').check();
  await bus.page.getByRole('textbox', { name: 'Valid for' }).fill('24');
  await bus.page.getByLabel('Number of uses').fill('2');
  await press(bus.page, 'Add');
  await press(bus.page, 'Back');
  await press(bus.page, 'Wallet');
  await offline(true);
  await bus.page.getByRole('button', { name: 'Day ticket' }).click();
  await shoot(bus.page, 'get-paid');
  await press(bus.page, 'Show my request');
  const payment = await pay(ana.page, await shownText(bus.page), '4.50');
  await paste(bus.page, payment);
  await press(bus.page, 'Receipt');
  const receipt = await shownText(bus.page);

  // Without the receipt nobody could see that it was paid: the phone says so instead of showing half a proof.
  await press(ana.page, 'Done');
  await press(ana.page, 'Tickets');
  await press(ana.page, 'Use');
  await ana.page.getByText('The seller’s receipt is not on this phone.').waitFor();
  await press(ana.page, 'To the wallet');
  await press(ana.page, 'History');
  await ana.page.getByRole('button', { name: 'Paid to City bus' }).click();
  await press(ana.page, 'Scan the receipt');
  await paste(ana.page, receipt);
  await ana.page.getByText('Taken by City bus').waitFor();

  await ana.page.getByRole('button', { name: 'Back' }).click();
  await press(ana.page, 'Tickets');
  await press(ana.page, 'Use');
  await ana.page.getByText(/1 of 2 uses made/).waitFor();
  await ana.page.locator('canvas.qr').waitFor();
  await shoot(ana.page, 'ticket');
  const shown = await shownText(ana.page);

  await press(bus.page, 'Done');
  await press(bus.page, 'More');
  await press(bus.page, /Check a ticket/);
  await paste(bus.page, shown);
  await bus.page.getByRole('heading', { name: 'Valid' }).waitFor();
  expect(await bus.page.locator('main').innerText()).toContain('Ana');
  await shoot(bus.page, 'valid');
  await press(bus.page, 'To the wallet');

  // A reload shows the same use again, and makes no second one.
  await ana.page.reload();
  await ana.page.getByText(/1 of 2 uses made/).waitFor();
  await press(ana.page, 'Tickets');
  await press(ana.page, 'Wallet');
});

test('a part of a payment is refunded, offline', async () => {
  const payment = await pay(ana.page, await ask(bus.page, '6.00'), '6.00');
  await paste(bus.page, payment);
  await press(bus.page, 'Done');
  await press(bus.page, 'History');
  await bus.page.getByRole('button', { name: 'From Ana' }).first().click();
  await press(bus.page, 'Refund');
  await bus.page.getByLabel('Amount').fill('2.00');
  await bus.page.getByLabel('PIN').fill(PIN);
  await press(bus.page, 'Refund €2.00');
  await bus.page.getByRole('heading', { name: 'Show the refund to Ana' }).waitFor();
  const refund = await shownText(bus.page);
  await press(ana.page, 'Done');
  await paste(ana.page, refund);
  await ana.page.getByRole('heading', { name: '€2.00 received' }).waitFor();
  await ana.page.getByText('Refund from City bus').waitFor();
  await press(ana.page, 'Done');
  // 40.00 − 4.50 − 6.00 + 2.00
  expect(await ana.page.locator('.balance .sum').innerText()).toBe('€31.50');
  await press(bus.page, 'Done');
});

test('paid and never scanned → shown again it is the same; online it waits, then it is reclaimed', async () => {
  const payment = await pay(ana.page, await ask(bus.page, '3.00'), '3.00');
  await ana.page.reload();
  expect(await shownText(ana.page)).toBe(payment);
  await press(ana.page, 'Done');
  await press(ana.page, 'History');
  await ana.page.getByText('Only this phone knows of it, and City bus’s if it has scanned it').first().waitFor();
  await shoot(ana.page, 'history');
  await offline(false);
  await ana.page.getByText('Waiting for City bus’s phone to report').first().waitFor({ timeout: 20_000 });
  const [[number = 0] = []] = [...centre.records].filter(([, records]) =>
    records.some(({ type }) => type === 'purchase'),
  );
  const unscanned = centre.records.get(number)?.findLast(({ type }) => type === 'debit');
  centre.state(number, unscanned?.serial ?? 0, 'reclaimable');
  await press(ana.page, 'More');
  await press(ana.page, /Online/);
  await press(ana.page, 'Synchronise now');
  await ana.page.getByText('Done: the centre has all of it.').waitFor();
  await press(ana.page, 'Back');
  await press(ana.page, 'History');
  await ana.page.getByRole('button', { name: 'Nobody took it: it can be reclaimed' }).click();
  await press(ana.page, 'Reclaim €3.00');
  await ana.page.getByText('Reclaimed', { exact: true }).first().waitFor();
  await press(ana.page, 'Back');
  await press(ana.page, 'Wallet');
  expect(await ana.page.locator('.balance .sum').innerText()).toBe('€31.50');
});

test('cash out: the amount leaves the phone, and the centre has the record', async () => {
  await press(ana.page, 'More');
  await press(ana.page, /Cash out/);
  await ana.page.getByLabel('Amount').fill('1.50');
  await ana.page.getByLabel('PIN').fill(PIN);
  await press(ana.page, 'Cash out €1.50');
  await ana.page.getByRole('heading', { name: 'Cashed out' }).waitFor();
  await ana.page.getByText('The centre has it').waitFor();
});
