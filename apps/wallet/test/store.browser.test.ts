/** The wallet's store in a real IndexedDB. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launch } from './browser.ts';

let browser: Browser;
let page: Page;
const server = createServer((_request, response) =>
  response.setHeader('content-type', 'text/html').end('<p>store</p>'),
);

beforeAll(async () => {
  const built = await build({
    configFile: false,
    logLevel: 'silent',
    resolve: { conditions: ['development', 'module', 'browser'] },
    build: {
      write: false,
      lib: { entry: path.join(import.meta.dirname, 'store/in-browser.ts'), formats: ['iife'], name: 'store' },
    },
  });
  const [bundle] = [built].flat();
  if (!bundle || !('output' in bundle)) throw new Error('nothing was built');
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  browser = await launch();
  page = await browser.newPage();
  await page.goto(`http://localhost:${(server.address() as AddressInfo).port}/`);
  await page.addScriptTag({ content: bundle.output[0].code });
});
afterAll(async () => {
  await browser?.close();
  server.close();
});

test('it keeps the contract of a store', async () => {
  expect(await page.evaluate('runContract()')).toEqual([]);
});

test('every write is strict: done is said when the disk has it', async () => {
  const seen = (await page.evaluate('durabilities()')) as string[];
  expect(seen.length).toBeGreaterThan(5);
  expect(new Set(seen)).toEqual(new Set(['strict']));
});

test.each([
  ['QuotaExceededError', 'store-full'],
  ['UnknownError', 'store-failed'],
])('%s → %s', async (name, code) => {
  expect(await page.evaluate(`failingWith('${name}')`)).toBe(code);
});
