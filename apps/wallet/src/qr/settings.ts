/** How codes are drawn and read. `test/qr-robustness.test.ts` holds these to pictures of bad cameras; docs/wallet-proof.md has the figures. */
import type { QrOpts } from 'qr';
import type { ReaderOptions } from 'zxing-wasm/reader';

/**
 * Level M: a payment has 77 modules a side, and is read with a finger on a tenth of it. (L: 69, and no more than a twentieth; Q: 89, and
 * read from less far.)
 */
export const DRAWN = { ecc: 'medium', encoding: 'alphanumeric', border: 4 } as const satisfies QrOpts;

/** A text longer than this is shown in frames. */
export const LETTERS_MAX = 700;

/** Whatever angle a code stands at is read without trying others; nothing here is white on black. */
export const READ = {
  formats: ['QRCode'],
  maxNumberOfSymbols: 1,
  tryHarder: true,
  tryRotate: false,
  tryInvert: false,
  tryDownscale: false,
} satisfies ReaderOptions;
