/** A card with its issuer, and terminals around it, all in this process: production code over the software card. */
import { createHash } from 'node:crypto';
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
  type Tear,
} from '@retap/card';
import { softwareKey } from '@retap/keys';
import { amountOf, type JournalRecord, type MediumAccount } from '@retap/model';
import { parseBatch } from '@retap/protocol';
import { MemoryJournal, Terminal, type TerminalOptions } from '@retap/terminal';
import { randomOf } from '@retap/testkit';

const START = 1_772_420_400_000;
export const CLOCK_TOLERANCE = 120_000;
const UID = Uint8Array.of(0x04, 0x2a, 0x61, 0x8c, 0x19, 0x90, 0x80);
const chance = randomOf('tear');
const random = (length: number): Uint8Array => Uint8Array.from({ length }, () => chance.int(256));

const masters = new Map(KEY_PURPOSES.map((purpose) => [purpose, random(16)]));
export const keys: KeyStore = {
  versions: () => [1],
  master: (purpose) => softwareKey(masters.get(purpose) ?? new Uint8Array(16)),
};

/** What a card's non-volatile memory holds, and all records there are of it. */
export interface Issued {
  readonly image: Uint8Array;
  readonly records: readonly JournalRecord[];
  readonly now: number;
}

/** A card that may be in a field: the same chip for as long as the object lives, powered on anew for each conversation. */
export class Card {
  readonly memory: MemoryCardMemory;

  constructor(image?: Uint8Array) {
    this.memory = new MemoryCardMemory(image);
  }

  /** Into the field of a terminal. */
  heldTo(
    terminal: number,
    tear?: Tear,
  ): { readonly medium: CardMedium; readonly channel: ReturnType<typeof channelOf> } {
    const card = SoftwareCard.powerOn({ keyOfValue: softwareKey, random, memory: this.memory });
    const channel = channelOf(card, tear ? { tear } : {});
    return { medium: mediumOf(channel, terminal), channel };
  }

  /** What it truly holds, read with all the time in the world. */
  async truth(): Promise<MediumAccount> {
    this.memory.restorePower();
    const { medium } = this.heldTo(1);
    if ((await medium.authenticate('debit')) !== 'authenticated') throw new Error('the card opens to nobody');
    const reading = await medium.read({ products: true, log: () => true });
    if (typeof reading === 'string') throw new Error(`the card cannot be read: ${reading}`);
    return reading.account;
  }
}

export function mediumOf(channel: CardChannel, terminal: number): CardMedium {
  return new CardMedium({ channel, keys, random, terminal });
}

/** Terminals on one clock. */
export class GateLine {
  now: number;
  readonly #siblings = new Set([17, 18]);

  constructor(now: number) {
    this.now = now;
  }

  at(terminal: number, options: Partial<TerminalOptions> = {}): Promise<Terminal> {
    return Terminal.open({
      terminal,
      store: new MemoryJournal(),
      sha256: (bytes) => createHash('sha256').update(bytes).digest(),
      clock: () => this.now,
      clockSetAt: () => START,
      clockSetMax: Number.POSITIVE_INFINITY,
      limits: { minimumBalance: amountOf(0), maximumBalance: amountOf(100_000) },
      clockTolerance: CLOCK_TOLERANCE,
      retapWindow: 30_000,
      siblings: this.#siblings,
      ...options,
    });
  }
}

/** Personalised, opened with 20.00 and loaded with a ticket of ten rides at a sales terminal. */
export async function issue(uid: Uint8Array = UID, at = 99): Promise<Issued> {
  const card = new Card();
  const blank = SoftwareCard.blank({ uid, keyOfValue: softwareKey, random, memory: card.memory });
  const limits = { minimumBalance: amountOf(0), maximumBalance: amountOf(100_000) };
  const outcome = await personalise({
    channel: channelOf(blank),
    keys: issuerKeys(keys),
    keyOfValue: softwareKey,
    random,
    limits,
  });
  if (outcome !== 'personalised') throw new Error(outcome);
  const line = new GateLine(START);
  const sales = await line.at(at);
  await sales.open(card.heldTo(at).medium, mediumNameOf(uid), amountOf(2000));
  line.now += 60_000;
  const product = { code: 'ten-rides', maxUses: 10 };
  await sales.tap(card.heldTo(at).medium, { type: 'purchase', price: amountOf(500), product });
  return { image: card.memory.read(), records: await delivered(sales), now: line.now + 600_000 };
}

/** All records a terminal has for the centre. */
export async function delivered(terminal: Terminal): Promise<JournalRecord[]> {
  const records: JournalRecord[] = [];
  for (let batch = await terminal.nextBatch(); batch !== null; batch = await terminal.nextBatch()) {
    records.push(...parseBatch(batch.bytes).records.map(({ record }) => record));
    await terminal.acknowledge(batch);
  }
  return records;
}
