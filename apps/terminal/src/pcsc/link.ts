/**
 * PC/SC in a process of its own, seen from the terminal.
 *
 * A mute card blocks SCardTransmit until it leaves, and SCardCancel does not end that. In this process such a call would
 * hold one of the four threads that also sync the journal: with two readers and their watches none would be left. A
 * worker thread blocked in native code cannot be ended, a process can. It costs 0.06 ms an APDU of 0.3, and after a mute
 * card 100 ms while that card is being taken away; and native code that crashes takes no journal with it.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { toHex } from '@retap/card';
import type { Answer, Report, Request } from './words.ts';

const PROGRAM = fileURLToPath(new URL('../../bin/pcsc.js', import.meta.url));

/** Before a process that ended by itself is started again, in milliseconds. */
const RESTART_MS = 500;

const NOTHING = new Uint8Array();

export interface PcscLinkOptions {
  /** The reader's name or a part of it; null takes the first. */
  readonly reader: string | null;
  /** The socket of pcscd; null is libpcsclite's own. */
  readonly socket: string | null;
  readonly onReport: (report: Report) => void;
}

export class PcscLink {
  readonly #options: PcscLinkOptions;
  readonly #waiting = new Map<number, (answer: Answer | null) => void>();
  #child: ChildProcess | null = null;
  #restart: NodeJS.Timeout | null = null;
  #id = 0;

  constructor(options: PcscLinkOptions) {
    this.#options = options;
    this.#start();
  }

  /**
   * One call of PC/SC. Null where it took longer than `deadlineMs`, or the process ended: then another process is
   * started, and what was connected is not any more.
   */
  call(call: Request['call'], deadlineMs: number, command: Uint8Array = NOTHING): Promise<Answer | null> {
    const child = this.#child;
    if (child === null) return Promise.resolve(null);
    this.#id += 1;
    const id = this.#id;
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#replace(child), deadlineMs);
      this.#waiting.set(id, (answer) => {
        clearTimeout(timer);
        this.#waiting.delete(id);
        resolve(answer);
      });
      const request: Request = { id, call, command: toHex(command) };
      // It fails where the process has ended, which `exit` tells.
      child.send(request, () => undefined);
    });
  }

  /** Ends the process. pcscd gives up what it held. */
  async close(): Promise<void> {
    if (this.#restart !== null) clearTimeout(this.#restart);
    const child = this.#child;
    this.#child = null;
    this.#abandon();
    if (child === null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
  }

  #start(): void {
    const { reader, socket, onReport } = this.#options;
    const env = socket === null ? process.env : { ...process.env, PCSCLITE_CSOCK_NAME: socket };
    const child = fork(PROGRAM, [reader ?? ''], { env, execArgv: [] });
    this.#child = child;
    child.on('message', (message) => {
      if (this.#child !== child) return;
      const said = message as Answer | Report;
      if (said.say === 'answer') this.#waiting.get(said.id)?.(said);
      else onReport(said);
    });
    child.on('error', (error) => this.#ended(child, error.message));
    child.on('exit', (status, signal) => this.#ended(child, `ended with ${signal ?? `status ${status}`}`));
  }

  /** Another process at once: the next card may be there already. */
  #replace(child: ChildProcess): void {
    if (this.#child !== child) return;
    this.#child = null;
    child.kill('SIGKILL');
    this.#abandon();
    this.#start();
  }

  #ended(child: ChildProcess, how: string): void {
    if (this.#child !== child) return;
    this.#child = null;
    this.#abandon();
    this.#options.onReport({ say: 'out of service', message: `the process with PC/SC in it ${how}` });
    this.#restart = setTimeout(() => this.#start(), RESTART_MS);
  }

  #abandon(): void {
    for (const answer of [...this.#waiting.values()]) answer(null);
  }
}
