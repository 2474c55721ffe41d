/** The corner of the screen, where the driver reads why the centre takes nothing. */
import axe from 'axe-core';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ENGLISH } from '../../src/words/english.ts';
import { SLOVENE } from '../../src/words/slovene.ts';
import { stage, VALIDATOR } from '../scene.ts';
import { StandInCentre } from './stand-in-centre.ts';

let browser: Browser;
let centre: StandInCentre;
beforeAll(async () => {
  browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  });
  centre = await StandInCentre.start();
});
afterAll(async () => {
  await browser?.close();
  await centre?.stop();
});

test.each([
  [1024, 600],
  [480, 800],
])('at %d × %d it says why, in both languages, hides nothing, and a person may tap', async (width, height) => {
  centre.no.set('/batches', { status: 403, code: 'terminal-suspended' });
  const scene = await stage({ ...VALIDATOR, centre: { url: centre.url, uploadEvery: '10ms' } });
  const page = await browser.newPage({ viewport: { width, height } });
  try {
    scene.terminal.unsent = { count: 12_345, amount: 1, oldestTime: 1 };
    scene.terminal.nextBatch = async () => ({ from: 1, to: 1, form: 'signed', bytes: Uint8Array.of(1) });
    await page.goto(scene.service.url);
    await page.getByText(SLOVENE.notAccepted['terminal-suspended']).waitFor();
    await scene.tap();
    await page.locator('body[data-message=go]').waitFor();
    await page.getByRole('button', { name: 'English' }).click();
    await page.getByText(ENGLISH.notAccepted['terminal-suspended']).waitFor();
    const isCut = await page.evaluate(
      () => document.documentElement.scrollWidth > document.documentElement.clientWidth,
    );
    expect(isCut).toBe(false);
    await page.evaluate(axe.source);
    const { violations } = (await page.evaluate('axe.run()')) as { violations: { id: string }[] };
    expect(violations.map(({ id }) => id)).toEqual([]);
    const folder = process.env.RETAP_SCREENSHOTS;
    if (folder) await page.screenshot({ path: `${folder}/not-accepted-${width}.png` });
  } finally {
    await page.close();
    await scene.service.stop();
  }
});
