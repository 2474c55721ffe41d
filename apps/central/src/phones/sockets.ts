/** All sockets of phones, and their news: looked for now and then, for whoever is connected to this process. */

import type { Duplex } from 'node:stream';
import type { TerminalNumber } from '@retap/model';
import { openMessage, phoneOfMedium, readSignedBatch } from '@retap/protocol';
import type { WebSocket } from 'ws';
import { PHONE_SOCKET_LIMITS, PhoneSocket, type PhoneSocketLimits, type PhoneSocketOptions } from './socket.ts';

/** Asked about at a time, the others in their turn. */
const ASKED_MAX = 200;

export interface PhoneSocketsOptions extends Omit<PhoneSocketOptions, 'limits' | 'handOn'> {
  readonly limits?: Partial<PhoneSocketLimits>;
  /** Of each of these phones something that changes when its account would say something new. */
  readonly versions: (terminals: readonly TerminalNumber[]) => Promise<ReadonlyMap<TerminalNumber, string>>;
}

export class PhoneSockets {
  readonly #options: PhoneSocketOptions;
  readonly #versions: PhoneSocketsOptions['versions'];
  /** Those that were asked about longest ago first. */
  readonly #open = new Set<PhoneSocket>();
  #timers: NodeJS.Timeout[] = [];
  #isAsking = false;
  #isStopping = false;

  constructor({ versions, limits, ...options }: PhoneSocketsOptions) {
    const handOn = (message: Uint8Array): void => this.#handOn(message);
    this.#options = { ...options, handOn, limits: { ...PHONE_SOCKET_LIMITS, ...limits } };
    this.#versions = versions;
  }

  get count(): number {
    return this.#open.size;
  }

  /** Whether one more may be opened. Who has said nothing good yet goes for it. */
  admits(): boolean {
    if (this.#isStopping) return false;
    if (this.#open.size < this.#options.limits.socketsMax) return true;
    const stranger = [...this.#open].find(({ terminal }) => terminal === null);
    if (stranger === undefined) return false;
    this.#open.delete(stranger);
    stranger.close('later', 'there are too many');
    return true;
  }

  open(socket: WebSocket, transport: Duplex, client: string): void {
    const { limits } = this.#options;
    const opened = new PhoneSocket(socket, transport, client, this.#options);
    this.#open.add(opened);
    if (this.#timers.length === 0) {
      this.#timers = [
        setInterval(() => this.#look(), limits.lookMs).unref(),
        setInterval(() => void this.#tellNews(), limits.newsMs).unref(),
      ];
    }
    socket.once('close', () => {
      this.#open.delete(opened);
      if (this.#open.size > 0) return;
      for (const timer of this.#timers.splice(0)) clearInterval(timer);
    });
    if (this.#isStopping) opened.close('leaving', 'the centre is stopping');
  }

  /** Answers what was read, and closes all. */
  async stop(graceMs: number): Promise<void> {
    this.#isStopping = true;
    await Promise.all([...this.#open].map((socket) => socket.stop(graceMs)));
  }

  /** Whoever is not connected here scans it, or is told by the account: nothing depends on it. */
  #handOn(message: Uint8Array): void {
    const payee = payeeOf(message);
    if (payee === null) return;
    for (const socket of this.#open) if (socket.terminal === payee) socket.hand(message);
  }

  #look(): void {
    for (const socket of this.#open) socket.look();
  }

  async #tellNews(): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    const asked = [...this.#open].filter(({ terminal }) => terminal !== null).slice(0, ASKED_MAX);
    for (const socket of asked) {
      this.#open.delete(socket);
      this.#open.add(socket);
    }
    try {
      const versions = await this.#versions(asked.flatMap(({ terminal }) => terminal ?? []));
      for (const socket of asked) {
        const version = versions.get(socket.terminal ?? 0);
        if (version !== undefined) socket.tell(version);
      }
    } catch (error) {
      this.#options.onFault(error);
    } finally {
      this.#isAsking = false;
    }
  }
}

/** The phone that a payment, as it is shown, is to; null where it is to none. */
function payeeOf(message: Uint8Array): TerminalNumber | null {
  const shown = openMessage(message);
  if (shown.kind !== 'record') return null;
  const [only] = readSignedBatch(shown.batch).records;
  const record = only?.record;
  const isPayment = record?.type === 'debit' || record?.type === 'purchase';
  return isPayment ? phoneOfMedium(record.counterparty ?? '') : null;
}
