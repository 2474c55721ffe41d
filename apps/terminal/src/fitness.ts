/** Whether the process may serve anybody between two taps, and why not. */
import type { Refusal } from '@retap/terminal';
import type { Message } from './screen/message.ts';
import type { ServedTerminal } from './service-options.ts';

export class Fitness {
  readonly #terminal: ServedTerminal;
  readonly #stopping: AbortSignal;
  readerFault: 'reader' | 'fault' | null = null;
  /** Refused by a tap, and true for the next one too: what waits for the centre, or the disk, has to change first. */
  #standing: Refusal | null = null;

  constructor(terminal: ServedTerminal, stopping: AbortSignal) {
    this.#terminal = terminal;
    this.#stopping = stopping;
  }

  /** What is to be shown while there is no tap to tell of. */
  get message(): Message {
    const { outOfService } = this.#terminal;
    const reason = this.#stopping.aborted ? 'stopping' : (this.readerFault ?? outOfService ?? this.#standing);
    return reason === null ? { kind: 'ready' } : { kind: 'out-of-service', reason };
  }

  /** What the terminal does not say by itself, but by refusing a tap. */
  learn(message: Message): void {
    // An account that was read says nothing of whether a transaction would be refused.
    if (message.kind === 'account') return;
    const reason = message.kind === 'out-of-service' ? message.reason : null;
    this.#standing = reason === 'unsent-limit' || reason === 'journal-full' ? reason : null;
  }

  /** The centre has taken something over: the next tap shows whether it was enough. */
  forget(): void {
    this.#standing = null;
  }
}
