/**
 * One command after the other, in as many frames as it takes:
 *
 *     idle ──command──▶ carried out ──▶ idle
 *      │                     └── answer longer than a frame ──▶ answering ──AF──▶ … ──▶ idle
 *      ├──71, 77──▶ challenged ──AF──▶ idle
 *      └──3D, 3B, shorter than it says──▶ collecting ──AF──▶ … ──▶ carried out
 *
 * Any command but AF in the middle of another is refused (91CA), and ends both.
 */
import { concat } from '../bytes.ts';
import type { RandomBytes } from '../port.ts';
import {
  AUTHENTICATE_FIRST,
  AUTHENTICATE_NON_FIRST,
  authenticate,
  type Challenged,
  challenge,
  encryptedNonce,
} from './authentication.ts';
import type { Command } from './commands/command.ts';
import { COMMANDS } from './commands/commands.ts';
import { keysOf } from './commands/keys.ts';
import type { PoweredCard } from './powered-card.ts';
import { COUNTER_MAX, openCommand, sealAnswer, sealedBytes } from './secure-messaging.ts';
import { type Answer, isRefusal, type Refusal, type Status } from './status.ts';

const CONTINUE = 0xaf;
/** What a short APDU can carry back. */
const WHOLE_ANSWER_BYTES_MAX = 256;

type Continuation =
  | Challenged
  | { readonly kind: 'collecting'; readonly command: Command; readonly body: Uint8Array; readonly expected: number }
  | { readonly kind: 'answering'; readonly frames: readonly Uint8Array[] };

export interface Reply {
  readonly status: Status;
  readonly data: Uint8Array;
}

export class Exchange {
  readonly card: PoweredCard;
  readonly #random: RandomBytes;
  #continuation: Continuation | null = null;

  constructor(card: PoweredCard, random: RandomBytes) {
    this.card = card;
    this.#random = random;
  }

  /** Whether a native frame can begin with this byte. */
  knows(code: number): boolean {
    return code === CONTINUE || code === AUTHENTICATE_FIRST || code === AUTHENTICATE_NON_FIRST || COMMANDS.has(code);
  }

  /** A command of another kind came: what waited for AF waits no more. */
  interrupt(): void {
    this.#continuation = null;
  }

  end(): void {
    this.card.endSession();
  }

  /** Answers one frame. @param frameBytes of data that a frame of the answer holds */
  run(code: number, data: Uint8Array, frameBytes: number): Reply {
    const continuation = this.#continuation;
    this.#continuation = null;
    const reply = this.#dispatch(continuation, code, data, frameBytes);
    return isRefusal(reply) ? this.#refuse(reply) : reply;
  }

  #dispatch(continuation: Continuation | null, code: number, data: Uint8Array, frameBytes: number): Reply | Refusal {
    if (code === CONTINUE)
      return continuation === null ? 'illegal-command' : this.#resume(continuation, data, frameBytes);
    if (continuation !== null) return 'command-aborted';
    if (code === AUTHENTICATE_FIRST || code === AUTHENTICATE_NON_FIRST) return this.#challenge(code, data);
    const command = COMMANDS.get(code);
    if (command === undefined) return 'illegal-command';
    return this.#begin(command, data, frameBytes);
  }

  /** A refusal goes without a MAC, ends the session and forgets what was not committed. */
  #refuse(status: Refusal): Reply {
    this.card.endSession();
    this.card.abortTransaction();
    return { status, data: new Uint8Array(0) };
  }

  #resume(continuation: Continuation, data: Uint8Array, frameBytes: number): Reply | Refusal {
    switch (continuation.kind) {
      case 'authentication':
        return this.#authenticate(continuation, data);
      case 'collecting': {
        const body = concat(continuation.body, data);
        return data.length === 0
          ? 'length-error'
          : this.#collect(continuation.command, body, continuation.expected, frameBytes);
      }
      case 'answering':
        return data.length > 0 ? 'length-error' : this.#send(continuation.frames);
    }
  }

  #challenge(code: number, data: Uint8Array): Reply | Refusal {
    const keys = keysOf(this.card.state, this.card.application);
    const challenged = challenge(code, data, keys, this.card.session, this.#random);
    if (isRefusal(challenged)) return challenged;
    this.card.endSession();
    this.#continuation = challenged;
    return { status: 'additional-frame', data: encryptedNonce(challenged, this.card.keyOfValue) };
  }

  #authenticate(challenged: Challenged, data: Uint8Array): Reply | Refusal {
    const proved = authenticate(challenged, data, this.card.keyOfValue, this.#random);
    if (isRefusal(proved)) return proved;
    this.card.begin(proved.session);
    return { status: 'success', data: proved.answer };
  }

  #begin(command: Command, body: Uint8Array, frameBytes: number): Reply | Refusal {
    if (command.chainedBytes === undefined) return this.#carryOut(command, body, frameBytes);
    const header = body.subarray(0, command.headerBytes);
    if (header.length < command.headerBytes) return 'length-error';
    const mode = command.mode(this.card, header);
    if (isRefusal(mode)) return mode;
    const isSealed = this.card.session !== null;
    const expected = sealedBytes(isSealed ? mode : 'plain', command.headerBytes, command.chainedBytes(header));
    return this.#collect(command, body, expected, frameBytes);
  }

  #collect(command: Command, body: Uint8Array, expected: number, frameBytes: number): Reply | Refusal {
    if (body.length >= expected) return this.#carryOut(command, body, frameBytes);
    this.#continuation = { kind: 'collecting', command, body, expected };
    return { status: 'additional-frame', data: new Uint8Array(0) };
  }

  /** Opens the command, carries it out, seals the answer. */
  #carryOut(command: Command, body: Uint8Array, frameBytes: number): Reply | Refusal {
    if (body.length < command.headerBytes) return 'length-error';
    const mode = command.mode(this.card, body.subarray(0, command.headerBytes));
    if (isRefusal(mode)) return mode;
    const { session } = this.card;
    // CmdCtr would begin again: the session is worn out.
    if (session !== null && session.counter === COUNTER_MAX) return 'authentication-error';
    const opened =
      session === null
        ? { header: body.slice(0, command.headerBytes), data: body.slice(command.headerBytes) }
        : openCommand(session, mode, command.code, command.headerBytes, body);
    if (isRefusal(opened)) return opened;
    const answer = command.run(this.card, opened.header, opened.data);
    if (isRefusal(answer)) return answer;
    this.card.count();
    const sealed =
      this.card.session === null ? answer : sealAnswer(this.card.session, command.answerMode ?? mode, answer);
    return this.#send(framesOf(command, sealed, frameBytes));
  }

  #send(frames: readonly Uint8Array[]): Reply {
    const [data = new Uint8Array(0), ...rest] = frames;
    if (rest.length === 0) return { status: 'success', data };
    this.#continuation = { kind: 'answering', frames: rest };
    return { status: 'additional-frame', data };
  }
}

/** The answer in frames. Whole where the command leaves chaining to the blocks below, if a short APDU can hold it. */
function framesOf(command: Command, answer: Answer & Uint8Array, frameBytes: number): readonly Uint8Array[] {
  if (command.isAnsweredWhole === true && answer.length <= WHOLE_ANSWER_BYTES_MAX) return [answer];
  const frames: Uint8Array[] = [];
  let at = 0;
  for (const bytes of command.answerFrames ?? []) {
    frames.push(answer.subarray(at, at + bytes));
    at += bytes;
  }
  do {
    frames.push(answer.subarray(at, at + frameBytes));
    at += frameBytes;
  } while (at < answer.length);
  return frames;
}
