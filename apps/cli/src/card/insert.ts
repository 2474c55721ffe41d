/** `retap card insert`: a card of a file in a virtual PC/SC reader, until Ctrl-C. */
import { mediumNameOf } from '@retap/card';
import { type PluggableCard, plugIn } from '@retap/terminal-service';
import { UsageError } from '../failure.ts';
import type { ExitStatus, Shell } from '../shell.ts';
import { powered, withCard } from './card-in-file.ts';

export interface InsertOptions {
  readonly host: string;
  readonly port: number;
}

export async function insertCard(file: string, { host, port }: InsertOptions, shell: Shell): Promise<ExitStatus> {
  return withCard<ExitStatus>(file, async (memory) => {
    const card = powered(memory, file);
    // It has no power before the reader gives it some.
    card.powerOff();
    const held = new HeldCard(card);
    const plugged = await plugIn(held, { host, port, signal: shell.interrupted }).catch((error) => {
      // Ctrl-C while it was plugged in: nobody waits for an answer.
      if (shell.interrupted.aborted) return null;
      throw error;
    });
    if (plugged === null) return 0;
    shell.stdout.write(
      `${file}: card ${mediumNameOf(card.uid)} is in the reader at ${host}:${port}; Ctrl-C takes it out\n`,
    );
    await plugged.out;
    if (held.fault !== null) throw held.fault;
    if (!shell.interrupted.aborted) {
      throw new UsageError(`${file}: the virtual reader at ${host}:${port} let the card go; see that pcscd still runs`);
    }
    shell.stdout.write(`${file}: taken out after ${plugged.exchanges} exchanges\n`);
    return 0;
  });
}

/** A card whose disk may fail: then it is out of the reader, and the command says why. */
class HeldCard implements PluggableCard {
  readonly uid: Uint8Array;
  readonly #card: PluggableCard;
  fault: unknown = null;

  constructor(card: PluggableCard) {
    this.uid = card.uid;
    this.#card = card;
  }

  transmit(command: Uint8Array): Uint8Array {
    return this.#unlessFault(() => this.#card.transmit(command)) ?? new Uint8Array(0);
  }

  reset(): void {
    this.#unlessFault(() => this.#card.reset());
  }

  powerOff(): void {
    this.#card.powerOff();
  }

  #unlessFault<Value>(work: () => Value): Value | null {
    if (this.fault !== null) return null;
    try {
      return work();
    } catch (error) {
      this.fault = error;
      return null;
    }
  }
}
