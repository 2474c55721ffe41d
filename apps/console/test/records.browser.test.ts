/** Records, what is in doubt, batches and reports: each page's main task by clicking and by keyboard alone, in both themes and languages. */
import { deflateRawSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sqlIn } from '../../../packages/central/test/database.ts';
import { openCity, shoot, type TestCity, violationsOf } from './city.ts';

let city: TestCity;
let page: Page;
/** Of the batch with two lines that are no records. */
let spoiled: number;

beforeAll(async () => {
  city = await openCity({ isOpen: false });
  // An enrolled centre takes no piece of journals any more: one as it was before.
  const body = deflateRawSync('{"medium":"04A1","type":"debit"}\nnonsense\n');
  const [row] = await sqlIn<{ receipt: number }>(
    city.database,
    `with p as (update progress set received = received + 1, recorded = recorded + 1 returning received),
       q as (insert into quarantine select received, position, reason from p,
         (values (1, '"time" is missing'), (2, 'not JSON')) as v (position, reason))
     insert into batch select received, $1::bigint, 'journal', sha256($2), 0, $2 from p returning receipt::integer`,
    [Date.now(), body],
  );
  spoiled = row?.receipt as number;
  page = await city.visit('ana', ['operator']);
});
afterAll(() => city?.close());

const go = async (path: string, visitor = page): Promise<void> => {
  await visitor.goto(`/console/${path}`);
  await visitor.locator('main h1').waitFor();
};
const rowsOf = (visitor = page) => visitor.locator('main table tbody tr');
const daysAgo = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);
const shown = async (selector: string) => (await page.locator(selector).first().innerText()).replaceAll('\u00a0', ' ');

describe('records', () => {
  test('are narrowed by fields, and the address reproduces what one sees', async () => {
    await go('search');
    await rowsOf().first().waitFor();
    expect(await rowsOf().count()).toBe(50);
    await page.getByRole('button', { name: 'Show more' }).click();
    await expect.poll(() => rowsOf().count()).toBe(100);
    await page.locator('select[name=type]').selectOption('refill');
    await page.getByLabel('Amount from').fill('5');
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    await page.waitForURL(/type=refill/);
    expect(new URL(page.url()).searchParams.get('amountMin')).toBe('500');
    await expect
      .poll(async () => new Set(await rowsOf().locator('td:nth-child(3)').allInnerTexts()))
      .toEqual(new Set(['Top up']));
    const before = await rowsOf().allInnerTexts();
    await page.reload();
    await rowsOf().first().waitFor();
    expect(await rowsOf().allInnerTexts()).toEqual(before);
    await page.getByRole('button', { name: 'Reset filters' }).click();
    await expect.poll(() => new URL(page.url()).search).toBe('');
  });

  test('are found by what is typed, by keyboard alone, down to one and the next of its terminal', async () => {
    await go('search');
    await page.keyboard.press('/');
    await page.keyboard.type('status:unverified amount>0.01');
    await page.keyboard.press('Enter');
    await page.waitForURL(/q=status/);
    await rowsOf().first().waitFor();
    expect(new Set(await rowsOf().locator('.badge').allInnerTexts())).toEqual(new Set(['◆ in doubt']));
    expect(await page.locator('select[name=status]').inputValue()).toBe('unverified');
    await rowsOf().first().locator('a').first().focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/records\/\d+-\d+$/);
    await page.locator('#raw').waitFor();
    expect(await shown('.standing')).toContain('Nobody knows yet');
    await page.getByText('Its bytes').focus();
    await page.keyboard.press('Enter');
    expect(await shown('pre.hex')).toMatch(/^00000000 {2}7B 22/);
    await page.getByRole('link', { name: 'The next on this terminal' }).focus();
    const first = page.url();
    await page.keyboard.press('Enter');
    await expect.poll(() => page.url()).not.toBe(first);
    await shoot(page, 'record');
  });

  test('of a medium, a day or a number that is not there say what to do', async () => {
    await go('search?q=NOTHING-LIKE-IT');
    expect(await shown('.empty')).toContain('Nothing is called “NOTHING-LIKE-IT”');
    await go('search?fromDay=2001-01-01&toDay=2001-01-02');
    expect(await shown('.empty')).toMatch(/No record is like that|None among those/);
    await go('search?q=colour:red%2017');
    expect(await shown('.doubt-text')).toContain('colour:red');
    await page.getByRole('link', { name: 'Terminal 17' }).waitFor();
    await go('records/17-999999');
    expect(await shown('.empty')).toContain('No record 17-999999 is received');
  });

  test('that wrote an amount wrongly are told so, and asked nothing', async () => {
    await go('search');
    await page.getByLabel('Amount from').fill('five');
    await page.keyboard.press('Enter');
    expect(await shown('form.filters [role=alert]')).toContain('written as 5.00');
    expect(new URL(page.url()).search).toBe('');
  });
});

