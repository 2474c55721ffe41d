/**
 * A PN532 with a card before its antenna, as far as libnfc needs one: frames of its high-speed UART and the commands of
 * an initiator, after NXP's user manual of the chip (UM0701-02, chapters 6 and 7).
 */
import type { PluggableCard } from '../../../apps/terminal/src/vpcd/plug.ts';

/** Frames, chapter 6.2.1. Host to chip, chip to host. */
const FROM_HOST = 0xd4;
const TO_HOST = 0xd5;
const ACK = Buffer.from('0000ff00ff00', 'hex');
const SYNTAX_ERROR = Buffer.from('0000ff01ff7f8100', 'hex');
/** The most that a normal frame holds; a card's frame of 64 bytes is far below. */
const NORMAL_MAX = 255;

/** SENS_RES and SEL_RES of a DESFire with 7 bytes of UID (NXP AN10833), and the ATS it is told by. */
const SENS_RES = [0x03, 0x44] as const;
const SEL_RES = 0x20;
const ATS = [0x06, 0x75, 0x77, 0x81, 0x02, 0x80] as const;

/** Error codes of chapter 7.1; 0 is none. */
const NO_ERROR = 0x00;
const TIMEOUT = 0x01;
const NOT_ACTIVATED = 0x27;

/** BrTy of InListPassiveTarget: 106 kbit/s type A. */
const TYPE_A_106 = 0x00;
/** RFConfiguration's item for the field; bit 0 of its value switches it. */
const RF_FIELD = 0x01;

export class Pn532 {
  readonly #card: PluggableCard;
  readonly #send: (frame: Buffer) => void;
  #received: Buffer = Buffer.alloc(0);
  #isActivated = false;
  /** What the host wrote into the chip's registers. */
  readonly #registers = new Map<number, number>();

  constructor(card: PluggableCard, send: (frame: Buffer) => void) {
    this.#card = card;
    this.#send = send;
  }

  /** Takes bytes as they come from the line; anything outside a frame only wakes the chip. */
  receive(bytes: Buffer): void {
    this.#received = Buffer.concat([this.#received, bytes]);
    for (;;) {
      const start = this.#received.indexOf(Buffer.of(0x00, 0xff));
      if (start === -1) return;
      const length = this.#received[start + 2];
      // LEN, LCS; TFI, command and parameters; DCS. An acknowledgement of the host has none of the latter.
      const end = start + 4 + (length === undefined || length === 0 ? 0 : length + 1);
      if (length === undefined || this.#received.length < end) return;
      const body = this.#received.subarray(start + 4, start + 4 + length);
      this.#received = this.#received.subarray(end);
      if (length > 0) this.#take(body);
    }
  }

  /** @param body TFI, command, parameters */
  #take(body: Buffer): void {
    const code = body[1];
    if (body[0] !== FROM_HOST || code === undefined) {
      this.#send(SYNTAX_ERROR);
      return;
    }
    this.#send(ACK);
    const answer = this.#answer(code, body.subarray(2));
    this.#send(answer === null ? SYNTAX_ERROR : frameOf([TO_HOST, code + 1, ...answer]));
  }

  /** Chapters 7.2 and 7.3. */
  #answer(code: number, parameters: Buffer): readonly number[] | null {
    switch (code) {
      case 0x00: // Diagnose: the test of the line comes back as it is
        return parameters[0] === 0 ? [...parameters] : null;
      case 0x02: // GetFirmwareVersion: PN532, 1.6, ISO 14443 A and B and ISO 18092
        return [0x32, 0x01, 0x06, 0x07];
      case 0x06: // ReadRegister
        return pairs(parameters).map((address) => this.#registers.get(address) ?? 0);
      case 0x08: // WriteRegister
        for (let at = 0; at + 2 < parameters.length; at += 3) {
          this.#registers.set(parameters.readUInt16BE(at), parameters[at + 2] ?? 0);
        }
        return [];
      case 0x12: // SetParameters
      case 0x14: // SAMConfiguration
        return [];
      case 0x16: // PowerDown
        this.#leaveField();
        return [NO_ERROR];
      case 0x32: // RFConfiguration
        if (parameters[0] === RF_FIELD && ((parameters[1] ?? 0) & 1) === 0) this.#leaveField();
        return [];
      case 0x40: // InDataExchange
        return this.#exchange(parameters.subarray(1));
      case 0x44: // InDeselect
      case 0x52: // InRelease
        this.#leaveField();
        return [NO_ERROR];
      case 0x4a: // InListPassiveTarget
        return parameters[1] === TYPE_A_106 ? this.#activate() : [0];
      default:
        return null;
    }
  }

  #activate(): readonly number[] {
    this.#card.reset();
    this.#isActivated = true;
    const { uid } = this.#card;
    // NbTg, then of target 1: Tg, SENS_RES, SEL_RES, length of NFCID, NFCID, ATS.
    return [1, 1, ...SENS_RES, SEL_RES, uid.length, ...uid, ...ATS];
  }

  #exchange(command: Uint8Array): readonly number[] {
    if (!this.#isActivated) return [NOT_ACTIVATED];
    const answer = this.#card.transmit(Uint8Array.from(command));
    return answer.length === 0 ? [TIMEOUT] : [NO_ERROR, ...answer];
  }

  #leaveField(): void {
    if (this.#isActivated) this.#card.powerOff();
    this.#isActivated = false;
  }
}

/** @param body TFI, command, data */
function frameOf(body: readonly number[]): Buffer {
  if (body.length > NORMAL_MAX) throw new Error(`an answer of ${body.length} bytes needs an extended frame`);
  // LEN and LCS, and likewise body and DCS, come to 0 modulo 256.
  const checksum = -body.reduce((sum, byte) => sum + byte, 0);
  return Buffer.from([0x00, 0x00, 0xff, body.length, -body.length, ...body, checksum, 0x00].map((byte) => byte & 0xff));
}

function pairs(bytes: Buffer): readonly number[] {
  return Array.from({ length: bytes.length >> 1 }, (_, index) => bytes.readUInt16BE(index * 2));
}
