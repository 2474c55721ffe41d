/**
 * A reader's conversation with a card: native commands in ISO/IEC 7816-4 frames, EV2 secure messaging (MF2DLHX0 section 9.1).
 *
 * What came of a command is one of three: an answer that carries a valid MAC; a status that the card says instead, which the
 * protocol leaves without MAC, so that anybody may have said it; or nothing that can be told from noise.
 */
import { concat, fromLittleEndian, isEqual } from '../bytes.ts';
import {
  type CommMode,
  commandIv,
  commandMac,
  padded,
  responseIv,
  responseMac,
  type Session,
  sessionKeys,
  unpadded,
  ZERO_IV,
} from '../messaging.ts';
import type { AesKey, CardChannel, RandomBytes } from '../port.ts';

export type Answer =
  | { readonly outcome: 'answered'; readonly data: Uint8Array }
  /** Not proved by a MAC. The card forgets its session with it. @see STATUS */
  | { readonly outcome: 'refused'; readonly status: number }
  /** Empty, cut, corrupted, or with a MAC that is not valid. */
  | { readonly outcome: 'torn' };

/** A native command: `header` goes in plain, `data` encrypted in FULL. */
export interface Command {
  readonly code: number;
  readonly header?: readonly number[] | Uint8Array;
  readonly data?: readonly number[] | Uint8Array;
}

/** Statuses that a reader tells apart. */
export const STATUS = {
  done: 0x9100,
  more: 0x91af,
  authenticationError: 0x91ae,
  isoDone: 0x9000,
} as const;

const TORN: Answer = { outcome: 'torn' };
const MORE = 0xaf;
const MAC_BYTES = 8;
const FRAMES_MAX = 32;

/** Selects an application by its ISO/IEC 7816-4 name. Aborts what a conversation before left undone. */
export async function selectApplication(channel: CardChannel, name: Uint8Array): Promise<Answer> {
  // P1 = 04: by DF name; P2 = 0C: no file control information wanted
  const { status, data } = split(await channel.transmit(concat([0x00, 0xa4, 0x04, 0x0c, name.length], name)));
  if (status === STATUS.isoDone && data.length === 0) return { outcome: 'answered', data };
  return refusedOrTorn(status, data);
}

/** A command without secure messaging, with all frames of its answer. */
export async function exchange(channel: CardChannel, code: number, body: Uint8Array = NONE): Promise<Answer> {
  const frames: Uint8Array[] = [];
  let { status, data } = split(await channel.transmit(wrapped(code, body)));
  while (status === STATUS.more && frames.length < FRAMES_MAX) {
    frames.push(data);
    ({ status, data } = split(await channel.transmit(wrapped(MORE, NONE))));
  }
  if (status === STATUS.done) return { outcome: 'answered', data: concat(...frames, data) };
  return refusedOrTorn(status, data);
}

/**
 * AuthenticateEV2First: each proves to the other that it has the key. @param keyNumber of the selected application @param key is
 * the caller's, who may discard it afterwards
 */
export async function authenticate(
  channel: CardChannel,
  keyNumber: number,
  key: AesKey,
  random: RandomBytes,
): Promise<SecureSession | Exclude<Answer, { outcome: 'answered' }>> {
  const challenge = split(await channel.transmit(wrapped(0x71, Uint8Array.of(keyNumber, 0x00))));
  if (challenge.status !== STATUS.more) return refusedOrTorn(challenge.status, challenge.data);
  if (challenge.data.length !== 16) return { outcome: 'torn' };
  const a = random(16);
  const b = key.decrypt(ZERO_IV, challenge.data);
  // E(Kx, RndA ‖ RndB′), RndB′ rotated left by one byte
  const token = key.encrypt(ZERO_IV, concat(a, rotated(b)));
  const proof = split(await channel.transmit(wrapped(MORE, token)));
  if (proof.status !== STATUS.done) return refusedOrTorn(proof.status, proof.data);
  if (proof.data.length !== 32) return { outcome: 'torn' };
  // E(Kx, TI ‖ RndA′ ‖ PDcap2 ‖ PCDcap2)
  const plain = key.decrypt(ZERO_IV, proof.data);
  if (!isEqual(plain.subarray(4, 20), rotated(a))) return { outcome: 'torn' };
  return new SecureSession(channel, { ...sessionKeys(key, a, b), transaction: plain.slice(0, 4) });
}