test('what is in doubt: by age, and what would settle each', async () => {
  await go('unverified');
  await rowsOf().first().waitFor();
  const ages = page.locator('.ages tbody tr');
  expect(await ages.count()).toBe(6);
  const counts = (await ages.locator('td:nth-child(2)').allInnerTexts()).map((text) =>
    Number(text.replaceAll(',', '')),
  );
  expect(counts.slice(0, 5).reduce((sum, count) => sum + count, 0)).toBe(counts[5]);
  expect((await city.central.totals(Date.now())).inDoubt).toBe(counts[5]);
  const listed = page.locator('main .scroll:not(.ages) tbody tr');
  expect(await listed.first().innerText()).toMatch(/next tap|record of terminal|what terminal|seen again/);
  const question = (url: URL) => url.pathname === '/unverified';
  // It is told, and shown when wished, that it has changed meanwhile.
  await page.route(question, async (route) => {
    const answer = await route.fetch();
    const body = (await answer.json()) as { ages: { count: number }[] };
    await route.fulfill({ response: answer, json: { ...body, ages: body.ages.map((age) => ({ ...age, count: 0 })) } });
  });
  await page.reload();
  const moved = page.getByRole('button', { name: `${counts[5]} are in doubt now – show` });
  await moved.waitFor();
  await page.unroute(question);
  await moved.press('Enter');
  await expect.poll(() => moved.count()).toBe(0);
  await expect.poll(() => ages.last().locator('td').first().innerText()).toBe(String(counts[5]));
  const at = counts.findIndex((count) => count > 0);
  await ages.nth(at).getByRole('link').focus();
  await page.keyboard.press('Enter');
  await page.waitForURL(/age=\d+/);
  await expect.poll(() => listed.count()).toBe(Math.min(50, counts[at] as number));
  await page.getByRole('button', { name: 'Reset filters' }).click();
  await expect.poll(() => new URL(page.url()).search).toBe('');
});

test('batches: those with something left out, why, and whether this version would read it', async () => {
  await go('batches');
  await rowsOf().first().waitFor();
  await page.getByLabel('Only those with records left out').focus();
  await page.keyboard.press('Space');
  await page.waitForURL(/quarantined=true/);
  await page.getByRole('link', { name: String(spoiled), exact: true }).click();
  await page.getByRole('heading', { name: `Batch ${spoiled}` }).waitFor();
  await expect.poll(() => rowsOf().count()).toBe(2);
  expect(await rowsOf().nth(1).innerText()).toContain('nonsense');
  await page.getByRole('button', { name: 'Read again with this version' }).press('Enter');
  await page.getByText('This version leaves out the same records.').waitFor();
  // As if an earlier version had not understood what this one reads.
  const [other] = await sqlIn<{ receipt: number }>(city.database, `select min(receipt) as receipt from record`);
  await sqlIn(city.database, `insert into quarantine values ($1, 1, 'not understood then')`, [other?.receipt]);
  await go(`batches/${other?.receipt}`);
  await page.getByRole('button', { name: 'Read again with this version' }).click();
  await page.getByText('read and applied').waitFor();
  await sqlIn(city.database, `delete from quarantine where receipt = $1`, [other?.receipt]);
  await go('batches/999999');
  expect(await shown('.empty')).toContain('There is no batch 999999');
});

