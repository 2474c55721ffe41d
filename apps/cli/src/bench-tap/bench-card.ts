/** A card with keys of its own, made for the bench and gone with it. */
import { randomBytes } from 'node:crypto';
import {
  type CardChannel,
  CardMedium,
  channelOf,
  issuerKeys,
  KEY_PURPOSES,
  type KeyStore,
  MemoryCardMemory,
  mediumNameOf,
  personalise,
  SoftwareCard,
} from '@retap/card';
import { softwareKey } from '@retap/keys';
import { amountOf } from '@retap/model';
import type { Terminal } from '@retap/terminal';

const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length));
const BALANCE_MAX = amountOf(2 ** 31 - 1);
const OPENING = amountOf(1_000_000_000);

export type Mode = 'full' | 'mac';

export class BenchCard {
  readonly card: SoftwareCard;
  readonly #keys: KeyStore;
  readonly #mode: Mode;

  private constructor(card: SoftwareCard, keys: KeyStore, mode: Mode) {
    this.card = card;
    this.#keys = keys;
    this.#mode = mode;
  }

  /** Personalised, opened and with a product, at this terminal. */
  static async issue(mode: Mode, terminal: Terminal): Promise<BenchCard> {
    const masters = new Map(KEY_PURPOSES.map((purpose) => [purpose, softwareKey(random(16))]));
    const keys: KeyStore = { versions: () => [1], master: (purpose) => masters.get(purpose) ?? null };
    const uid = Uint8Array.of(0x04, ...random(6));
    const card = SoftwareCard.blank({ uid, keyOfValue: softwareKey, random, memory: new MemoryCardMemory() });
    const limits = { minimumBalance: amountOf(0), maximumBalance: BALANCE_MAX };
    const desk = { channel: channelOf(card), keys: issuerKeys(keys), keyOfValue: softwareKey, random };
    const outcome = await personalise({ ...desk, limits, mode });
    if (outcome !== 'personalised') throw new Error(`the card of the bench is ${outcome}`);
    const issued = new BenchCard(card, keys, mode);
    const { outcome: opened } = await terminal.open(
      issued.heldTo(channelOf(card), terminal.terminal),
      mediumNameOf(uid),
      OPENING,
    );
    if (opened !== 'opened') throw new Error(`the card of the bench is ${opened}`);
    const product = { code: 'rides' };
    await terminal.tap(issued.inProcess(terminal.terminal), { type: 'purchase', price: amountOf(0), product });
    return issued;
  }

  /** In the field of a reader in this process. */
  inProcess(terminal: number, wrap: (channel: CardChannel) => CardChannel = (channel) => channel): CardMedium {
    this.card.reset();
    return this.heldTo(wrap(channelOf(this.card)), terminal);
  }

  heldTo(channel: CardChannel, terminal: number): CardMedium {
    return new CardMedium({ channel, keys: this.#keys, random, terminal, mode: this.#mode });
  }
}
