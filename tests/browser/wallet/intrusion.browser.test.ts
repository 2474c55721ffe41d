/** What somebody tries with what is shown between two phones, as the other one sees it: refused, and in words. */
import { generateKeyPairSync, sign } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { amountOf } from '@retap/model';
import {
  encodeCertificate,
  encodeMessage,
  encodeSignedPayload,
  messageBytesIn,
  messageText,
  openCertificate,
  openMessage,
  readSignedBatch,
  signedBatch,
} from '@retap/protocol';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, paste, pay } from '../../../apps/wallet/test/browser.ts';
import { PhoneCentre } from './centre.ts';
import { Handset } from './handset.ts';
import { balanceOf, comeTo, home, onPhone, synchronise } from './wallet.ts';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const NAME = '<img src=x onerror=alert(1)>';

let folder: string;
let centre: PhoneCentre;
let mallory: Handset;
let kiosk: Handset;
let bakery: Handset;
/** Windows that a page opened by itself. */
const dialogs: string[] = [];

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'retap-phones-'));
  centre = await PhoneCentre.start(folder);
  const { origin } = centre;
  [mallory, kiosk, bakery] = await Promise.all([
    Handset.registered({ origin }, NAME, 'person', '50.00'),
    Handset.registered({ origin }, 'Kiosk', 'merchant'),
    Handset.registered({ origin }, 'Bakery', 'merchant'),
  ]);
  for (const { page } of [mallory, kiosk, bakery]) page.on('dialog', (dialog) => dialogs.push(dialog.message()));
  await Promise.all([mallory, kiosk, bakery].map((each) => each.offline()));
});
afterAll(async () => {
  for (const each of [mallory, kiosk, bakery]) await each?.discard();
  await centre?.stop();
  rmSync(folder, { recursive: true });
});

async function askedFrom(handset: Handset, euros: string, note = ''): Promise<string> {
  await home(handset.page);
  return ask(handset.page, euros, note);
}

/** The open request stands on the screen; this is scanned for it. @returns what is said then */
async function answerTo(page: Page, text: string): Promise<string> {
  await comeTo(page, { at: 'scan', wanted: 'payment', paste: true });
  await page.getByLabel('Text or link').fill(text);
  await page.getByRole('button', { name: 'Use it' }).click();
  await page.locator('main.yes, main.no, #paste-hint.fault').waitFor();
  return page.locator('main').innerText();
}

async function payFrom(handset: Handset, request: string, euros: string): Promise<string> {
  await home(handset.page);
  return pay(handset.page, request, euros);
}

const bytesOf = (text: string): Uint8Array => messageBytesIn(text) ?? new Uint8Array();

/** The key of that phone signs whatever its owner wants: a phone that is rooted. It gives away no more than signatures. */
function signedBy(page: Page): (bytes: Uint8Array) => Promise<Uint8Array> {
  return async (bytes) =>
    Uint8Array.from(
      await page.evaluate(
        async (given) => {
          const database = await new Promise<IDBDatabase>((resolve) => {
            const opening = indexedDB.open('retap-wallet');
            opening.onsuccess = () => resolve(opening.result);
          });
          const { privateKey } = await new Promise<CryptoKeyPair>((resolve) => {
            const request = database.transaction('keys').objectStore('keys').get('phone');
            request.onsuccess = () => resolve(request.result);
          });
          database.close();
          return [...new Uint8Array(await crypto.subtle.sign('Ed25519', privateKey, Uint8Array.from(given)))];
        },
        [...bytes],
      ),
    );
}

/** The payment with another amount, signed by the payer's own key. */
async function withAmount(payment: string, amount: number, page: Page): Promise<string> {
  const message = openMessage(bytesOf(payment));
  if (message.kind !== 'record') throw new Error('no payment');
  const { terminal, before, records } = readSignedBatch(message.batch);
  const [first] = records;
  if (first?.record.type !== 'debit') throw new Error('no debit');
  const record = { ...first.record, amount: amountOf(-amount) };
  const payload = encodeSignedPayload({ terminal, from: record.serial, before, records: [record] });
  const batch = await signedBatch(payload, terminal, signedBy(page));
  return messageText(encodeMessage({ ...message, batch }));
}

/** The payment under a certificate that is the payer's own but for its limits, by a centre of their own. */
async function withOwnCertificate(payment: string): Promise<string> {
  const message = openMessage(bytesOf(payment));
  if (message.kind !== 'record') throw new Error('no payment');
  const { privateKey } = generateKeyPairSync('ed25519');
  const { certificate } = openCertificate(message.certificate);
  const limits = { ...certificate.limits, paymentMax: amountOf(1_000_000) };
  const forged = await encodeCertificate({ ...certificate, limits }, async (bytes) =>
    Uint8Array.from(sign(null, bytes, privateKey)),
  );
  return messageText(encodeMessage({ ...message, certificate: forged }));
}

