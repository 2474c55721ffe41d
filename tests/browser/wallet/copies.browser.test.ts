/** One wallet in two tabs, in two phones, from an old backup, and gone: one debit each time, and the centre knows the rest. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask, PIN, paste, pay, register, shownText } from '../../../apps/wallet/test/browser.ts';
import { PhoneCentre } from './centre.ts';
import { Handset } from './handset.ts';
import { balanceOf, comeTo, confirm, expectConserved, home, onPhone, synchronise } from './wallet.ts';

const DAY_MS = 86_400_000;
const LOADED = 5_000;

let folder: string;
let centre: PhoneCentre;
let ana: Handset;
let kiosk: Handset;
let bakery: Handset;
const others: Handset[] = [];

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'retap-phones-'));
  centre = await PhoneCentre.start(folder);
  const { origin } = centre;
  [ana, kiosk, bakery] = await Promise.all([
    Handset.registered({ origin }, 'Ana', 'person', '50.00'),
    Handset.registered({ origin }, 'Kiosk', 'merchant'),
    Handset.registered({ origin }, 'Bakery', 'merchant'),
  ]);
  await Promise.all([ana, kiosk, bakery].map((each) => each.offline()));
});
afterAll(async () => {
  for (const each of [ana, kiosk, bakery, ...others]) await each?.discard();
  await centre?.stop();
  rmSync(folder, { recursive: true });
});

async function askedFrom(handset: Handset, euros: string): Promise<string> {
  await home(handset.page);
  return ask(handset.page, euros);
}

/** The payment is scanned where it was asked for. @returns the words of the heading */
async function taken(handset: Handset, payment: string): Promise<string> {
  await paste(handset.page, payment);
  await handset.page.locator('main.yes, main.no').waitFor();
  return handset.page.locator('main').innerText();
}

/** The request is read, and everything but the last touch is done. */
async function readyToPay(page: Page, request: string): Promise<void> {
  await home(page);
  await paste(page, request);
  await page.getByLabel('PIN').fill(PIN);
}

describe('two tabs of one wallet', () => {
  let tab: Page;
  beforeAll(async () => {
    tab = await ana.tab();
  });
  afterAll(() => tab?.close());

  test('both pay the same request at once: one debit, and both show the same payment', async () => {
    const request = await askedFrom(kiosk, '4.00');
    await Promise.all([ana.page, tab].map((page) => readyToPay(page, request)));
    await Promise.all([ana.page, tab].map((page) => page.getByRole('button', { name: 'Pay €4.00' }).click()));
    const shown = await Promise.all([ana.page, tab].map((page) => shownText(page)));
    expect(shown[0]).toBe(shown[1]);
    expect(await balanceOf(ana)).toBe(LOADED - 400);
    expect(await taken(kiosk, shown[0] ?? '')).toContain('€4.00 received');
    await expectConserved(LOADED, [ana, kiosk, bakery]);
  });

  test('each pays another request at once: two debits, one after the other in one journal', async () => {
    const [first, second] = await Promise.all([askedFrom(kiosk, '3.00'), askedFrom(bakery, '2.00')]);
    await Promise.all([readyToPay(ana.page, first), readyToPay(tab, second)]);
    await Promise.all([
      ana.page.getByRole('button', { name: 'Pay €3.00' }).click(),
      tab.getByRole('button', { name: 'Pay €2.00' }).click(),
    ]);
    const [one, two] = await Promise.all([shownText(ana.page), shownText(tab)]);
    expect(await balanceOf(ana)).toBe(LOADED - 900);
    expect(await taken(kiosk, one)).toContain('€3.00 received');
    expect(await taken(bakery, two)).toContain('€2.00 received');
    const serials = (await onPhone(ana.page)).journal.map(({ serial }) => serial);
    expect(serials).toEqual(serials.map((_, index) => (serials[0] ?? 0) + index));
    await expectConserved(LOADED, [ana, kiosk, bakery]);
  });
});

