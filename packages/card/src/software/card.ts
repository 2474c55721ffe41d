/**
 * A software card: a test double for the public MF2DLHX0 command set and the EV2 commands that personalise it. No silicon has
 * been tested.
 *
 *     blank ─▶ powered ◀──reset── off, or mute after a power cut
 *                 │ ▲
 *      transmit: frame ─▶ command ─▶ opened ─▶ carried out ─▶ sealed ─▶ frames
 *
 * What is in memory lasts; selection, session, chained frames and the open transaction are in RAM and end with the power.
 *
 * What public documents leave open is assumed in the way that is hardest on a reader:
 * - every refused command ends the session and forgets the transaction (documented for integrity errors and authentication);
 * - CommitReaderID enters the transaction MAC as TMRI ‖ EncTMRI, once a transaction;
 * - a commit that lacks the CommitReaderID that the file asks for, and a command for another kind of file, are 9D;
 * - AbortTransaction with nothing read or changed is 0C.
 */

import type { KeyOfValue, RandomBytes } from '../port.ts';
import { Exchange } from './exchange.ts';
import { formatAnswer, formatWord, frameDataBytes, ISO, parseFrame } from './frame.ts';
import { encodeState, identityPage, readUid, UID_BYTES } from './image.ts';
import { isoSelect } from './iso-select.ts';
import { readState, recover, storeState } from './journal.ts';
import { type CardMemory, CardPowerLost, PAGE_BYTES } from './memory.ts';
import { PoweredCard } from './powered-card.ts';
import { FACTORY } from './state.ts';

/**
 * FSC of an MF2DLHX0 as delivered: 128 bytes to and from the card in one block. It bounds an answer's frame.
 */
const FRAME_BYTES = 128;
const FRAME_BYTES_MIN = 64;
const MUTE = new Uint8Array(0);

export interface SoftwareCardOptions {
  readonly keyOfValue: KeyOfValue;
  readonly random: RandomBytes;
  readonly memory: CardMemory;
  /** FSC, 64 … 256; 128 where it is not given. */
  readonly frameBytes?: number;
}

export class SoftwareCard {
  /** Serial number of the chip, 7 bytes. */
  readonly uid: Uint8Array;
  readonly #options: SoftwareCardOptions;
  readonly #frameBytes: number;
  #exchange: Exchange | null = null;

  private constructor(options: SoftwareCardOptions) {
    this.#options = options;
    this.#frameBytes = options.frameBytes ?? FRAME_BYTES;
    if (this.#frameBytes < FRAME_BYTES_MIN || this.#frameBytes > 256) {
      throw new RangeError(`frameBytes is ${this.#frameBytes}; a card has 64 to 256`);
    }
    this.uid = readUid(options.memory);
    this.reset();
  }

  /** A card as it leaves the factory: no application, all keys zero. What was in the memory is gone. */
  static blank(options: SoftwareCardOptions & { readonly uid: Uint8Array }): SoftwareCard {
    const { memory, uid } = options;
    if (uid.length !== UID_BYTES) throw new RangeError(`a card's uid has ${UID_BYTES} bytes, not ${uid.length}`);
    const state = encodeState(FACTORY);
    if (state === null) throw new Error('the factory state does not fit a card');
    // Not a card until all of it is there.
    memory.write(0, new Uint8Array(PAGE_BYTES));
    storeState(memory, readState(memory), state);
    memory.write(0, identityPage(uid));
    return new SoftwareCard(options);
  }

  /**
   * A card that was made before, put into the field. A change that lost its power is completed or forgotten.
   *
   * @throws CardImageError where the memory does not hold a card of ours
   */
  static powerOn(options: SoftwareCardOptions): SoftwareCard {
    return new SoftwareCard(options);
  }

  /** The field goes: the card is mute, and what was in RAM is gone. */
  powerOff(): void {
    this.#exchange?.end();
    this.#exchange = null;
  }

  /** The field comes, or comes again. @throws CardImageError where the image was damaged meanwhile */
  reset(): void {
    this.powerOff();
    try {
      recover(this.#options.memory);
    } catch (error) {
      if (error instanceof CardPowerLost) return;
      throw error;
    }
    this.#exchange = new Exchange(new PoweredCard(this.uid, this.#options), this.#options.random);
  }

  /** A command and its whole answer; nothing where the card has no power, or loses it. */
  transmit(command: Uint8Array): Uint8Array {
    if (this.#exchange === null) return MUTE;
    try {
      return this.#answer(this.#exchange, command);
    } catch (error) {
      if (!(error instanceof CardPowerLost)) throw error;
      this.powerOff();
      return MUTE;
    }
  }

  #answer(exchange: Exchange, command: Uint8Array): Uint8Array {
    const frame = parseFrame(command, (code) => exchange.knows(code));
    switch (frame.form) {
      case 'refused':
        return formatWord(frame.word);
      case 'uid':
        return formatWord(ISO.success, this.uid);
      case 'iso':
        exchange.interrupt();
        return formatWord(isoSelect(exchange.card, frame.parameters, frame.data));
      case 'native':
      case 'wrapped': {
        const frameBytes = frameDataBytes(frame.form, this.#frameBytes);
        const { status, data } = exchange.run(frame.code, frame.data, frameBytes);
        return formatAnswer(frame.form, status, data);
      }
    }
  }
}
