import type { TapOutcome } from '@retap/terminal';
import axe from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { ReaderError } from '../src/reader.ts';
import type { HoldableCards } from '../src/service-options.ts';
import {
  accountWith,
  CARD,
  cents,
  debitOf,
  INSPECTOR,
  OTHER_CARD,
  POINT_OF_SALE,
  START,
  type Stage,
  stage,
  VALIDATOR,
} from './scene.ts';

let browser: Browser;
let scene: Stage;
let page: Page;

beforeAll(async () => {
  browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  });
});
afterAll(async () => {
  await browser?.close();
});
afterEach(async () => {
  await page?.close();
  await scene?.service.stop();
});

async function openScreen(file: object = VALIDATOR, options: Parameters<Browser['newPage']>[0] = {}): Promise<void> {
  scene = await stage(file);
  page = await browser.newPage({ timezoneId: 'Europe/Ljubljana', viewport: { width: 1024, height: 600 }, ...options });
  await page.goto(scene.service.url);
  await shown('ready');
}

const shown = (kind: string): Promise<void> => page.locator(`body[data-message=${kind}]`).waitFor();
const message = async (): Promise<string> => (await page.locator('#message').innerText()).replace(/\s+/g, ' ');

async function picture(name: string): Promise<void> {
  const folder = process.env.RETAP_SCREENSHOTS;
  if (folder) await page.screenshot({ path: `${folder}/${name}.png` });
}

/** Brings each of the five screens about. */
const SCREENS: Readonly<Record<string, () => Promise<void>>> = {
  ready: async () => {},
  go: () => scene.tap(),
  again: async () => {
    scene.terminal.outcome = debitOf('unverified');
    await scene.tap();
  },
  refused: async () => {
    scene.terminal.outcome = { outcome: 'refused', reason: 'insufficient-balance' };
    await scene.tap();
  },
  'out-of-service': async () => {
    scene.terminal.outcome = { outcome: 'refused', reason: 'unsent-limit' };
    await scene.tap();
  },
};

describe('a passenger sees one message at a time', () => {
  test.each([
    ['sl', 'ready', 'Prislonite kartico Enotna vožnja Za plačilo: 1,30 €'],
    ['sl', 'go', 'Plačano −1,30 € Stanje 8,70 € Hvala.'],
    ['sl', 'again', 'Prislonite še enkrat Kartica je bila odmaknjena prezgodaj. Ne bo vam zaračunano dvakrat.'],
    ['sl', 'refused', 'Premalo dobroimetja Stanje 10,00 € Najprej napolnite kartico.'],
    ['sl', 'out-of-service', 'Ne deluje Preveč neposlanih zapisov Deloval bo, ko bo dosegel središče.'],
    ['en', 'ready', 'Hold your card here Single ride To pay: €1.30'],
    ['en', 'go', 'Paid -€1.30 Balance €8.70 Thank you.'],
    ['en', 'again', 'Hold the card again It left too early. You will not be charged twice.'],
    ['en', 'refused', 'Not enough on the card Balance €10.00 Top it up first.'],
    ['en', 'out-of-service', 'Out of service Too much is not sent yet It serves again once the centre was reached.'],
  ])('in %s, %s: %s', async (language, kind, text) => {
    await openScreen({ ...VALIDATOR, language });
    await SCREENS[kind]!();
    await shown(kind);
    expect(await message()).toBe(text);
    expect(await page.locator('#sign svg path').count()).toBeGreaterThan(0);
  });
});