describe('two phones with one wallet: the profile was copied', () => {
  let twin: Handset;
  beforeAll(async () => {
    await ana.off();
    twin = ana.copy();
    others.push(twin);
    await twin.offline();
    await Promise.all([ana.start(), twin.start()]);
  });

  test('the merchant who has taken the one refuses the other, without a network', async () => {
    const first = await pay(ana.page, await askedFrom(kiosk, '5.00'), '5.00');
    expect(await taken(kiosk, first)).toContain('€5.00 received');
    // The same serial with something else in it, and then the next one, after a journal that the merchant knows otherwise.
    for (let time = 0; time < 2; time += 1) {
      await home(twin.page);
      const other = await pay(twin.page, await askedFrom(kiosk, '1.00'), '1.00');
      expect(await taken(kiosk, other)).toContain('The other phone contradicts itself');
    }
  });

  test('at another merchant the copy can spend, offline: the loss is what its certificate allows', async () => {
    await home(twin.page);
    const third = await pay(twin.page, await askedFrom(bakery, '6.00'), '6.00');
    expect(await taken(bakery, third)).toContain('€6.00 received');
  });

  test('when they are online the centre knows, gives neither a certificate, and tells the merchants', async () => {
    await Promise.all([ana, twin, kiosk, bakery].map((each) => each.offline(false)));
    for (const each of [kiosk, bakery]) await synchronise(each);
    expect(await refusalOfCentre(ana)).toMatch(/two different histories were signed by its key/);
    expect(await refusalOfCentre(twin)).toMatch(
      /two different histories were signed by its key|older than what the centre knows/,
    );
    await centre.settled();
    const { alerts, integrity } = await centre.central.totals(centre.now());
    expect({ alerts, integrity }).toMatchInlineSnapshot(`
      {
        "alerts": {
          "conflicting-record": 1,
        },
        "integrity": {
          "alerts": {
            "journal-chain-broken": 1,
          },
        },
      }
    `);
    await synchronise(kiosk);
    await Promise.all([kiosk, ana].map((each) => each.offline()));
    expect((await onPhone(kiosk.page)).document.denied).toContain((await onPhone(ana.page)).document.terminal);
    await home(ana.page);
    await paste(ana.page, await askedFrom(kiosk, '1.00'));
    await ana.page.getByRole('heading', { name: 'No' }).waitFor();
  });
});

describe('an old backup', () => {
  test('is recognised when it comes online, and pays no more', async () => {
    const { origin } = centre;
    const bor = await Handset.registered({ origin }, 'Bor', 'person', '20.00');
    others.push(bor);
    await bor.off();
    const backup = bor.copy();
    others.push(backup);
    await bor.start();
    await kiosk.offline(false);
    await synchronise(kiosk);
    await pay(bor.page, await askedFrom(kiosk, '7.00'), '7.00');
    // Both are online: the centre hands the payment on, and nothing is scanned.
    await kiosk.page.locator('main.yes').waitFor({ timeout: 30_000 });
    await synchronise(bor);
    await bor.off();
    bor.restore(backup);
    await bor.start();
    expect(await balanceOf(bor)).toBe(2_000);
    expect(await refusalOfCentre(bor)).toContain('older than what the centre knows');
    await home(bor.page);
    await paste(bor.page, await askedFrom(kiosk, '1.00'));
    expect(await bor.page.locator('main.no').innerText()).toContain('older than what the centre knows of it');
  });
});

describe('a wallet that is gone', () => {
  test('its storage wiped, the phone registers anew and has its balance back by the recovery code, after the offline window', async () => {
    const cene = await Handset.open({ origin: centre.origin });
    others.push(cene);
    const code = await register(cene.page, 'Cene', 'person');
    await comeTo(cene.page, { at: 'top-up' });
    await cene.page.getByLabel('Amount').fill('9.00');
    await cene.page.getByRole('button', { name: 'Top up €9.00' }).click();
    await expect.poll(() => balanceOf(cene)).toBe(900);
    await synchronise(cene);
    await cene.page.evaluate(async () => {
      for (const { name } of await indexedDB.databases()) indexedDB.deleteDatabase(name ?? '');
      localStorage.clear();
      history.pushState(null, '');
    });
    await cene.page.reload();
    await cene.page.getByRole('heading', { name: 'Your wallet' }).waitFor();
    await register(cene.page, 'Cene', 'person');
    await comeTo(cene.page, { at: 'lost' });
    await cene.page.getByLabel('Recovery code of the lost phone').fill(code);
    await confirm(cene.page, 'Block it and move its balance');
    await expect
      .poll(async () => (await onPhone(cene.page)).document.wishes.map(({ answer }) => answer))
      .toEqual(['waits']);
    expect(await balanceOf(cene)).toBe(0);
    centre.aheadMs = 11 * DAY_MS;
    await cene.setClock(11 * DAY_MS);
    await synchronise(cene);
    await expect.poll(() => balanceOf(cene), { timeout: 20_000 }).toBe(900);
  });
});

/** What stands on the screen when the centre refuses. */
async function refusalOfCentre(handset: Handset): Promise<string> {
  const { page } = handset;
  await comeTo(page, { at: 'online' });
  await page.getByRole('button', { name: 'Synchronise now' }).click();
  const refusal = page.getByText('The centre refuses this phone');
  await refusal.waitFor();
  return refusal.innerText();
}
