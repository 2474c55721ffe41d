import { crc32 } from '@retap/protocol';
import { concat, fromHex, fromLittleEndian, toHex, toLittleEndian, toSigned32, xor } from '../../src/bytes.ts';
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
} from '../../src/messaging.ts';
import { SoftwareCard } from '../../src/software/card.ts';
import { MemoryCardMemory } from '../../src/software/memory.ts';
import { keyOfValue } from '../aes.ts';

export const UID = fromHex('04782E21801D80');
export const ZERO_KEY = new Uint8Array(16);
/** AID 52 54 50 as a number, as it is sent: least significant byte first. */
export const AID = fromHex('525450');

/** Random bytes that are the same in every run: 00 01 02 … */
export function countingRandom(): (length: number) => Uint8Array {
  let at = 0;
  return (length) => {
    at += length;
    return Uint8Array.from({ length }, (_, index) => at - length + index);
  };
}

export interface Bench {
  readonly card: SoftwareCard;
  readonly memory: MemoryCardMemory;
  readonly reader: Reader;
}

export function blankBench(frameBytes?: number): Bench {
  const memory = new MemoryCardMemory();
  const random = countingRandom();
  const options = { keyOfValue, random, memory, ...(frameBytes === undefined ? {} : { frameBytes }) };
  const card = SoftwareCard.blank({ uid: UID, ...options });
  return { card, memory, reader: new Reader(card) };
}

/** The card in an image, put into another field. */
export function benchOf(image: Uint8Array): Bench {
  const memory = new MemoryCardMemory(image);
  const card = SoftwareCard.powerOn({ keyOfValue, random: countingRandom(), memory });
  return { card, memory, reader: new Reader(card) };
}

/** A reader for tests: one method per command, each answers its data or throws the status word. */
export class Reader {
  readonly card: SoftwareCard;
  session: Session | null = null;
  counter = 0;

  constructor(card: SoftwareCard) {
    this.card = card;
  }

  /** One wrapped frame. */
  frame(code: number, body: Uint8Array | readonly number[] = []): { status: string; data: Uint8Array } {
    const answer = this.card.transmit(
      body.length === 0 ? Uint8Array.of(0x90, code, 0, 0, 0) : concat([0x90, code, 0, 0, body.length], body, [0]),
    );
    return { status: toHex(answer.slice(-2)), data: answer.slice(0, -2) };
  }

  /** All frames of a command. */
  frames(code: number, body: Uint8Array | readonly number[] = []): { status: string; data: Uint8Array } {
    let { status, data } = this.frame(code, body);
    while (status === '91AF') {
      const next = this.frame(0xaf);
      status = next.status;
      data = concat(data, next.data);
    }
    return { status, data };
  }

  authenticate(keyNumber: number, key: Uint8Array = ZERO_KEY, code = 0x71): string {
    const aes = keyOfValue(key);
    const first = this.frame(code, code === 0x71 ? [keyNumber, 0] : [keyNumber]);
    if (first.status !== '91AF') return first.status;
    const a = fromHex('000102030405060708090A0B0C0D0E0F');
    const b = aes.decrypt(ZERO_IV, first.data);
    const second = this.frame(0xaf, aes.encrypt(ZERO_IV, concat(a, b.subarray(1), b.subarray(0, 1))));
    if (second.status !== '9100') return second.status;
    const plain = aes.decrypt(ZERO_IV, second.data);
    const transaction = code === 0x71 ? plain.slice(0, 4) : (this.session?.transaction ?? new Uint8Array(4));
    if (code === 0x71) this.counter = 0;
    this.session = { ...sessionKeys(aes, a, b), transaction };
    return second.status;
  }

  /** The body of a command as the session wants it. */
  sealed(mode: CommMode, code: number, header: Uint8Array, data: Uint8Array): Uint8Array {
    if (this.session === null || mode === 'plain') return concat(header, data);
    const iv = commandIv(this.session, this.counter);
    const sent = mode === 'full' && data.length > 0 ? this.session.encryption.encrypt(iv, padded(data)) : data;
    const signed = concat(header, sent);
    return concat(signed, commandMac(this.session, code, this.counter, signed));
  }

  /** A command and its answer in plain; throws the status word where it is refused, or a MAC is wrong. */
  command(
    mode: CommMode,
    code: number,
    header: readonly number[],
    data: Uint8Array = new Uint8Array(0),
    answerMode = mode,
  ): Uint8Array {
    const answer = this.frames(code, this.sealed(mode, code, Uint8Array.from(header), data));
    return this.opened(answerMode, answer);
  }

