/** From the link of an invitation to signing out, in a real browser with an authenticator that it takes for one of its own. */

import { randomBytes } from 'node:crypto';
import { type Central, openCentral } from '@retap/central';
import axe from 'axe-core';
import { type Browser, type BrowserContext, type CDPSession, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ENROLLED } from '../../../../packages/central/test/device.ts';
import { embeddedDirectory } from '../../../../packages/central/test/embedded-directory.ts';
import { newRecoveryCode, type Service, startService } from '../../src/index.ts';
import { invited, REASON } from './signed-in.ts';

let central: Central;
let service: Service;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let devices: CDPSession;
let plugged: string | null = null;

beforeAll(async () => {
  central = await openCentral({ database: embeddedDirectory(), now: () => Date.now() });
  await central.registry.settle(ENROLLED);
  service = await startService({ central, now: () => Date.now(), port: 0, log: () => {} });
  browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  });
  context = await browser.newContext({ locale: 'en-GB', timezoneId: 'UTC', bypassCSP: true });
  page = await context.newPage();
  devices = await context.newCDPSession(page);
  await devices.send('WebAuthn.enable');
  await plugIn();
});
afterAll(async () => {
  await browser?.close();
  await service?.stop();
  await central?.close();
});

/** A device with a fingerprint sensor, as the browser sees one. */
async function plugIn(): Promise<void> {
  if (plugged !== null) await devices.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId: plugged });
  const { authenticatorId } = await devices.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      ...{ protocol: 'ctap2', transport: 'internal', hasResidentKey: true },
      ...{ hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
    },
  });
  plugged = authenticatorId;
}

const said = () => page.locator('#said');

/** No fault of WCAG, in both themes and in both languages. */
async function accessible(name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.evaluate(axe.source);
    const { violations } = (await page.evaluate('axe.run()')) as { violations: { id: string }[] };
    expect(
      violations.map(({ id }) => id),
      `${name}, ${colorScheme}`,
    ).toEqual([]);
    if (process.env.RETAP_SCREENSHOTS) {
      await page.screenshot({ path: `${process.env.RETAP_SCREENSHOTS}/${name}-${colorScheme}.png`, fullPage: true });
    }
  }
}

test('a link gives a passkey, that lets in; what one may not see is not there; signing out ends it', async () => {
  const link = await invited(central, 'ana', ['inspector', 'clerk']);
  // Who types the address of this machine is brought to where its passkeys work.
  await page.goto(`${service.url}/sign-in.html#link=${link}`);
  // The secret does not stay in the address.
  await page.waitForURL(`${service.origin}/sign-in.html`);
  await page.locator('#register').waitFor();
  await accessible('register');
  await page.getByLabel('What the passkey is called').fill('Ana’s phone');
  await page.getByRole('button', { name: 'Register a passkey', exact: true }).press('Enter');
  await said().filter({ hasText: 'The passkey of ana is registered' }).waitFor();
  await accessible('sign-in');
  await page.getByRole('button', { name: 'Sign in with a passkey' }).press('Enter');
  await page.locator('#taps-now').waitFor();
  expect(new URL(page.url()).pathname).toBe('/console/');
  const navigation = page.getByRole('navigation');
  expect(await navigation.innerText()).toContain('ana (clerk, inspector)');
  expect(await navigation.getByRole('link', { name: 'Alerts' }).count()).toBe(0);
  expect(await navigation.getByRole('link', { name: 'Approvals' }).count()).toBe(1);
  expect(await page.evaluate('document.cookie')).toBe('');
  await accessible('centre');

  await page.getByRole('link', { name: 'ana' }).click();
  await page.getByText('Ana’s phone: added').waitFor();
  await page.getByLabel('What it is for').fill('prometheus');
  await page.getByLabel('clerk').check();
  await page.getByRole('button', { name: 'Make an access token' }).click();
  await page.locator('#made-token code').waitFor();
  const token = await page.locator('#made-token code').innerText();
  const asked = await fetch(`${service.url}/totals`, { headers: { authorization: `Bearer ${token}` } });
  expect(asked.status).toBe(200);
  await page.getByRole('button', { name: 'Remove: Ana’s phone' }).click();
  await said().filter({ hasText: 'the last passkey stays' }).waitFor();
  await accessible('account');

  await page.getByRole('button', { name: 'Sign out', exact: true }).click();
  await page.waitForURL('**/sign-in.html');
  await page.goto(service.origin);
  await page.waitForURL('**/sign-in.html');
});

test('who lost every passkey registers another by a code, in the other language too', async () => {
  const { text, digest } = newRecoveryCode((count) => Uint8Array.from(randomBytes(count)));
  await central.people.recover({ name: 'ana', digest, validMs: 60_000 }, REASON);
  await page.goto(`${service.origin}/sign-in.html`);
  await page.getByLabel('Language').selectOption('sl');
  await page.getByLabel('Vaše ime tukaj').fill('Ana');
  await page.getByLabel('Koda').fill(text.replace(/.$/, (last) => (last === '7' ? '8' : '7')));
  await page.getByRole('button', { name: 'Registriraj nov ključ za dostop' }).click();
  await said().filter({ hasText: 'v kodi je napaka: preberite jo še enkrat' }).waitFor();
  await page.getByLabel('Koda').fill(text);
  await plugIn(); // the device that was bought instead
  await page.getByRole('button', { name: 'Registriraj nov ključ za dostop' }).click();
  await said().filter({ hasText: 'Ključ za dostop osebe ana je registriran' }).waitFor();
  expect(await central.people.passkeys('ana')).toHaveLength(2);
  expect(await central.people.sessions('ana')).toEqual([]);
  await accessible('recovered');
});