describe('axe finds nothing', () => {
  test.each([
    ['light', 'sl', 1024, 600],
    ['dark', 'en', 480, 800],
  ] as const)('in %s, %s, %i × %i', async (colorScheme, language, width, height) => {
    for (const [kind, bring] of Object.entries(SCREENS)) {
      await openScreen({ ...VALIDATOR, language }, { colorScheme, viewport: { width, height }, bypassCSP: true });
      await bring();
      await shown(kind);
      await picture(`${kind}-${colorScheme}-${language}`);
      await page.evaluate(axe.source);
      expect(await violations()).toEqual([]);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(overflow).toBeLessThanOrEqual(0);
      await page.close();
      await scene.service.stop();
    }
  });

  test.each(['light', 'dark'] as const)('at a point of sale with its keypad open, %s', async (colorScheme) => {
    await openScreen(POINT_OF_SALE, { colorScheme, bypassCSP: true });
    await page.evaluate(axe.source);
    await picture(`sale-${colorScheme}`);
    expect(await violations()).toEqual([]);
    await page.keyboard.press('0');
    await page.keyboard.type('1250');
    await picture(`keypad-${colorScheme}`);
    expect(await violations()).toEqual([]);
  });
});

async function violations(): Promise<unknown[]> {
  const found = (await page.evaluate('axe.run()')) as { violations: { id: string; nodes: { html: string }[] }[] };
  return found.violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]);
}

describe('a driver or clerk chooses', () => {
  test('an offer by its digit; the next tap gets it, the one after that the default', async () => {
    await openScreen();
    await page.keyboard.press('2');
    await expect.poll(message).toContain('Prislonite kartico za prijavo');
    await scene.tap();
    await shown('go');
    scene.terminal.outcome = debitOf('unverified');
    await scene.tap(OTHER_CARD);
    expect(scene.terminal.requests.map(({ type }) => type)).toEqual(['validation', 'debit']);
  });

  test('and Escape takes it back', async () => {
    await openScreen();
    await page.keyboard.press('2');
    await expect.poll(message).toContain('za prijavo');
    await page.keyboard.press('Escape');
    await expect.poll(message).toContain('Enotna vožnja');
  });

  test('an amount on the keypad, by keyboard alone', async () => {
    await openScreen(POINT_OF_SALE);
    expect(await message()).toBe('Hold the card to read it');
    await page.keyboard.press('0');
    await page.keyboard.type('12500');
    await page.keyboard.press('Backspace');
    await page.keyboard.press('Enter');
    await expect.poll(message).toBe('Hold your card here To pay: €12.50');
    const pressed = page.locator('#offers [aria-pressed=true]');
    expect(await pressed.allInnerTexts()).toEqual([expect.stringContaining('Other amount')]);
    await scene.tap();
    expect(scene.terminal.requests).toEqual([{ type: 'debit', amount: 1250 }]);
  });

  test('but a message never stands behind the keypad', async () => {
    await openScreen(POINT_OF_SALE);
    await page.keyboard.press('0');
    await page.locator('dialog[open]').waitFor();
    await scene.tap();
    await shown('account');
    expect(await page.locator('dialog[open]').count()).toBe(0);
    await page.keyboard.press('0');
    await page.locator('dialog[open]').waitFor();
    await scene.service.stop();
    await shown('out-of-service');
    expect(await page.locator('dialog[open]').count()).toBe(0);
  });

  test('a product with its period from the tap on', async () => {
    await openScreen(POINT_OF_SALE);
    await page.locator('[data-offer="2"]').click();
    await expect.poll(message).toBe('Hold the card to buy Monthly pass To pay: €37.00');
    await scene.tap();
    const product = { code: 'month', validFrom: START, validUntil: START + 30 * 86_400_000 };
    expect(scene.terminal.requests).toEqual([{ type: 'purchase', price: 3700, product }]);
  });
});

