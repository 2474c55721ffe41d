/** `GET /batches/socket`, by what terminals themselves send with. */
import { SOCKET_IN_FLIGHT_MAX } from '@retap/protocol';
import { SocketUplink } from '@retap/terminal-service';
import type { Answer, Link } from './link.ts';

export class SocketLink implements Link {
  readonly inFlightMax = SOCKET_IN_FLIGHT_MAX;
  readonly #ending = new AbortController();
  readonly #uplink: SocketUplink;
  #why: string | null = null;

  /** @param centre `http://HOST:PORT` */
  constructor(centre: string, now: () => number) {
    const onAnswer = (why: string | null): void => {
      this.#why = why;
    };
    this.#uplink = new SocketUplink({ centre, signal: this.#ending.signal, now, onAnswer, log: () => {} });
  }

  async send(batch: Uint8Array): Promise<Answer> {
    const answer = await this.#uplink.send(batch);
    if (answer.answer === 'acknowledged') return { kind: 'acknowledged' };
    if (answer.answer === 'later') {
      return { kind: 'refused', name: 'later', isForGood: false, retryAfterMs: answer.afterMs };
    }
    if (answer.answer !== 'refused') return { kind: 'broken' };
    return { kind: 'refused', name: this.#why ?? 'refused', isForGood: true, retryAfterMs: 0 };
  }

  close(): void {
    this.#ending.abort();
  }
}
