/**
 * A software card in a virtual reader: the card's end of vsmartcard's vpcd, a reader driver of pcscd that listens for a
 * card on TCP. Each message is its length in two bytes, most significant first, and a body. A body of one byte is for the
 * chip as such, every other is a command APDU.
 */
import { connect, type Socket } from 'node:net';

/** What a reader sees of a card; the software card of packages/card is one. */
export interface PluggableCard {
  /** Serial number: 7 bytes. */
  readonly uid: Uint8Array;
  /** A command APDU; returns the whole response APDU, or nothing where the card lost its power: then it is out. */
  transmit(command: Uint8Array): Uint8Array;
  /** The reader resets the card: what is not committed is gone, and so is authentication. */
  reset(): void;
  /** The card has left the field. */
  powerOff(): void;
}

/**
 * What goes wrong at one exchange. `torn before`: the card leaves without having seen the command. `torn after`: it has
 * carried the command out, and leaves without an answer. `mute`: it has carried the command out, stays, and answers nothing
 * from then on. `cut`: of the answer only so many bytes come.
 */
export type ExchangeFault = 'torn before' | 'torn after' | 'mute' | { readonly cut: number };

export interface PlugOptions {
  /** Default: this machine. */
  readonly host?: string;
  /** vpcd's first slot is 35963 unless its configuration says otherwise. */
  readonly port: number;
  /** Takes the card out when aborted. */
  readonly signal?: AbortSignal;
  /** @param exchange number of the command since the card was plugged in, from 1; the reader's own commands do not count */
  readonly fault?: (exchange: number, command: Uint8Array) => ExchangeFault | null;
}

export interface Plugged {
  /** Commands that the card has been sent. */
  readonly exchanges: number;
  /** Resolves when the card is out, for whatever reason. */
  readonly out: Promise<void>;
  /** Takes the card out. */
  unplug(): Promise<void>;
}

export class VpcdError extends Error {
  override readonly name = 'VpcdError';
  readonly code = 'vpcd-unreachable';
}

/** ATR of a contactless card without historical bytes: PC/SC part 3, 3.1.3.2.3. */
const ATR = Uint8Array.of(0x3b, 0x81, 0x80, 0x01, 0x80, 0x80);

/** Bodies of one byte. */
const POWER_OFF = 0x00;
const POWER_ON = 0x01;
const RESET = 0x02;
const GET_ATR = 0x04;

/** Bytes of the length before each body. */
const HEADER = 2;

/** Class of the commands that a reader answers itself, and those of Get Data (PC/SC part 3, 3.2.2.1.3). */
const READER_CLASS = 0xff;
const GET_DATA = 0xca;
const OK = [0x90, 0x00] as const;
const NOT_SUPPORTED = [0x6a, 0x81] as const;
const NOTHING = new Uint8Array();

/** @throws VpcdError where nothing listens; the signal's reason where it is aborted */
export async function plugIn(card: PluggableCard, options: PlugOptions): Promise<Plugged> {
  options.signal?.throwIfAborted();
  const { host = '127.0.0.1', port } = options;
  const socket = connect({ host, port, noDelay: true });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', (error) => {
      const what = `no virtual reader listens on ${host}:${port} (${error.message})`;
      reject(new VpcdError(`${what}: start pcscd with vsmartcard-vpcd`, { cause: error }));
    });
  });
  const plug = new Plug(card, socket, options);
  options.signal?.addEventListener('abort', () => void plug.unplug(), { once: true });
  if (options.signal?.aborted) await plug.unplug();
  return plug;
}

class Plug implements Plugged {
  readonly #card: PluggableCard;
  readonly #socket: Socket;
  readonly #fault: PlugOptions['fault'];
  readonly out: Promise<void>;
  #received: Buffer = Buffer.alloc(0);
  #isMute = false;
  exchanges = 0;

  constructor(card: PluggableCard, socket: Socket, { fault }: PlugOptions) {
    this.#card = card;
    this.#socket = socket;
    this.#fault = fault;
    this.out = new Promise((resolve) => {
      socket.once('close', () => {
        card.powerOff();
        resolve();
      });
    });
    // pcscd that goes is like a reader that loses power: `close` follows.
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => this.#receive(bytes));
  }

  async unplug(): Promise<void> {
    this.#socket.destroy();
    await this.out;
  }

  #receive(bytes: Buffer): void {
    this.#received = Buffer.concat([this.#received, bytes]);
    while (this.#received.length >= HEADER && !this.#socket.destroyed) {
      const end = HEADER + this.#received.readUInt16BE();
      if (this.#received.length < end) return;
      const body = Uint8Array.from(this.#received.subarray(HEADER, end));
      this.#received = this.#received.subarray(end);
      this.#take(body);
    }
  }

  #take(body: Uint8Array): void {
    if (body.length === 1) this.#control(body[0]);
    else if (this.#isMute) return;
    else if (body[0] === READER_CLASS) this.#send(this.#ofReader(body));
    else this.#exchange(body);
  }

  #control(what: number | undefined): void {
    if (what === GET_ATR && !this.#isMute) this.#send(ATR);
    else if (what === POWER_OFF) this.#card.powerOff();
    else if (what === RESET || what === POWER_ON) this.#card.reset();
  }

  #exchange(command: Uint8Array): void {
    this.exchanges += 1;
    const fault = this.#fault?.(this.exchanges, command) ?? null;
    const answer = fault === 'torn before' ? NOTHING : this.#card.transmit(command);
    if (answer.length === 0 || fault === 'torn after') this.#socket.destroy();
    else if (fault === 'mute') this.#isMute = true;
    else this.#send(typeof fault === 'object' ? answer.subarray(0, fault?.cut) : answer);
  }

  #ofReader(command: Uint8Array): Uint8Array {
    const isUid = command[1] === GET_DATA && command[2] === 0 && command[3] === 0;
    return isUid ? Uint8Array.of(...this.#card.uid, ...OK) : Uint8Array.from(NOT_SUPPORTED);
  }

  /** In one piece: half of a header makes pcscd crash. */
  #send(body: Uint8Array): void {
    const message = Buffer.alloc(HEADER + body.length);
    message.writeUInt16BE(body.length);
    message.set(body, HEADER);
    this.#socket.write(message);
  }
}