describe('nothing of a message is cut', () => {
  test.each([
    [1024, 600],
    [480, 800],
  ])('at %i × %i, with nine offers and many cards below it', async (width, height) => {
    const offers = Array.from({ length: 9 }, () => VALIDATOR.offers[0]);
    const cards = ['anna', 'bor', 'cene', 'darja', 'eva', 'filip', 'gaja', 'hana', 'ivan'];
    const strip: HoldableCards = {
      watch: (watcher) => watcher(cards.map((name) => ({ name, isHeld: false }))),
      hold: () => {},
      pull: () => {},
    };
    scene = await stage({ ...VALIDATOR, offers }, { cards: strip });
    page = await browser.newPage({ viewport: { width, height } });
    await page.goto(scene.service.url);
    await shown('ready');
    const outcomes: [string, string, TapOutcome][] = [
      ['go', CARD, debitOf('successful')],
      ['again', OTHER_CARD, debitOf('unverified')],
      ['refused', OTHER_CARD, { outcome: 'refused', reason: 'medium-denied' }],
      ['out-of-service', OTHER_CARD, { outcome: 'refused', reason: 'unsent-limit' }],
    ];
    for (const [kind, card, outcome] of outcomes) {
      scene.terminal.outcome = outcome;
      await scene.tap(card);
      await shown(kind);
      await picture(`crowded-${kind}-${width}`);
      const cut = await page.evaluate(() => {
        const room = document.querySelector('main');
        return (room?.scrollHeight ?? 0) - (room?.clientHeight ?? 0);
      });
      expect([kind, cut]).toEqual([kind, 0]);
    }
  });
});

test('an inspector sees balance, products and the last taps', async () => {
  await openScreen(INSPECTOR);
  scene.accounts.set(CARD, {
    ...accountWith(1234),
    products: [{ id: '17-1', code: 'month', validUntil: Date.UTC(2026, 3, 1), uses: 3 }],
    log: [{ time: Date.UTC(2026, 2, 1, 12), terminal: 18, amount: cents(-130), balance: cents(1234) }],
  });
  await scene.tap();
  await shown('account');
  await picture('account');
  const text = await message();
  expect(text).toContain(`Card ${CARD} Balance €12.34`);
  expect(text).toContain('month, until 1 Apr 2026, 02:00, used 3×');
  expect(text).toContain('1 Mar 2026, 13:00 · Terminal 18 · -€1.30');
  expect(scene.terminal.requests).toEqual([]);
});

