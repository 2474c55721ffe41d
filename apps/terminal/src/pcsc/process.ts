/**
 * The process with PC/SC in it; started by {@link PcscProcess} with the reader's name as its parameter. It watches the
 * reader on a thread of its own, and speaks to the card on the main thread, which a mute card blocks: whoever started it
 * has the deadline, and ends it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { fromHex, toHex } from '@retap/card';
import { meaningOf } from './error.ts';
import {
  type Handle,
  INVALID_HANDLE,
  loadLibrary,
  type PcscLibrary,
  STATE_MUTE,
  STATE_PRESENT,
  STATE_UNAVAILABLE,
  STATE_UNKNOWN,
  SUCCESS,
  TIMEOUT,
} from './library.ts';
import type { Answer, Report, Request } from './words.ts';

/** Between two looks for a reader that is not there, in milliseconds. */
const LOOK_AGAIN_MS = 300;
/** A watch is renewed, so that a pcscd that dies without a word is found, in milliseconds. */
const WATCH_MS = 5_000;

const NOTHING: Uint8Array = new Uint8Array();

function say(message: Answer | Report): void {
  process.send?.(message);
}

/** Speaks to the card in the reader that {@link watch} found. */
class Speaker {
  readonly #pcsc: PcscLibrary;
  #context: Handle | null = null;
  #card: Handle | null = null;
  reader: string | null = null;

  constructor(pcsc: PcscLibrary) {
    this.#pcsc = pcsc;
  }

  answer({ id, call, command }: Request): void {
    const { code, bytes } = this.#carryOut(call, fromHex(command));
    say({ say: 'answer', id, code, bytes: toHex(bytes) });
  }

  #carryOut(call: Request['call'], command: Uint8Array): { code: number; bytes: Uint8Array } {
    switch (call) {
      case 'connect':
        return { code: this.#connect(), bytes: NOTHING };
      case 'transmit': {
        // The process that had connected was ended: this one knows no card.
        if (this.#card === null) return { code: INVALID_HANDLE, bytes: NOTHING };
        const { code, answer } = this.#pcsc.transmit(this.#card, command);
        return { code, bytes: answer };
      }
      case 'disconnect':
        this.#release();
        return { code: SUCCESS, bytes: NOTHING };
    }
  }

  #connect(): number {
    this.#release();
    const { code, context } = this.#pcsc.establish();
    if (code !== SUCCESS) return code;
    this.#context = context;
    const connected = this.#pcsc.connect(context, this.reader ?? '');
    if (connected.code === SUCCESS) this.#card = connected.card;
    return connected.code;
  }

  /** A context for each card: nothing of one conversation, failed or not, reaches the next. */
  #release(): void {
    if (this.#card !== null) this.#pcsc.disconnect(this.#card);
    if (this.#context !== null) this.#pcsc.release(this.#context);
    this.#card = null;
    this.#context = null;
  }
}

/** Reports the reader's field for ever; comes back to a reader or a pcscd that went and came. */
async function watch(pcsc: PcscLibrary, wanted: string | null, speaker: Speaker): Promise<never> {
  for (;;) {
    const { code, context } = pcsc.establish();
    if (code === SUCCESS) {
      say({ say: 'out of service', message: await watchReader(pcsc, context, wanted, speaker) });
      pcsc.release(context);
    } else {
      say({ say: 'out of service', message: `PC/SC answers ${meaningOf(code)}: start pcscd` });
    }
    await sleep(LOOK_AGAIN_MS);
  }
}

/** @returns why the reader is out of service */
async function watchReader(
  pcsc: PcscLibrary,
  context: Handle,
  wanted: string | null,
  speaker: Speaker,
): Promise<string> {
  const { code, names } = pcsc.readers(context);
  if (code !== SUCCESS) return `PC/SC answers ${meaningOf(code)} when asked for its readers`;
  const reader = names.find((name) => name === wanted) ?? names.find((name) => name.includes(wanted ?? ''));
  if (reader === undefined) return explainMissing(wanted, names);
  speaker.reader = reader;
  let known = 0;
  for (;;) {
    const { code, event } = await pcsc.change(context, reader, known, WATCH_MS);
    if (code === TIMEOUT) continue;
    if (code !== SUCCESS) return `reader ${reader}: PC/SC answers ${meaningOf(code)}`;
    if ((event & (STATE_UNKNOWN | STATE_UNAVAILABLE)) !== 0) return `reader ${reader} is not connected`;
    known = event;
    const present = (event & STATE_PRESENT) !== 0 && (event & STATE_MUTE) === 0;
    say({ say: 'field', reader, present, count: event >>> 16 });
  }
}

function explainMissing(wanted: string | null, names: readonly string[]): string {
  if (names.length === 0) return 'no reader is connected: connect one, and see that pcscd has a driver for it';
  return `no reader is called ${wanted}; connected: ${names.join(', ')}`;
}

/** @param wanted the reader's name or a part of it; null takes the first */
export async function runPcsc(wanted: string | null): Promise<void> {
  // SIGKILL, because an orderly end would wait for the thread that watches.
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
  // The terminal decides when this process ends: Ctrl-C and a service's stop reach both, and a tap may be under way.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => undefined);
  let pcsc: PcscLibrary;
  try {
    pcsc = await loadLibrary();
  } catch (error) {
    say({ say: 'missing', message: error instanceof Error ? error.message : String(error) });
    process.disconnect?.();
    return;
  }
  const speaker = new Speaker(pcsc);
  process.on('message', (request) => speaker.answer(request as Request));
  await watch(pcsc, wanted, speaker);
}