test('a name of markup is text on every screen, and nothing of it runs', async () => {
  const request = await askedFrom(mallory, '1.00', '<b>bold</b><script>alert(2)</script>');
  await home(bakery.page);
  await bakery.page.getByRole('button', { name: 'Pay', exact: true }).click();
  await paste(bakery.page, request);
  await bakery.page.locator('main.no, .sum').waitFor();
  const payment = await payFrom(mallory, await askedFrom(kiosk, '2.00'), '2.00');
  const said = await answerTo(kiosk.page, payment);
  expect(said).toContain('€2.00 received');
  expect(said).toContain(`From ${NAME}`);
  expect(await kiosk.page.locator('img').count()).toBe(0);
  expect(dialogs).toEqual([]);
});

test('letters changed on the way: unreadable or forged, never another amount', async () => {
  const payment = await payFrom(mallory, await askedFrom(kiosk, '3.00'), '3.00');
  const before = await balanceOf(kiosk);
  for (const at of [9, 60, 200, 350, payment.length - 4]) {
    const changed = payment.slice(0, at) + (payment.charAt(at) === '7' ? '8' : '7') + payment.slice(at + 1);
    const said = await answerTo(kiosk.page, changed);
    expect(said).toMatch(/nothing that a wallet shows|Somebody changed this on its way|not known to our centre/);
  }
  expect(await balanceOf(kiosk)).toBe(before);
  expect(await answerTo(kiosk.page, payment)).toContain('€3.00 received');
});

test('replayed to the same merchant it counts once, to another it is for somebody else', async () => {
  const payment = await payFrom(mallory, await askedFrom(kiosk, '1.00'), '1.00');
  expect(await answerTo(kiosk.page, payment)).toContain('€1.00 received');
  const [before, request] = [await balanceOf(kiosk), await askedFrom(kiosk, '1.00')];
  expect(request).not.toBe('');
  expect(await answerTo(kiosk.page, payment)).toContain('It counts once');
  await askedFrom(bakery, '1.00');
  expect(await answerTo(bakery.page, payment)).toContain('This payment is for somebody else');
  expect([await balanceOf(kiosk), await balanceOf(bakery)]).toEqual([before, 0]);
});

test('another amount than was asked, signed by the payer’s own key', async () => {
  const payment = await payFrom(mallory, await askedFrom(kiosk, '4.00'), '4.00');
  expect(await answerTo(kiosk.page, await withAmount(payment, 1, mallory.page))).toContain(
    'This is not the amount, or not the product, that you asked for',
  );
  expect(await answerTo(kiosk.page, payment)).toContain('€4.00 received');
});

test('a certificate of one’s own making', async () => {
  const payment = await payFrom(mallory, await askedFrom(kiosk, '1.50'), '1.50');
  expect(await answerTo(kiosk.page, await withOwnCertificate(payment))).toContain(
    'The other phone is not known to our centre',
  );
});

test('more than a certificate allows is not paid, and not asked in vain', async () => {
  await home(mallory.page);
  await mallory.page.getByRole('button', { name: 'Pay', exact: true }).click();
  await paste(mallory.page, await askedFrom(kiosk, '60.00'));
  await mallory.page.locator('main.no').waitFor();
  expect(await mallory.page.locator('main').innerText()).toMatch(
    /not enough on this phone|more than one payment may be/,
  );
});

test('too late, by a clock that differs, and by phones that were offline for too long', async () => {
  const payment = await payFrom(mallory, await askedFrom(kiosk, '1.00'), '1.00');
  await kiosk.setClock(11 * MINUTE_MS);
  expect(await answerTo(kiosk.page, payment)).toMatch(/The time for it is over|not for the request that is open/);
  await home(mallory.page);
  await mallory.page.getByRole('button', { name: 'Pay', exact: true }).click();
  await paste(mallory.page, await askedFrom(kiosk, '1.00'));
  await mallory.page.locator('main.no').waitFor();
  expect(await mallory.page.locator('main').innerText()).toContain('The clocks of the two phones differ');
  for (const each of [mallory, kiosk]) await each.setClock(8 * DAY_MS);
  await home(mallory.page);
  expect(await mallory.page.locator('main').innerText()).toContain('This phone was offline for too long');
  // The kiosk has been online since; the other one has not.
  centre.aheadMs = 8 * DAY_MS;
  await kiosk.offline(false);
  await synchronise(kiosk);
  await home(mallory.page);
  await mallory.page.getByRole('button', { name: 'Pay', exact: true }).click();
  await paste(mallory.page, await askedFrom(kiosk, '1.00'));
  await mallory.page.locator('main.no').waitFor();
  expect(await mallory.page.locator('main').innerText()).toContain('This phone was offline for too long');
});

test('nothing of all this is on any phone but what was paid', async () => {
  const { items } = await onPhone(kiosk.page);
  expect(items.map(({ amount }) => amount).sort((a, b) => a - b)).toEqual([100, 200, 300, 400]);
  expect([mallory, kiosk, bakery].flatMap(({ complaints }) => complaints)).toEqual([]);
});
