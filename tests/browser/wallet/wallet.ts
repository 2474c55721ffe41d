/** What is on a phone, read from its database past the wallet; and what people do with it, by its words. */
import type { Item, JournalEntry, PhoneDocument } from '@retap/phone';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { PIN } from '../../../apps/wallet/test/browser.ts';
import type { Handset } from './handset.ts';

export interface OnPhone {
  readonly document: PhoneDocument;
  readonly journal: readonly JournalEntry[];
  readonly items: readonly Item[];
  /** Batches of others that it holds and the centre may not have. */
  readonly foreign: number;
}

export function onPhone(page: Page): Promise<OnPhone> {
  return page.evaluate(async () => {
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const opening = indexedDB.open('retap-wallet');
      opening.onsuccess = () => resolve(opening.result);
      opening.onerror = () => reject(opening.error);
    });
    const transaction = database.transaction(['document', 'journal', 'items', 'foreign']);
    const asked = <Value>(request: IDBRequest<Value>) =>
      new Promise<Value>((resolve) => {
        request.onsuccess = () => resolve(request.result);
      });
    const [document, journal, items, foreign] = await Promise.all([
      asked(transaction.objectStore('document').get('document')),
      asked(transaction.objectStore('journal').getAll()),
      asked(transaction.objectStore('items').getAll()),
      asked(transaction.objectStore('foreign').count()),
    ]);
    database.close();
    return { document, journal, items, foreign };
  });
}

export async function balanceOf(handset: Handset): Promise<number> {
  return (await onPhone(handset.page)).document.account.balance;
}

/** To a screen by no way of a person's: as a reload comes back to it. */
export async function comeTo(page: Page, place: Readonly<Record<string, string | boolean>>): Promise<void> {
  await page.evaluate((state) => history.pushState(state, ''), { place, depth: 0 });
  await page.reload();
}

/** Home, whatever is on the screen. */
export async function home(page: Page): Promise<void> {
  await comeTo(page, { at: 'home' });
  await page.getByRole('heading', { name: 'Wallet' }).waitFor();
}

export async function confirm(page: Page, button: string): Promise<void> {
  await page.getByLabel('PIN').fill(PIN);
  await page.getByRole('button', { name: button }).click();
}

/** Speaks to the centre now, and waits for the end of it. */
export async function synchronise(handset: Handset): Promise<void> {
  const { page } = handset;
  await comeTo(page, { at: 'online' });
  await page.getByRole('button', { name: 'Synchronise now' }).click();
  await page.getByText('Done: the centre has all of it.').waitFor();
}

/** The words under each line of the history, newest first. */
export async function historyOf(handset: Handset): Promise<string[]> {
  const { page } = handset;
  await home(page);
  await page.getByRole('button', { name: 'History' }).click();
  await page.getByRole('heading', { name: 'History' }).waitFor();
  return page
    .locator('.items .item')
    .evaluateAll((lines) =>
      lines.map((line) =>
        [...line.querySelectorAll('.title, .in, .out, .state')].map((each) => each.textContent).join(' | '),
      ),
    );
}

/** Sum of what phones have, and of what went out of one and has not come to the other: what was ever loaded. */
export async function expectConserved(loaded: number, handsets: readonly Handset[]): Promise<void> {
  const phones = await Promise.all(handsets.map(({ page }) => onPhone(page)));
  const taken = new Set(
    phones.flatMap(({ items }) => items.filter(({ amount }) => amount > 0).map((item) => item.refersTo)),
  );
  const underway = phones.flatMap(({ items }) =>
    items.filter(
      ({ id, amount, other, state }) => amount < 0 && other !== null && state !== 'reclaimed' && !taken.has(id),
    ),
  );
  const sum = phones.reduce((total, { document }) => total + document.account.balance, 0);
  expect(sum + underway.reduce((total, { amount }) => total - amount, 0)).toBe(loaded);
}
