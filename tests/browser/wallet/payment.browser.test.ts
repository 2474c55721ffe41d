/** Two phones without a network pay each other by what their cameras see of the other's screen; the centre learns of it afterwards. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask } from '../../../apps/wallet/test/browser.ts';
import { PhoneCentre } from './centre.ts';
import { Studio } from './film.ts';
import { Handset } from './handset.ts';
import { balanceOf, comeTo, confirm, expectConserved, historyOf, home, onPhone, synchronise } from './wallet.ts';

const MINUTE_MS = 60_000;
const LOADED = 5_000;
/** Of machines: what the two people take to lift their phones comes on top. */
const PAYMENT_MS_MAX = 10_000;

let folder: string;
let centre: PhoneCentre;
let studio: Studio;
let ana: Handset;
let kiosk: Handset;
let inspector: Handset;
const all = () => [ana, kiosk, inspector];

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'retap-phones-'));
  centre = await PhoneCentre.start(folder);
  const { origin } = centre;
  [studio, ana, kiosk, inspector] = await Promise.all([
    Studio.open(),
    Handset.registered({ origin }, 'Ana', 'person', '50.00'),
    Handset.registered({ origin }, 'Kiosk', 'merchant'),
    Handset.registered({ origin }, 'Inspector', 'merchant'),
  ]);
});
afterAll(async () => {
  for (const each of all()) await each?.discard();
  await studio?.close();
  await centre?.stop();
  rmSync(folder, { recursive: true });
});

async function network(isThere: boolean): Promise<void> {
  await Promise.all(all().map((each) => each.offline(!isThere)));
}

describe('no network anywhere, and the centre is gone', () => {
  beforeAll(async () => {
    await network(false);
    await centre.down();
  });

  test('request → payment → yes → receipt, each by camera, in less than ten seconds of machine time', async () => {
    const started = Date.now();
    await ask(kiosk.page, '12.50', '2 × coffee');
    await scan(ana, 'Scan a request', kiosk.page);
    await ana.page.getByRole('heading', { name: 'Pay Kiosk?' }).waitFor();
    expect(await ana.page.locator('main').innerText()).toContain('2 × coffee');
    await confirm(ana.page, 'Pay €12.50');
    await ana.page.getByRole('heading', { name: 'Show it to Kiosk' }).waitFor();
    await scan(kiosk, 'Scan the payment', ana.page);
    await kiosk.page.getByRole('heading', { name: '€12.50 received' }).waitFor();
    const paidMs = Date.now() - started;
    await kiosk.page.getByRole('button', { name: 'Receipt' }).click();
    await scan(ana, 'Scan the receipt', kiosk.page);
    await ana.page.getByText('Kiosk has it.').waitFor();
    console.log(`payment by camera: ${paidMs} ms to the merchant's yes, ${Date.now() - started} ms with the receipt`);
    expect(paidMs).toBeLessThan(PAYMENT_MS_MAX);
    expect([await balanceOf(ana), await balanceOf(kiosk)]).toEqual([LOADED - 1_250, 1_250]);
  });

  test('shown again and scanned again it is the same payment, and counts once', async () => {
    const [payment] = (await onPhone(ana.page)).items.filter(({ kind }) => kind === 'payment');
    await comeTo(ana.page, { at: 'show', id: payment?.id ?? '' });
    await ask(await atHome(kiosk), '12.50');
    await scan(kiosk, 'Scan the payment', ana.page);
    await kiosk.page.getByRole('heading', { name: '€12.50 received before' }).waitFor();
    expect([await balanceOf(ana), await balanceOf(kiosk)]).toEqual([LOADED - 1_250, 1_250]);
  });

  test('a refund goes back the same way', async () => {
    await openItem(kiosk, 'From Ana');
    await kiosk.page.getByRole('button', { name: 'Refund' }).click();
    await kiosk.page.getByLabel('Amount').fill('2.50');
    await confirm(kiosk.page, 'Refund €2.50');
    await atHome(ana);
    await scan(ana, 'Scan a request', kiosk.page);
    await ana.page.getByRole('heading', { name: '€2.50 received' }).waitFor();
    expect(await ana.page.locator('main').innerText()).toContain('Refund from Kiosk');
    expect([await balanceOf(ana), await balanceOf(kiosk)]).toEqual([LOADED - 1_000, 1_000]);
  });

  test('a ticket is bought, and an inspector who has seen neither phone finds it good, by a code that moves', async () => {
    await sell(kiosk, 'Day ticket', '4.00');
    await kiosk.page.getByRole('button', { name: /Day ticket/ }).click();
    await kiosk.page.getByRole('button', { name: 'Show my request' }).click();
    await atHome(ana);
    await scan(ana, 'Scan a request', kiosk.page);
    await confirm(ana.page, 'Pay €4.00');
    await scan(kiosk, 'Scan the payment', ana.page);
    await kiosk.page.getByRole('button', { name: 'Receipt' }).click();
    await scan(ana, 'Scan the receipt', kiosk.page);
    await ana.page.getByText('Kiosk has it.').waitFor();
    await atHome(ana);
    await ana.page.getByRole('button', { name: 'Tickets' }).click();
    await ana.page.getByRole('button', { name: 'Use' }).click();
    await atHome(inspector);
    await inspector.page.getByRole('button', { name: 'More' }).click();
    await scan(inspector, 'Check a ticket', ana.page, true);
    await inspector.page.getByRole('heading', { name: 'Valid' }).waitFor();
    expect(await inspector.page.locator('main').innerText()).toMatch(/Held by\s+Ana\s+Sold by\s+Kiosk/);
  });

  test('what is in the history is what each phone can know', async () => {
    expect(await historyOf(ana)).toMatchInlineSnapshot(`
      [
        "Ticket used | Only on this phone",
        "Paid to Kiosk | -€4.00 | Taken by Kiosk",
        "Refund from Kiosk | +€2.50 | Kept on this phone, to be reported",
        "Paid to Kiosk | -€12.50 | Taken by Kiosk",
        "Topped up | +€50.00 | The centre has it",
      ]
    `);
    expect(await historyOf(kiosk)).toMatchInlineSnapshot(`
      [
        "From Ana | +€4.00 | Kept on this phone, to be reported",
        "Refunded to Ana | -€2.50 | Only this phone knows of it, and Ana’s if it has scanned it",
        "From Ana | +€12.50 | Kept on this phone, to be reported",
      ]
    `);
    await expectConserved(LOADED, all());
  });

  test('switched off and on again without a network, each wallet is as it was', async () => {
    const before = await Promise.all(all().map(({ page }) => onPhone(page)));
    for (const each of [ana, kiosk]) await each.kill();
    await Promise.all([ana.start(), kiosk.start()]);
    expect(await Promise.all(all().map(({ page }) => onPhone(page)))).toEqual(before);
    await ana.page.getByRole('heading', { name: 'Wallet' }).waitFor();
    // A payment that the merchant never sees is made after it, and waits for what follows.
    await ask(await atHome(kiosk), '3.00');
    await scan(ana, 'Scan a request', kiosk.page);
    await confirm(ana.page, 'Pay €3.00');
    await ana.page.getByRole('heading', { name: 'Show it to Kiosk' }).waitFor();
    await kiosk.page.getByRole('button', { name: 'Do not ask any more' }).click();
    expect(await balanceOf(ana)).toBe(LOADED - 1_250 + 250 - 400 - 300);
    await expectConserved(LOADED, all());
  });
});

