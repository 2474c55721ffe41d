/** The field of a reader, for looking at a tap: names each exchange, counts its bytes, pulls the card away where it is told. */
import { type CardChannel, FILES, type SoftwareCard } from '@retap/card';

export interface Exchange {
  readonly name: string;
  readonly sent: number;
  readonly received: number;
}

/** Where the card leaves the field. */
export interface TearPoint {
  /** Which exchange: its number, from 1, or its name. */
  readonly exchange: number | string;
  /** `before`: the command does not reach the card. `after`: it does, and the answer is lost. */
  readonly when: 'before' | 'after';
  /** Bytes of the answer that still come, where it is lost `after`. */
  readonly keepBytes?: number;
}

/** Names of exchanges; one that comes again in a tap has `:2` behind, and so on. */
export const STEPS = [
  ...['select', 'authenticate-1', 'authenticate-2', 'get-value', 'read-last', 'read-products', 'read-log'],
  ...['abort', 'debit', 'credit', 'write-last', 'write-products', 'write-log', 'commit-reader-id', 'commit'],
] as const;
type Step = (typeof STEPS)[number];

const BY_CODE: Readonly<Record<number, Step>> = {
  ...{ 113: 'authenticate-1', 175: 'authenticate-2', 108: 'get-value', 167: 'abort', 220: 'debit', 12: 'credit' },
  ...{ 171: 'read-log', 187: 'read-log', 139: 'write-log', 59: 'write-log', 200: 'commit-reader-id', 199: 'commit' },
};
const READ_DATA: readonly number[] = [0xad, 0xbd];
const WRITE_DATA: readonly number[] = [0x8d, 0x3d];
const NOTHING = new Uint8Array(0);

export class Field implements CardChannel {
  readonly uid: Uint8Array;
  readonly exchanges: Exchange[] = [];
  readonly #card: SoftwareCard;
  readonly #tear: TearPoint | null;
  #torn: { readonly exchange: number; readonly name: string } | null = null;

  constructor(card: SoftwareCard, tear: TearPoint | null = null) {
    this.uid = card.uid;
    this.#card = card;
    this.#tear = tear;
  }

  /** The exchange at which the card left; null while it is there. */
  get torn(): { readonly exchange: number; readonly name: string } | null {
    return this.#torn;
  }

  /** Bytes of all exchanges so far. */
  get bytes(): { readonly sent: number; readonly received: number } {
    const sum = (of: 'sent' | 'received'): number => this.exchanges.reduce((total, each) => total + each[of], 0);
    return { sent: sum('sent'), received: sum('received') };
  }

  async transmit(command: Uint8Array): Promise<Uint8Array> {
    if (this.#torn) return NOTHING;
    const name = this.#nameOf(command);
    const number = this.exchanges.length + 1;
    const tear = this.#tear?.exchange === number || this.#tear?.exchange === name ? this.#tear : null;
    const isSeen = tear?.when !== 'before';
    const whole = isSeen ? this.#card.transmit(command) : NOTHING;
    const answer = tear ? whole.slice(0, tear.keepBytes ?? 0) : whole;
    this.exchanges.push({ name, sent: command.length, received: answer.length });
    // A card without an answer has lost its power by itself.
    if (tear || whole.length === 0) {
      this.#torn = { exchange: number, name };
      this.#card.powerOff();
    }
    return answer;
  }

  #nameOf(command: Uint8Array): string {
    const step = stepOf(command);
    const times = this.exchanges.filter(({ name }) => name.split(':')[0] === step).length + 1;
    return times === 1 ? step : `${step}:${times}`;
  }
}

/** @param command ISO/IEC 7816-4 frame: 00 A4 …, or a native command in 90 INS 00 00 Lc data 00 */
function stepOf(command: Uint8Array): string {
  const [frameClass, code = 0, , , , first] = command;
  if (frameClass === 0x00) return 'select';
  const isOfLast = first === FILES.last;
  if (READ_DATA.includes(code)) return isOfLast ? 'read-last' : 'read-products';
  if (WRITE_DATA.includes(code)) return isOfLast ? 'write-last' : 'write-products';
  return BY_CODE[code] ?? `command-${code.toString(16)}`;
}
