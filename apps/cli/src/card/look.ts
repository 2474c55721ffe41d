/** What is on a card, read on a copy of it: the card itself is not touched. */
import {
  CardMedium,
  type CardMemory,
  type CardView,
  channelOf,
  FILES,
  type KeyStore,
  type MediumReading,
  type ReadFault,
  readCommitCount,
  viewCard,
} from '@retap/card';
import { UsageError } from '../failure.ts';
import { copyOf, powered, random } from './card-in-file.ts';

export interface Look {
  readonly uid: Uint8Array;
  readonly view: CardView;
  /** How the files are talked to. */
  readonly mode: 'full' | 'mac';
}

/** What anybody can see. @throws UsageError */
export async function lookAt(memory: CardMemory, file: string): Promise<Look> {
  const card = powered(copyOf(memory), file);
  const view = await viewCard(channelOf(card));
  if (typeof view === 'string') throw new UsageError(`${file}: the card tells nothing without a key (${view})`);
  const balance = view.account?.files.find(({ number }) => number === FILES.balance);
  return { uid: card.uid, view, mode: balance?.mode === 'mac' ? 'mac' : 'full' };
}

export interface AccountLook extends MediumReading {
  /** TMC: commits since it was personalised. */
  readonly commitCount: number;
}

/** The account, as the read key shows it. */
export async function accountOf(
  memory: CardMemory,
  file: string,
  keys: KeyStore,
  mode: 'full' | 'mac',
): Promise<AccountLook | ReadFault> {
  const channel = channelOf(powered(copyOf(memory), file));
  // It reads only: no terminal commits, so its number is nobody's.
  const medium = new CardMedium({ channel, keys, random, terminal: 0, mode });
  const fault = await medium.authenticate('read');
  if (fault !== 'authenticated') return fault;
  const reading = await medium.read({ products: true, log: () => true });
  medium.close();
  if (typeof reading === 'string') return reading;
  const commitCount = await readCommitCount(channel, keys, random);
  return typeof commitCount === 'string' ? commitCount : { ...reading, commitCount };
}

/** Why an account cannot be read, for a person. */
export const FAULT_WORDS: Readonly<Record<ReadFault, string>> = {
  unreadable: 'an answer of the card was cut or corrupted',
  'key-missing': 'the key store has no key to read it with',
  foreign:
    "these are not the card's keys, or it has no application of ours: name a key store of its issuer, or renew this one by 'retap keys rotate --from'",
  blank: 'the card has no account yet',
  inconsistent: "the card's files contradict each other",
};