describe('the network comes back', () => {
  test('the centre is killed in the midst of it, and started again: every record is there once', async () => {
    await centre.upAsProcess();
    await network(true);
    // Somebody's first record is there: others are on their way.
    const count = async () => Number((await centre.rows<{ count: string }>('select count(*) from batch'))[0]?.count);
    const before = await count();
    await expect.poll(count, { interval: 5, timeout: 20_000 }).toBeGreaterThan(before);
    await centre.killProcess();
    await centre.up();
    for (const each of [ana, kiosk, inspector]) await synchronise(each);
    await centre.settled();
    const { balance, inDoubt, waiting, alerts, quarantined } = await centre.central.totals(centre.now());
    // What nobody has taken yet is out of Ana's account, and in no other.
    expect({ balance, inDoubt, waiting, alerts, quarantined }).toEqual({
      ...{ balance: LOADED - 300, inDoubt: 0, waiting: 0, alerts: {}, quarantined: 0 },
    });
  });

  test('a payment that nobody took is reclaimed after its validity, and once', async () => {
    expect((await historyOf(ana))[0]).toContain('Waiting for Kiosk’s phone to report');
    const later = 15 * MINUTE_MS;
    centre.aheadMs = later;
    for (const each of all()) await each.setClock(later);
    // The kiosk says how it stands: it has not taken it, and takes it no more.
    await synchronise(kiosk);
    await synchronise(ana);
    await openItem(ana, 'Paid to Kiosk');
    await ana.page.getByRole('button', { name: 'Reclaim €3.00' }).click();
    await ana.page.getByText('Reclaimed', { exact: true }).waitFor();
    await synchronise(ana);
    expect(await balanceOf(ana)).toBe(LOADED - 1_250 + 250 - 400);
    await centre.settled();
    expect((await centre.central.totals(centre.now())).balance).toBe(LOADED);
    await expectConserved(LOADED, all());
  });

  test('both sides agree, and nothing was complained of', async () => {
    const outs = (await onPhone(ana.page)).items.filter(({ amount, other }) => amount < 0 && other);
    expect(outs.map(({ state }) => state).sort()).toEqual(['reclaimed', 'taken', 'taken']);
    expect(all().flatMap(({ complaints }) => complaints)).toEqual([]);
  });
});

/** The button with these words is pressed, and the camera looks at what the other phone shows. */
async function scan(looking: Handset, button: string, shown: Page, isMoving = false): Promise<void> {
  await studio.film(shown, looking, isMoving);
  await looking.page.getByRole('button', { name: button }).click();
}

async function atHome(handset: Handset) {
  await home(handset.page);
  return handset.page;
}

async function openItem(handset: Handset, title: string): Promise<void> {
  await historyOf(handset);
  await handset.page.locator('.items .item', { hasText: title }).first().click();
}

async function sell(handset: Handset, name: string, price: string): Promise<void> {
  const page = await atHome(handset);
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('button', { name: 'My products' }).click();
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Price').fill(price);
  await page.getByLabel('It is a ticket').check();
  await page.getByLabel('Valid for').first().fill('24');
  await page.getByLabel('Number of uses').fill('2');
  await page.getByRole('button', { name: 'Add' }).click();
  await home(page);
}
