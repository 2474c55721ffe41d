/** A software card behind the port of a reader, with a hand that pulls it away at a chosen exchange. */
import type { CardChannel } from '../port.ts';
import type { SoftwareCard } from './card.ts';

/** Where the card leaves the field. */
export interface Tear {
  /** Which exchange since the channel was made, from 0. */
  readonly exchange: number;
  /** `before`: the command does not reach the card. `after`: it does, and the answer is lost. */
  readonly when: 'before' | 'after';
  /** Bytes of the answer that still came, where it is lost `after`; none where it is not given. */
  readonly keepBytes?: number;
}

/** After a tear every exchange is answered by nothing, until the card is put into the field again. */
export interface SoftwareChannel extends CardChannel {
  /** Exchanges so far, the torn one included. */
  readonly exchanges: number;
  /** Bytes to and from the card so far. */
  readonly bytes: { readonly sent: number; readonly received: number };
  /** The card comes back: powered on anew, exchanges are counted from 0. @param tear where it leaves again */
  restore(tear?: Tear): void;
}

const NOTHING = new Uint8Array(0);

export function channelOf(card: SoftwareCard, faults: { readonly tear?: Tear } = {}): SoftwareChannel {
  return new CardInField(card, faults.tear ?? null);
}

class CardInField implements SoftwareChannel {
  readonly uid: Uint8Array;
  readonly #card: SoftwareCard;
  #tear: Tear | null;
  #isTorn = false;
  #exchanges = 0;
  #sent = 0;
  #received = 0;

  constructor(card: SoftwareCard, tear: Tear | null) {
    this.uid = card.uid;
    this.#card = card;
    this.#tear = tear;
  }

  get exchanges(): number {
    return this.#exchanges;
  }

  get bytes(): { sent: number; received: number } {
    return { sent: this.#sent, received: this.#received };
  }

  async transmit(command: Uint8Array): Promise<Uint8Array> {
    if (this.#isTorn) return NOTHING;
    const tear = this.#tear?.exchange === this.#exchanges ? this.#tear : null;
    this.#exchanges += 1;
    this.#sent += command.length;
    const answer = tear === null ? this.#card.transmit(command) : this.#torn(tear, command);
    this.#received += answer.length;
    return answer;
  }

  restore(tear?: Tear): void {
    this.#tear = tear ?? null;
    this.#isTorn = false;
    this.#exchanges = 0;
    this.#card.reset();
  }

  #torn(tear: Tear, command: Uint8Array): Uint8Array {
    this.#isTorn = true;
    const answer = tear.when === 'before' ? NOTHING : this.#card.transmit(command).slice(0, tear.keepBytes ?? 0);
    this.#card.powerOff();
    return answer;
  }
}
