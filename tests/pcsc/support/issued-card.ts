/** A software card of packages/card, with what it needs of the world. */
import { createHash, randomBytes } from 'node:crypto';
import {
  type CardChannel,
  type IssuerKeys,
  MemoryCardMemory,
  type PersonaliseOutcome,
  personalise,
  SoftwareCard,
} from '@retap/card';
import { softwareKey } from '@retap/keys';

export const CARD_UID = Uint8Array.of(0x04, 0xa1, 0xb2, 0xc3, 0xd4, 0xe5, 0xf6);

const world = { keyOfValue: softwareKey, random: (length: number): Uint8Array => Uint8Array.from(randomBytes(length)) };

/** An issuer with one version of every key. */
const issuer: IssuerKeys = {
  versions: () => [1],
  cardKeyValue: (purpose, version, uid) => {
    const digest = createHash('sha256').update(`${purpose} ${version}`).update(uid).digest();
    return Uint8Array.from(digest.subarray(0, 16));
  },
};

/** A card as it leaves the factory. */
export function blankCard(): SoftwareCard {
  return SoftwareCard.blank({ ...world, memory: new MemoryCardMemory(), uid: CARD_UID });
}

/** The issuer's work, over whatever reader the card is held to. */
export function issue(channel: CardChannel): Promise<PersonaliseOutcome> {
  const limits = { minimumBalance: 0, maximumBalance: 100_00 };
  return personalise({ ...world, channel, keys: issuer, limits });
}
