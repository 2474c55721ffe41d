/** A phone: a Chromium of its own with its profile on disk, a camera that sees a file, a clock, and a battery that can be taken out. */
import { cpSync, mkdtempSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type BrowserContext, type CDPSession, chromium, type Page } from 'playwright-core';
import { register, topUp } from '../../../apps/wallet/test/browser.ts';
import { clockScript } from './page-scripts.ts';

const CAMERA_FILE = 'camera.mjpeg';
const PROFILE = 'profile';

export interface HandsetOptions {
  readonly origin: string;
  /** Run in each page before its own scripts. */
  readonly script?: string;
}

const HERE = { executablePath: '/usr/bin/chromium', locale: 'en-GB', viewport: { width: 390, height: 844 } };

export class Handset {
  readonly #folder: string;
  readonly #options: HandsetOptions;
  #context: BrowserContext | null = null;
  #page: Page | null = null;
  #session: CDPSession | null = null;
  #isOffline = false;
  /** What the browser complained of, but for the network. */
  readonly complaints: string[] = [];

  private constructor(folder: string, options: HandsetOptions) {
    this.#folder = folder;
    this.#options = options;
  }

  /** Bought, and switched on; nobody is registered. */
  static async open(options: HandsetOptions): Promise<Handset> {
    const handset = new Handset(mkdtempSync(path.join(tmpdir(), 'retap-handset-')), options);
    await handset.start();
    return handset;
  }

  /** The same, with an account, and so much on it. @param euros as typed: `20.00`; empty: nothing */
  static async registered(options: HandsetOptions, name: string, kind: 'person' | 'merchant', euros = '') {
    const handset = await Handset.open(options);
    await register(handset.page, name, kind);
    if (euros) await topUp(handset.page, euros);
    return handset;
  }

  get page(): Page {
    if (this.#page === null) throw new Error('the phone is off');
    return this.#page;
  }

  get context(): BrowserContext {
    if (this.#context === null) throw new Error('the phone is off');
    return this.#context;
  }

  /** Switched on: the wallet is opened from what the phone has kept, if it is offline. */
  async start(): Promise<void> {
    const camera = path.join(this.#folder, CAMERA_FILE);
    this.#context = await chromium.launchPersistentContext(path.join(this.#folder, PROFILE), {
      ...HERE,
      args: [
        ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
        ...['--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream'],
        `--use-file-for-fake-video-capture=${camera}`,
      ],
      offline: this.#isOffline,
    });
    await this.#context.addInitScript(clockScript);
    if (this.#options.script) await this.#context.addInitScript(this.#options.script);
    this.#page = this.#context.pages()[0] ?? (await this.#context.newPage());
    await this.#opened(this.#page);
    this.#session = await this.#context.newCDPSession(this.#page);
  }

  /** Another tab of the same wallet. */
  async tab(): Promise<Page> {
    const page = await this.context.newPage();
    await this.#opened(page);
    return page;
  }

  async #opened(page: Page): Promise<void> {
    page.setDefaultTimeout(10_000);
    page.on('pageerror', (error) => this.complaints.push(error.message));
    await page.goto(`${this.#options.origin}/wallet/`);
    await page.locator('h1').waitFor();
  }

  /** The page's process is taken away, whatever it was doing; and the wallet is opened anew. */
  async crash(): Promise<void> {
    const page = this.page;
    const next = await this.context.newPage();
    const gone = new Promise((resolve) => page.once('crash', resolve));
    this.#session?.send('Page.crash').catch(() => {});
    await gone;
    await page.close();
    this.#page = next;
    await this.#opened(next);
    this.#session = await this.context.newCDPSession(next);
  }

  /** The battery is taken out. */
  async kill(): Promise<void> {
    const gone = new Promise((resolve) => this.context.once('close', resolve));
    process.kill(
      Number(
        readlinkSync(path.join(this.#folder, PROFILE, 'SingletonLock'))
          .split('-')
          .at(-1),
      ),
      'SIGKILL',
    );
    await gone;
    [this.#context, this.#page] = [null, null];
  }

  /** Switched off, as one does. */
  async off(): Promise<void> {
    await this.#context?.close();
    [this.#context, this.#page] = [null, null];
  }

  /** Another phone with all that is on this one, which is off. */
  copy(): Handset {
    const folder = mkdtempSync(path.join(tmpdir(), 'retap-handset-'));
    cpSync(this.#folder, folder, { recursive: true, filter: (name) => !path.basename(name).startsWith('Singleton') });
    return new Handset(folder, this.#options);
  }

  /** All that was on it is as it was when the copy was made. */
  restore(copy: Handset): void {
    rmSync(this.#folder, { recursive: true });
    cpSync(copy.#folder, this.#folder, { recursive: true });
  }

  async offline(isOffline = true): Promise<void> {
    this.#isOffline = isOffline;
    await this.#context?.setOffline(isOffline);
  }

  /** What stands before its camera from the next scan on. @param pictures JPEG, each shown for a tenth of a second */
  sees(pictures: readonly Uint8Array[]): void {
    // Thirty a second are played.
    writeFileSync(path.join(this.#folder, CAMERA_FILE), Buffer.concat(pictures.flatMap((each) => [each, each, each])));
  }

  /** @param ms ahead of this machine's, from the next look at the clock on */
  async setClock(ms: number): Promise<void> {
    await this.page.evaluate((value) => localStorage.setItem('test-clock-ms', String(value)), ms);
  }

  async discard(): Promise<void> {
    await this.off();
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}
