import { type Central, openCentral } from '@retap/central';
import { verifySignature } from '@retap/keys';
import { encodeTimeQuestion } from '@retap/protocol';
import axe from 'axe-core';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Device, ENROLLED } from '../../../packages/central/test/device.ts';
import { embeddedDirectory } from '../../../packages/central/test/embedded-directory.ts';
import { type Service, startService } from '../src/index.ts';
import { signedIn } from './people/signed-in.ts';

let central: Central;
let service: Service;
let browser: Browser;

beforeAll(async () => {
  central = await openCentral({ database: embeddedDirectory(), now: () => 1_000, verifySignature });
  await central.registry.settle(ENROLLED);
  service = await startService({ central, now: () => 1_000, port: 0, log: () => {} });
  browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  });
});
afterAll(async () => {
  await browser?.close();
  await service?.stop();
  await central?.close();
});

test('journals that were signed twice and clocks that are off have a section of their own, in words, as soon as they are known', async () => {
  const page = await browser.newPage({ locale: 'en-GB', timezoneId: 'UTC', bypassCSP: true });
  const { cookie } = await signedIn(central, service, 'ana', 'auditor');
  const [name = '', value = ''] = cookie.split('=');
  await page.context().addCookies([{ name, value, url: service.origin }]);
  await page.goto(service.origin);
  await page.locator('#no-integrity-alerts').waitFor();
  expect(await page.locator('#no-integrity-alerts').innerText()).toContain('Every chain that has arrived holds');
  const device = await new Device(9).work(8).join(central);
  await central.receive([await device.batch(1, 4)]);
  device.journal.splice(3, 1, ...new Device(9, 'other').work(4).journal.slice(3));
  await central.receive([await device.batch(5, 8)]);
  const item = page.locator('#integrity section[data-kind=journal-chain-broken] li');
  await item.waitFor();
  expect(await item.innerText()).toBe('Before record 9-5, terminal 9 has signed two different journals.');
  const report = { offset: -90_000, delay: 30, measuredAt: 1_000 };
  const question = { terminal: device.terminal, nonce: new Uint8Array(16), report };
  await central.registry.hearTimeQuestion(await encodeTimeQuestion(question, device.sign));
  const clock = page.locator('#integrity section[data-kind=terminal-clock-off] li');
  await clock.waitFor();
  expect(await clock.innerText()).toContain('The clock of terminal 9 was further off than allowed');
  await page.evaluate(axe.source);
  const { violations } = (await page.evaluate('axe.run()')) as { violations: { id: string }[] };
  expect(violations.map(({ id }) => id)).toEqual([]);
  await page.close();
});
