/** One conversation with the card in the field. */
import { setTimeout as sleep } from 'node:timers/promises';
import { fromHex } from '@retap/card';
import type { HeldCard } from '../reader.ts';
import { meaningOf } from './error.ts';
import type { PcscLink } from './link.ts';

/** Get Data, UID: PC/SC part 3, 3.2.2.1.3. The reader answers it, not the card. */
const GET_UID = Uint8Array.of(0xff, 0xca, 0x00, 0x00, 0x00);
/** Bytes of the serial number of a card fit to be a medium, ISO/IEC 14443-3. */
const UID_LENGTH = 7;

/** SCARD_E_SHARING_VIOLATION: pcscd has not yet given up the conversation of a process that was ended. */
const SHARED = 0x8010000b;
const CONNECT_ATTEMPTS = 10;
const CONNECT_PAUSE_MS = 20;

/** pcscd and driver have this long beside the card's own deadline for the activation of a card, in milliseconds. */
const ACTIVATION_MS = 1_000;

const NOTHING: Uint8Array = new Uint8Array();

/** @returns the card, or why it is none that can be spoken to */
export async function holdCard(link: PcscLink, deadlineMs: number): Promise<HeldCard | string> {
  const code = await connect(link, deadlineMs + ACTIVATION_MS);
  if (code === null) return 'the card is mute';
  if (code !== 0) return `PC/SC answers ${meaningOf(code)}`;
  const answer = await link.call('transmit', deadlineMs, GET_UID);
  const bytes = fromHex(answer?.bytes ?? '');
  const uid = bytes.subarray(0, -2);
  if (uid.length === UID_LENGTH && bytes.at(-2) === 0x90 && bytes.at(-1) === 0x00) {
    return new PcscCard(link, uid, deadlineMs);
  }
  if (answer !== null) await link.call('disconnect', deadlineMs + ACTIVATION_MS);
  return bytes.length === 0 ? 'the card left' : `the reader gives no serial number of ${UID_LENGTH} bytes`;
}

async function connect(link: PcscLink, deadlineMs: number): Promise<number | null> {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await link.call('connect', deadlineMs);
    if (answer === null) return null;
    if (answer.code !== SHARED || attempt === CONNECT_ATTEMPTS) return answer.code;
    await sleep(CONNECT_PAUSE_MS);
  }
}

class PcscCard implements HeldCard {
  readonly uid: Uint8Array;
  readonly #link: PcscLink;
  readonly #deadlineMs: number;
  /** It answered nothing once, or was closed: whatever it says later belongs to no command of ours. */
  #isOver = false;
  /** Nothing of it is connected any more: to disconnect could only hit the next card. */
  #isGone = false;

  constructor(link: PcscLink, uid: Uint8Array, deadlineMs: number) {
    this.#link = link;
    this.uid = uid;
    this.#deadlineMs = deadlineMs;
  }

  async transmit(command: Uint8Array): Promise<Uint8Array> {
    if (this.#isOver) return NOTHING;
    const answer = await this.#link.call('transmit', this.#deadlineMs, command);
    // A card that leaves in flight gives 0x80100016, 0x80100069, or success and not one byte; a part of an answer is
    // handed on as it came, for only a valid MAC says what the card did.
    if (answer === null || answer.code !== 0 || answer.bytes === '') {
      this.#isOver = true;
      this.#isGone = answer === null;
      return NOTHING;
    }
    return fromHex(answer.bytes);
  }

  async close(): Promise<void> {
    if (this.#isGone) return;
    this.#isOver = true;
    this.#isGone = true;
    await this.#link.call('disconnect', this.#deadlineMs + ACTIVATION_MS);
  }
}
