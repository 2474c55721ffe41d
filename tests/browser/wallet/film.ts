/** What one phone shows, as the camera of another sees it: its screen, held a little crooked, filmed. */
import type { Browser, Page } from 'playwright-core';
import { launch } from '../../../apps/wallet/test/browser.ts';
import type { Handset } from './handset.ts';

const CAMERA = { width: 640, height: 480 };
/** Of a code that moves: some are seen twice, some never. */
const PICTURES = 16;

/** Where the films are made: a browser of its own, that nobody looks at. */
export class Studio {
  readonly #browser: Browser;
  readonly #page: Page;

  private constructor(browser: Browser, page: Page) {
    this.#browser = browser;
    this.#page = page;
  }

  static async open(): Promise<Studio> {
    const browser = await launch();
    const page = await browser.newPage({ viewport: CAMERA });
    await page.setContent(SCENE);
    return new Studio(browser, page);
  }

  /** From now on `seenBy` has the code on that screen in front of its camera. */
  async film(shown: Page, seenBy: Handset, isMoving = false): Promise<void> {
    const code = shown.locator('canvas.qr');
    await code.waitFor();
    const shots: Buffer[] = [];
    for (let picture = 0; picture < (isMoving ? PICTURES : 1); picture += 1) {
      shots.push(await code.screenshot({ type: 'png', scale: 'css' }));
    }
    const pictures: Buffer[] = [];
    for (const shot of shots) {
      await this.#page.evaluate(
        async (source) => {
          const screen = document.querySelector('img') as HTMLImageElement;
          screen.src = source;
          await screen.decode();
        },
        `data:image/png;base64,${shot.toString('base64')}`,
      );
      pictures.push(await this.#page.screenshot({ type: 'jpeg', quality: 85 }));
    }
    seenBy.sees(pictures);
  }

  close(): Promise<void> {
    return this.#browser.close();
  }
}

/** A table, the light from one side, the phone turned by some degrees and tilted; the lens not quite sharp. */
const SCENE = `<style>
  body { margin: 0; height: 480px; overflow: hidden; background: linear-gradient(100deg, #6b6257, #2d2a26); perspective: 900px; }
  img { position: absolute; left: 130px; top: 45px; width: 380px; padding: 12px; background: #fff; border-radius: 18px;
    transform: rotateX(14deg) rotateY(-11deg) rotateZ(5deg); filter: blur(.45px) brightness(.86); }
</style><img alt="">`;
