/**
 * `POST /batches` over one connection that is kept, written and read by hand: the client shares the machine with what it measures,
 * and `fetch` takes longer to ask than the centre to answer.
 */
import { connect, type Socket } from 'node:net';
import { CONTENT_TYPES } from '@retap/terminal-service';
import type { Answer, Link } from './link.ts';

const BROKEN: Answer = { kind: 'broken' };
const HEAD_END = '\r\n\r\n';

export class HttpLink implements Link {
  readonly inFlightMax = 1;
  readonly #host: string;
  readonly #port: number;
  readonly #head: string;
  #socket: Socket | null = null;
  #said = '';
  #answer: ((answer: Answer) => void) | null = null;

  /** @param centre `http://HOST:PORT` */
  constructor(centre: string) {
    const { hostname, port, host } = new URL(centre);
    [this.#host, this.#port] = [hostname, Number(port)];
    this.#head = `POST /batches HTTP/1.1\r\nhost: ${host}\r\ncontent-type: ${CONTENT_TYPES.signed}\r\n`;
  }

  send(batch: Uint8Array): Promise<Answer> {
    return new Promise((answer) => {
      this.#answer = answer;
      const socket = this.#open();
      socket.cork();
      socket.write(`${this.#head}content-length: ${batch.length}\r\nretap-sent-at: ${Date.now()}${HEAD_END}`, 'latin1');
      socket.write(batch);
      socket.uncork();
    });
  }

  close(): void {
    this.#socket?.destroy();
    this.#ended();
  }

  #open(): Socket {
    if (this.#socket !== null) return this.#socket;
    const socket = connect({ host: this.#host, port: this.#port, noDelay: true });
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => this.#heard(text));
    socket.on('error', () => {});
    socket.once('close', () => {
      if (this.#socket === socket) this.#ended();
    });
    this.#said = '';
    this.#socket = socket;
    return socket;
  }

  #forget(): void {
    this.#socket?.end();
    this.#socket = null;
  }

  #ended(): void {
    this.#socket = null;
    this.#answered(BROKEN);
  }

  #answered(answer: Answer): void {
    const waiting = this.#answer;
    this.#answer = null;
    waiting?.(answer);
  }

  #heard(text: string): void {
    this.#said += text;
    const headEnd = this.#said.indexOf(HEAD_END);
    if (headEnd === -1) return;
    const head = this.#said.slice(0, headEnd).toLowerCase();
    const length = numberIn(head, 'content-length');
    const end = headEnd + HEAD_END.length + length;
    // Without a length it is no answer of this centre's.
    if (Number.isNaN(length)) this.#socket?.destroy();
    if (!(this.#said.length >= end)) return;
    const body = this.#said.slice(headEnd + HEAD_END.length, end);
    this.#said = this.#said.slice(end);
    // The next one goes over a connection of its own.
    if (head.includes('\r\nconnection: close')) this.#forget();
    this.#answered(answerOf(Number(head.slice(9, 12)), body, numberIn(head, 'retry-after')));
  }
}

/** The number in a header; NaN where there is none. */
function numberIn(head: string, name: string): number {
  const at = head.indexOf(`\r\n${name}: `);
  return at === -1 ? Number.NaN : Number.parseInt(head.slice(at + name.length + 4), 10);
}

function answerOf(status: number, body: string, retryAfterS: number): Answer {
  if (status === 200) return { kind: 'acknowledged' };
  const code = /"code":"([a-z-]+)"/.exec(body)?.[1] ?? '';
  const retryAfterMs = Number.isNaN(retryAfterS) ? 0 : 1_000 * retryAfterS;
  return { kind: 'refused', name: `${status} ${code}`, isForGood: status < 500 && status !== 429, retryAfterMs };
}
