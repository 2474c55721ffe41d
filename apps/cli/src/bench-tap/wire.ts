/** What a tap takes on the air, computed: ISO/IEC 14443 types A and B between a reader and a card, at four bit rates. */

/** Bit rates of ISO/IEC 14443-3, in kbit/s. */
export const BIT_RATES = [106, 212, 424, 848] as const;

/** One exchange: APDUs to the card and back, in bytes. */
export interface ExchangeBytes {
  readonly sent: number;
  readonly received: number;
}

/** A byte with its parity. */
const BITS_PER_BYTE = 9;
/** Prologue and CRC of a block (ISO/IEC 14443-4 clause 7.1). */
const BLOCK_BYTES = 3;
/** FSC of an MF2DLHX0 as delivered: what one block has room for, prologue and CRC included. */
const FRAME_BYTES = 128;
/** Least frame delay time (ISO/IEC 14443-3 clause 6.2.1.1). */
const DELAY_MS = 0.086;
/** From the field to the selected card: a figure of its own, the same at each rate. */
export const ACTIVATION_MS = 11;

/** @returns milliseconds, activation included, the card's own computing not */
export function wireMs(exchanges: readonly ExchangeBytes[], kilobitsPerSecond: number): number {
  return exchanges.reduce((sum, { sent, received }) => {
    const blocks = blocksOf(sent) + blocksOf(received);
    // Each block but the last of a chain is answered by an R-block of its own.
    const acknowledged = blocks - 2;
    const bytes = sent + received + (blocks + acknowledged) * BLOCK_BYTES;
    // t = bytes · 9 / rate + blocks · 86 µs
    return sum + (bytes * BITS_PER_BYTE) / kilobitsPerSecond + (blocks + acknowledged) * DELAY_MS;
  }, ACTIVATION_MS);
}

function blocksOf(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / (FRAME_BYTES - BLOCK_BYTES)));
}