  opened(mode: CommMode, { status, data }: { status: string; data: Uint8Array }): Uint8Array {
    if (status !== '9100') throw new Error(status);
    if (this.session === null) return data;
    this.counter += 1;
    if (mode === 'plain' || data.length === 0) return data;
    const sent = data.slice(0, -8);
    const mac = responseMac(this.session, 0, this.counter, sent);
    if (toHex(mac) !== toHex(data.slice(-8))) throw new Error('wrong MAC');
    if (mode === 'mac' || sent.length === 0) return sent;
    const plain = unpadded(this.session.encryption.decrypt(responseIv(this.session, this.counter), sent));
    if (plain === null) throw new Error('wrong padding');
    return plain;
  }

  select(aid: Uint8Array = AID): string {
    this.session = null;
    return this.frame(0x5a, aid).status;
  }

  write(mode: CommMode, file: number, offset: number, data: Uint8Array, code = 0x8d): Uint8Array {
    return this.command(mode, code, [file, ...toLittleEndian(offset, 3), ...toLittleEndian(data.length, 3)], data);
  }

  read(mode: CommMode, file: number, offset: number, length: number, code = 0xad): Uint8Array {
    return this.command(mode, code, [file, ...toLittleEndian(offset, 3), ...toLittleEndian(length, 3)]);
  }

  getValue(mode: CommMode, file: number): number {
    return fromLittleEndian(this.command(mode, 0x6c, [file])) | 0;
  }

  changeValue(mode: CommMode, code: number, file: number, amount: number): Uint8Array {
    return this.command(mode, code, [file], toSigned32(amount));
  }

  /** @param old the key it has, where it is another one than the session's */
  changeKey(number: number, key: Uint8Array, version: number, old: Uint8Array | null = null): Uint8Array {
    const crc = toLittleEndian(~crc32(key) >>> 0, 4);
    const data = old === null ? concat(key, [version]) : concat(xor(key, old), [version], crc);
    return this.command('full', 0xc4, [number], data);
  }
}

export const FILE = { standard: 0x00, last: 0x01, products: 0x02, balance: 0x03, log: 0x04, linear: 0x05, mac: 0x0f };
export const TRANSACTION_MAC_KEY = fromHex('F0E1D2C3B4A5968778695A4B3C2D1E0F');

/**
 * An application with files of every kind in one mode: key 1 reads, key 2 does everything, key 3 writes.
 * @param options `readerId`: who may commit a reader's identity, F for nobody
 */
function personalise(reader: Reader, mode: CommMode = 'full', options: { readerId?: number } = {}): void {
  const option = { plain: 0, mac: 1, full: 3 }[mode];
  // read 1, write 3, read and write 2, change 0
  const common = [option, 0x20, 0x13];
  const create = (code: number, body: readonly number[]) => reader.command('mac', code, body);
  reader.select(fromHex('000000'));
  create(0xca, [...AID, 0x0b, 0x85, 0x54, 0x52, ...fromHex('F0524554415001')]);
  reader.select();
  if (reader.authenticate(0) !== '9100') throw new Error('the application has other keys');
  create(0xcd, [FILE.standard, ...common, 200, 0, 0]);
  create(0xcb, [FILE.last, ...common, 32, 0, 0]);
  create(0xcb, [FILE.products, ...common, 0, 1, 0]);
  create(0xcc, [FILE.balance, ...common, ...toSigned32(0), ...toSigned32(100_000), ...toSigned32(5000), 1]);
  create(0xc0, [FILE.log, ...common, 16, 0, 0, 5, 0, 0]);
  create(0xc1, [FILE.linear, ...common, 8, 0, 0, 3, 0, 0]);
  const rights = [((options.readerId ?? 3) << 4) | 0x0, 0x2f];
  reader.command('full', 0xce, [FILE.mac, option, ...rights, 0x02], concat(TRANSACTION_MAC_KEY, [1]));
}

/** Personalised cards: to make one takes longer than to copy its memory. */
const images = new Map<string, Uint8Array>();

/** A personalised card whose reader has authenticated with a key. */
export function readyBench(key = 2, mode: CommMode = 'full', options: { readerId?: number } = {}): Bench {
  const kind = JSON.stringify([mode, options]);
  let image = images.get(kind);
  if (image === undefined) {
    const { reader, memory } = blankBench();
    personalise(reader, mode, options);
    image = memory.read();
    images.set(kind, image);
  }
  const bench = benchOf(image);
  bench.reader.select();
  bench.reader.authenticate(key);
  return bench;
}

/** A memory as text, for comparison: an array of 8192 numbers takes an assertion milliseconds. */
export function textOf(memory: MemoryCardMemory): string {
  return Buffer.from(memory.read()).toString('hex');
}
