/** An issuer with real keys, real terminals and software cards (a test double: no silicon has been tested). */
import {
  type CardChannel,
  CardMedium,
  channelOf,
  issuerKeys,
  MemoryCardMemory,
  mediumNameOf,
  personalise,
  SoftwareCard,
  type SoftwareChannel,
} from '@retap/card';
import { exportFor, issuerContents, type KeyRole, rotated, SoftwareKeyStore, softwareKey } from '@retap/keys';
import { amountOf, type JournalRecord, type TapRequest } from '@retap/model';
import type { Terminal } from '@retap/terminal';
import { delivered, scene } from '../../../packages/terminal/test/scene.ts';

/** Deterministic: every run of a test meets the same cards. */
function randomFrom(seed: number): (length: number) => Uint8Array {
  let state = seed;
  return (length) =>
    Uint8Array.from({ length }, () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state >>> 24;
    });
}

const random = randomFrom(20_170_104);
const first = issuerContents(random);
const ISSUER = {
  1: first,
  2: rotated(first, ['transaction-mac'], random),
  /** Another issuer's, with the same versions. */
  foreign: issuerContents(random),
};
type Issuer = keyof typeof ISSUER;

export function keysOf(role: KeyRole, issuer: Issuer = 1): SoftwareKeyStore {
  return new SoftwareKeyStore('', '', exportFor(ISSUER[issuer], role, random));
}

export interface Card {
  readonly medium: string;
  readonly channel: SoftwareChannel;
}

let cards = 0;

/** A personalised card without account, with a UID that no other has. */
export async function newCard(issuer: Issuer = 1): Promise<Card> {
  cards += 1;
  const uid = Uint8Array.of(0x04, 0, 0, 0, 0, cards >> 8, cards & 0xff);
  const card = SoftwareCard.blank({ memory: new MemoryCardMemory(), keyOfValue: softwareKey, random, uid });
  const channel = channelOf(card);
  const keys = issuerKeys(new SoftwareKeyStore('', '', ISSUER[issuer]));
  const limits = { minimumBalance: 0, maximumBalance: 100_000 };
  const outcome = await personalise({ channel, keys, keyOfValue: softwareKey, random, limits });
  if (outcome !== 'personalised') throw new Error(`the card is ${outcome}`);
  return { medium: mediumNameOf(uid), channel };
}

let streets = 0;

/**
 * Terminals 1 (refills) and 17, 18 (gates, not of one line), and the hands that hold cards to them. Each street has numbers of its
 * own, a hundred apart.
 */
export class Street {
  readonly #first = 100 * streets++;
  readonly #stage = scene();
  readonly #keys = { 1: keysOf('refill'), 17: keysOf('gate'), 18: keysOf('gate') };
  readonly #terminals = new Map<number, Terminal>();

  /** @param isLogTime whether terminals take the time to read a card's log */
  static async open(isLogTime = false): Promise<Street> {
    const street = new Street();
    for (const number of [1, 17, 18]) {
      street.#terminals.set(number, await street.#stage.at(street.numberOf(number), { isLogTime: () => isLogTime }));
    }
    return street;
  }

  numberOf(door: number): number {
    return this.#first + door;
  }

  async openAccount({ medium, channel }: Card, balance = 1_000): Promise<void> {
    const done = await this.#at(1).open(this.#medium(1, channel), medium, amountOf(balance));
    if (done.outcome !== 'opened') throw new Error(`the account is ${done.outcome}`);
  }

  /** @returns the outcome */
  async tap(number: Door, { channel }: Card, request: TapRequest): Promise<string> {
    channel.restore();
    const done = await this.#at(number).tap(this.#medium(number, channel), request);
    return done.outcome === 'refused' ? done.reason : done.outcome;
  }

  /** The card leaves at the commit: before it was sent, or after, with its answer lost. */
  async torn(number: Door, card: Card, request: TapRequest, when: 'before' | 'after', commit: number): Promise<string> {
    card.channel.restore({ exchange: commit, when });
    const done = await this.#at(number).tap(this.#medium(number, card.channel), request);
    return done.outcome;
  }

  async observe(number: Door, { channel }: Card): Promise<string> {
    channel.restore();
    return (await this.#at(number).observe(this.#medium(number, channel))).outcome;
  }

  /** What a terminal has for the centre. */
  records(number: Door): Promise<JournalRecord[]> {
    return delivered(this.#at(number));
  }

  async allRecords(): Promise<JournalRecord[]> {
    const records: JournalRecord[] = [];
    for (const number of [1, 17, 18] as const) records.push(...(await this.records(number)));
    return records;
  }

  #at(number: number): Terminal {
    this.#stage.now += 60_000;
    return this.#terminals.get(number) as Terminal;
  }

  #medium(number: Door, channel: CardChannel): CardMedium {
    return new CardMedium({ channel, keys: this.#keys[number], random, terminal: this.numberOf(number) });
  }
}

type Door = 1 | 17 | 18;