test('reports: what is owed, days by what one chooses, and the same as CSV', async () => {
  await go('reports');
  await page.locator('.tiles').waitFor();
  const day = daysAgo(5);
  await page.getByLabel('From day').fill(day);
  await page.getByLabel('To day').fill(day);
  await page.getByLabel('Terminal', { exact: true }).first().fill('3');
  await page.locator('input[name=by-terminal]').check();
  await page.getByRole('button', { name: 'Show', exact: true }).press('Enter');
  await page.waitForURL(/by=day%2Cterminal%2Ctype/);
  await rowsOf().first().waitFor();
  expect(new Set(await rowsOf().locator('td:nth-child(2)').allInnerTexts())).toEqual(new Set(['3']));
  const counts = (await rowsOf().locator('td:nth-child(4)').allInnerTexts()).map(Number);
  const href = (await page.getByRole('link', { name: 'As CSV' }).getAttribute('href')) as string;
  const table = (await (await page.request.get(href)).text()).trim().split('\r\n').slice(1);
  expect(table.map((line) => Number(line.split(',')[4]))).toEqual(counts);
  expect(table[0]).toContain('terminal:3');
});

test('who may not see media sees no records, and who may not see alerts no batches', async () => {
  const administrator = await city.visit('root', ['administrator']);
  await go('', administrator);
  expect(await administrator.getByRole('navigation').first().innerText()).not.toContain('In doubt');
  await administrator.goto('/console/search');
  await administrator.getByText('Your roles do not show you this page.').waitFor();
  const batch = `batches/${spoiled}`;
  await go(batch, administrator);
  await rowsOf(administrator).first().waitFor();
  expect(await rowsOf(administrator).first().innerText()).not.toContain('04A1');
  const clerk = await city.visit('carl', ['clerk']);
  await clerk.goto(`/console/${batch}`);
  await clerk.getByText('Your roles do not show you this page.').waitFor();
});

describe.each([
  ['light', 'en-GB', 1280],
  ['dark', 'en-GB', 1280],
  ['light', 'sl-SI', 640],
  ['dark', 'sl-SI', 390],
] as const)('in %s, %s, %i px wide', (colorScheme, locale, width) => {
  let visitor: Page;
  beforeAll(async () => {
    visitor = await city.visit(`eye-${colorScheme}-${width}`, ['operator'], {
      ...{ colorScheme, locale, viewport: { width, height: 900 } },
    });
  });

  test.each([
    ['search', 'search', '.badge'],
    ['unverified', 'unverified', '.ages'],
    ['batches', 'batches', 'table'],
    ['batch', () => `batches/${spoiled}`, 'td.reason'],
    ['reports', () => `reports?by=day,terminal,type&from=${daysAgo(5)}&to=${daysAgo(4)}`, '.sums'],
    ['record', async () => `records/${await torn()}`, '#raw'],
  ] as const)('%s: axe finds nothing, and nothing is wider than the screen', async (name, way, there) => {
    await go(typeof way === 'string' ? way : await way(), visitor);
    await visitor.locator(there).first().waitFor();
    await shoot(visitor, `${name}-${colorScheme}-${locale}-${width}`);
    expect(await violationsOf(visitor)).toEqual([]);
    expect(await visitor.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  });
});

/** One that was in doubt and is settled: it has evidence. */
async function torn(): Promise<string> {
  const [row] = await sqlIn<{ record: string }>(
    city.database,
    `select terminal || '-' || serial as record from uncommitted where status = 'unverified' and effective order by time desc limit 1`,
  );
  return row?.record as string;
}
