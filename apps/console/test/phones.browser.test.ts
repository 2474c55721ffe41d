/** What the console says of phones: whom a record paid and what it was for, and where two phones contradict each other. */
import { amountOf, type JournalRecord } from '@retap/model';
import { phoneMedium } from '@retap/protocol';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Pocket } from '../../../packages/central/test/phones/pocket.ts';
import { openCity, shoot, type TestCity, violationsOf } from './city.ts';

let city: TestCity;
let payer: Pocket;
let payee: Pocket;

function write(phone: Pocket, type: 'refill' | 'debit', amount: number, said: object): JournalRecord {
  phone.commit(amount, Date.now() - 60_000 + phone.journal.length * 1_000);
  const { counterparty: _, ...record } = phone.journal.at(-1) as JournalRecord & { type: 'debit' };
  const written = { ...record, type, amount: amountOf(amount), ...said } as JournalRecord;
  phone.journal[phone.journal.length - 1] = written;
  return written;
}

beforeAll(async () => {
  city = await openCity({ media: 10, terminals: 3, days: 1 });
  const { central } = city;
  payer = await new Pocket().join(central);
  payee = await new Pocket().join(central);
  const reason = { who: 'test', why: 'top-up' };
  await central.lists.order({ medium: phoneMedium(payer.terminal), kind: 'refill', amount: amountOf(5_000) }, reason);
  write(payer, 'refill', 5_000, { action: { serial: 1, kind: 'refill' }, reason: 'top-up' });
  const payment = write(payer, 'debit', -350, { counterparty: phoneMedium(payee.terminal), reason: 'payment-1' });
  const refersTo = { terminal: payment.terminal, serial: payment.serial };
  const received = { counterparty: phoneMedium(payer.terminal), reason: 'received', refersTo };
  write(payee, 'refill', 360, received); // ten more than were paid
  write(payee, 'debit', -100, { counterparty: 'centre', reason: 'cash-out' });
  for (const phone of [payer, payee]) await central.receive([await phone.batch(1, phone.journal.length)]);
  await central.drain();
  while ((await central.alertWork.watch(Date.now())) !== null);
});
afterAll(() => city?.close());

const textOf = async (page: Page, selector: string) =>
  (await page.locator(selector).innerText()).replaceAll('\u00a0', ' ');

test('a phone’s account: topped up, paid to whom, received for what, paid out', async () => {
  const page = await city.visit('ana', ['operator']);
  await page.goto(`/console/media/${phoneMedium(payer.terminal)}`);
  await page.locator('#explanation summary').click();
  const paid = await textOf(page, '#explanation table');
  expect(paid).toContain('Topped up (order 1)');
  expect(paid).toContain(`Payment to ${phoneMedium(payee.terminal)}`);
  expect(await violationsOf(page)).toEqual([]);
  await shoot(page, 'phone-payer');
  await page.goto(`/console/media/${phoneMedium(payee.terminal)}`);
  await page.locator('#explanation summary').click();
  const taken = await textOf(page, '#explanation table');
  expect(taken).toContain(`Received from ${phoneMedium(payer.terminal)} (for ${payer.terminal}-3)`);
  expect(taken).toContain('Paid out');
  await shoot(page, 'phone-payee');
  await page.goto(`/console/records/${payee.terminal}-2`);
  await page.getByText('What for').waitFor();
  await page
    .locator('dd', { hasText: 'Received from' })
    .getByRole('link', { name: `${payer.terminal}-3` })
    .click();
  await page.getByRole('heading', { name: `Record ${payer.terminal}-3` }).waitFor();
  await page.context().close();
});

test('in Slovene; and what was received and not paid is an alert in words', async () => {
  const page = await city.visit('bor', ['operator'], { locale: 'sl-SI', viewport: { width: 640, height: 900 } });
  await page.goto(`/console/records/${payee.terminal}-2`);
  await page.locator('dd', { hasText: `Prejeto – plačnik: ${phoneMedium(payer.terminal)}` }).waitFor();
  expect(await violationsOf(page)).toEqual([]);
  await shoot(page, 'phone-record-sl');
  await page.goto(`/console/alerts?terminal=${payee.terminal}`);
  await page.getByText('Prejeto, a ne plačano × 1').waitFor();
  await shoot(page, 'phone-alert-sl');
  await page.context().close();
});
