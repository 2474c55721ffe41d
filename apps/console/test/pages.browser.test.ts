/** Every page there is, in both themes, before a city with something wrong in it: nothing that axe finds, nothing wider than the screen. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PAGES } from '../src/pages/pages.ts';
import { openCity, shoot, type TestCity, violationsOf } from './city.ts';

let city: TestCity;
/** What stands for the parameters of an address. */
let places: Readonly<Record<string, string>>;

beforeAll(async () => {
  city = await openCity();
  const [missing] = await city.central.alerts(Date.now(), { kind: 'missing-transaction', limit: 1 });
  const { medium, terminal } = missing as { medium: string; terminal: number };
  const { links } = await city.central.chain(medium, { limit: 1 });
  const record = links[0]?.record;
  places = {
    ...{ medium, terminal: String(terminal), receipt: '7', person: 'ana' },
    record: `${record?.terminal}-${record?.serial}`,
  };
});
afterAll(() => city?.close());

const addressOf = (path: string): string =>
  `/console${path.replaceAll(/\$(\w+)/g, (_, name: string) => {
    const place = places[name];
    if (place === undefined) throw new Error(`nothing stands for $${name} of ${path}`);
    return place;
  })}`;

/** What a page shows while it waits for the centre is gone. */
async function settled(page: Page): Promise<void> {
  await page.locator('main h1').waitFor();
  await page.waitForFunction(
    () => !/Loading …|Nalaganje …|Counting the last/.test(document.querySelector('main')?.textContent ?? ''),
  );
  await page.waitForTimeout(300);
}

test.each(['light', 'dark'] as const)('every page in %s', async (colorScheme) => {
  const locale = colorScheme === 'light' ? 'en-GB' : 'sl-SI';
  const roles = ['administrator', 'operator', 'auditor', 'finance'] as const;
  const page = await city.visit(colorScheme === 'light' ? 'ana' : 'bor', roles, { colorScheme, locale });
  for (const { path } of PAGES) {
    await page.goto(addressOf(path));
    await settled(page);
    const name =
      path === '/'
        ? 'today'
        : path
            .replaceAll(/^\/|\$\w+/g, '')
            .replaceAll('/', '-')
            .replace(/-$/, '');
    await shoot(page, `${name}${path.includes('$') ? '-one' : ''}-${colorScheme}`, false);
    expect(await page.locator('main .fault').count(), path).toBe(0);
    expect(await violationsOf(page), path).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), path).toBeLessThanOrEqual(0);
  }
  await page.context().close();
});

test('at 200 % zoom, as at 640 px, nothing is wider than the screen', async () => {
  const page = await city.visit('cene', ['administrator', 'operator', 'auditor', 'finance'], {
    viewport: { width: 640, height: 450 },
  });
  for (const { path } of PAGES) {
    await page.goto(addressOf(path));
    await settled(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), path).toBeLessThanOrEqual(0);
  }
  await page.context().close();
});

test('every page of the navigation is reached by its keys', async () => {
  const page = await city.visit('dora', ['administrator', 'operator', 'auditor', 'finance']);
  await page.goto('/console/');
  await settled(page);
  const keys = PAGES.flatMap(({ key, path }) => (key ? [{ key, path }] : []));
  expect(new Set(keys.map(({ key }) => key)).size).toBe(keys.length);
  for (const { key, path } of keys) {
    await page.keyboard.press('g');
    await page.keyboard.press(key);
    await page.waitForURL((url) => url.pathname === addressOf(path));
    await settled(page);
  }
  const inNavigation = PAGES.filter(({ group }) => group);
  expect(keys.map(({ path }) => path).sort()).toEqual(inNavigation.map(({ path }) => path).sort());
  await page.context().close();
});