/** An authenticated conversation. Whatever is not answered ends it. */
export class SecureSession {
  readonly #channel: CardChannel;
  readonly #session: Session;
  /** CmdCtr */
  #counter = 0;
  #isOpen = true;

  constructor(channel: CardChannel, session: Session) {
    this.#channel = channel;
    this.#session = session;
  }

  /** @param mode of the file, or of the command where it has one of its own; the answer comes in the same */
  async send(command: Command, mode: Exclude<CommMode, 'plain'>): Promise<Answer> {
    if (!this.#isOpen) return TORN;
    const answer = this.#opened(await exchange(this.#channel, command.code, this.#sealed(command, mode)), mode);
    if (answer.outcome !== 'answered') this.close();
    return answer;
  }

  /** Forgets the session keys. The card keeps its side until it is selected anew or leaves. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#session.encryption.discard();
    this.#session.mac.discard();
  }

  #sealed({ code, header = [], data = [] }: Command, mode: CommMode): Uint8Array {
    const isEncrypted = mode === 'full' && data.length > 0;
    const { encryption } = this.#session;
    const plain = Uint8Array.from(data);
    const sent = isEncrypted ? encryption.encrypt(commandIv(this.#session, this.#counter), padded(plain)) : plain;
    const body = concat(header, sent);
    return concat(body, commandMac(this.#session, code, this.#counter, body));
  }

  #opened(answer: Answer, mode: CommMode): Answer {
    if (answer.outcome !== 'answered') return answer;
    if (answer.data.length < MAC_BYTES) return TORN;
    const data = answer.data.subarray(0, -MAC_BYTES);
    this.#counter += 1;
    const mac = responseMac(this.#session, STATUS.done & 0xff, this.#counter, data);
    if (!isEqual(mac, answer.data.subarray(-MAC_BYTES))) return TORN;
    if (mode !== 'full' || data.length === 0) return { outcome: 'answered', data };
    if (data.length % 16 !== 0) return TORN;
    const plain = unpadded(this.#session.encryption.decrypt(responseIv(this.#session, this.#counter), data));
    return plain ? { outcome: 'answered', data: plain } : TORN;
  }
}

const NONE = new Uint8Array(0);

/** CLA 90, INS the native code, Lc and Le as ISO/IEC 7816-4 has them. */
function wrapped(code: number, body: Uint8Array): Uint8Array {
  const field = body.length > 0 ? concat([body.length], body) : NONE;
  return concat([0x90, code, 0x00, 0x00], field, [0x00]);
}

/** @returns status 0 where not even one came */
function split(response: Uint8Array): { readonly status: number; readonly data: Uint8Array } {
  if (response.length < 2) return { status: 0, data: response };
  const [high = 0, low = 0] = response.subarray(-2);
  return { status: fromLittleEndian(Uint8Array.of(low, high)), data: response.subarray(0, -2) };
}

/** A refusal is two bytes of a status word: 91 of a native command, 6 of ISO/IEC 7816-4. All else is noise. */
function refusedOrTorn(status: number, data: Uint8Array): Exclude<Answer, { outcome: 'answered' }> {
  const isNative = status >> 8 === 0x91 && status !== STATUS.done && status !== STATUS.more;
  const isStatus = isNative || status >> 12 === 6;
  return isStatus && data.length === 0 ? { outcome: 'refused', status } : { outcome: 'torn' };
}

function rotated(block: Uint8Array): Uint8Array {
  return concat(block.subarray(1), block.subarray(0, 1));
}