describe('cards in this process', () => {
  test('are held and pulled away on a strip, by keyboard too', async () => {
    const asked: string[] = [];
    let show: Parameters<HoldableCards['watch']>[0] = () => {};
    const cards: HoldableCards = {
      watch: (watcher) => {
        show = watcher;
      },
      hold: (name, leaves) => {
        asked.push(`hold ${name} ${leaves}`);
        show([{ name, isHeld: true }]);
      },
      pull: () => {
        asked.push('pull');
        show([{ name: 'anna', isHeld: false }]);
      },
    };
    scene = await stage({ ...VALIDATOR, language: 'en' }, { cards });
    page = await browser.newPage({ viewport: { width: 1024, height: 600 }, bypassCSP: true });
    await page.goto(scene.service.url);
    show([{ name: 'anna', isHeld: false }]);
    await page.getByRole('button', { name: 'Hold anna' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Pull away anna' }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByLabel('It leaves').selectOption('after the commit');
    await page.getByRole('button', { name: 'Hold anna' }).click();
    await expect.poll(() => asked).toEqual(['hold anna when-pulled', 'pull', 'hold anna after-commit']);
    await picture('cards');
    await page.evaluate(axe.source);
    expect(await violations()).toEqual([]);
  });

  test('are not to be seen where the reader is a real one', async () => {
    await openScreen();
    expect(await page.locator('#cards').isVisible()).toBe(false);
  });
});

test('the language is switched on the screen', async () => {
  await openScreen();
  await page.locator('[data-language=en]').click();
  expect(await message()).toBe('Hold your card here Single ride To pay: €1.30');
  expect(await page.locator('html').getAttribute('lang')).toBe('en');
});

test('a reader that goes is out of service, and ready once it is back', async () => {
  await openScreen();
  scene.reader.breakWith(new ReaderError('reader-missing', 'unplugged'));
  await shown('out-of-service');
  expect(await message()).toContain('Ni čitalnika kartic');
  scene.reader.breakWith(null);
  await shown('ready');
});

test('a terminal that ends is out of service within two seconds, and never goes on saying go', async () => {
  await openScreen();
  await scene.tap();
  await shown('go');
  const begin = Date.now();
  await scene.service.stop();
  await shown('out-of-service');
  expect(Date.now() - begin).toBeLessThan(2_000);
  expect(await message()).toContain('Ne deluje');
});

test('a terminal that hangs with its socket open is out of service within two seconds, and back when it speaks', async () => {
  let isSilent = false;
  scene = await stage();
  page = await browser.newPage();
  await page.routeWebSocket('**/screen', (route) => {
    const server = route.connectToServer();
    server.onMessage((data) => {
      if (!isSilent) route.send(data);
    });
  });
  await page.goto(scene.service.url);
  await scene.tap();
  await shown('go');
  isSilent = true;
  const begin = Date.now();
  await shown('out-of-service');
  expect(Date.now() - begin).toBeLessThan(2_000);
  isSilent = false;
  await shown('go');
});

test('each outcome sounds, and sounds differently; none sounds twice, or when it is turned off', async () => {
  scene = await stage();
  page = await browser.newPage();
  await page.addInitScript(() => {
    const played: number[] = [];
    Object.assign(globalThis, { played });
    globalThis.OscillatorNode = new Proxy(OscillatorNode, {
      construct: (Tone, [context, options]: [BaseAudioContext, OscillatorOptions]) => {
        played.push(options.frequency ?? 0);
        return new Tone(context, options);
      },
    });
  });
  await page.goto(scene.service.url);
  await shown('ready');
  await page.keyboard.press('Shift');
  await page.locator('#sound[data-sound=on]').waitFor();
  const played = (): Promise<number[]> => page.evaluate(() => (globalThis as unknown as { played: number[] }).played);
  const sounds: number[][] = [];
  const outcomes: [string, string, TapOutcome][] = [
    ['go', CARD, debitOf('successful')],
    ['again', OTHER_CARD, debitOf('unverified')],
    ['refused', OTHER_CARD, { outcome: 'refused', reason: 'medium-denied' }],
  ];
  for (const [kind, card, outcome] of outcomes) {
    const before = (await played()).length;
    scene.terminal.outcome = outcome;
    await scene.tap(card);
    await shown(kind);
    sounds.push((await played()).slice(before));
  }
  expect(sounds).toEqual([
    [880, 1319],
    [660, 660, 660],
    [196, 147],
  ]);
  await scene.tap();
  await expect.poll(async () => (await played()).length).toBe(9);
  await page.locator('#sound').click();
  scene.terminal.outcome = debitOf('successful');
  await scene.tap();
  await shown('go');
  expect(await played()).toHaveLength(9);
  await page.locator('#sound').click();
  await page.reload();
  await shown('go');
  await page.keyboard.press('Shift');
  await page.locator('#sound[data-sound=on]').waitFor();
  expect(await played()).toEqual([]);
});

test('who opens the page later sees what is', async () => {
  await openScreen();
  await scene.tap();
  await page.reload();
  await shown('go');
});

test('sound is off until the page is touched, and can be turned off', async () => {
  await openScreen();
  const sound = page.locator('#sound');
  expect(await sound.getAttribute('data-sound')).toBe('locked');
  await page.keyboard.press('Shift');
  await page.locator('#sound[data-sound=on]').waitFor();
  await sound.click();
  expect(await sound.innerText()).toBe('Zvok je izklopljen');
});

test('breaks no rule of its own security policy, and asks nobody else for anything', async () => {
  scene = await stage();
  page = await browser.newPage();
  const complaints: string[] = [];
  page.on('console', (line) => {
    if (line.type() === 'error') complaints.push(line.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    if (!request.url().startsWith(scene.service.url)) complaints.push(request.url());
  });
  await page.goto(scene.service.url);
  await shown('ready');
  expect(complaints).toEqual([]);
});
