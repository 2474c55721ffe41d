/** `retap card new`: a card from the factory, personalised, and with an account that the centre hears of. */
import {
  CardImageError,
  CardMedium,
  channelOf,
  issuerKeys,
  type Medium,
  MemoryCardMemory,
  mediumNameOf,
  type PersonaliseOutcome,
  personalise,
  SoftwareCard,
} from '@retap/card';
import { type Amount, amountOf, identityOf, type MediumAccount } from '@retap/model';
import type { JournaledTerminal } from '@retap/terminal-service';
import { UsageError } from '../failure.ts';
import type { ExitStatus, Shell } from '../shell.ts';
import { formatAmount } from '../text.ts';
import { type BlankCard, blankCardAt } from './blank.ts';
import { copyOf, keyOfValue, powered, random } from './card-in-file.ts';
import { type DeskOptions, openDesk, sendOrSay } from './desk.ts';
import { assertIssuer, type KeysOptions, type OpenKeys, openKeys } from './key-place.ts';
import { accountOf, FAULT_WORDS, lookAt } from './look.ts';
import { REFUSAL_WORDS } from './refusal-words.ts';
import { UnfinishedCard } from './unfinished.ts';

export interface NewOptions extends KeysOptions, DeskOptions {
  readonly uid?: Uint8Array;
  readonly balance?: Amount;
  readonly product?: readonly string[];
  readonly mode: 'full' | 'mac';
}

/** Manufacturer's code in the first byte of a UID (ISO/IEC 7816-6): NXP. */
const MANUFACTURER = 0x04;
const UID_BYTES = 7;

export async function newCard(file: string, options: NewOptions, shell: Shell): Promise<ExitStatus> {
  const { balance, product = [], terminal, journal } = options;
  if (balance === undefined && (product.length > 0 || terminal !== undefined || journal !== undefined)) {
    throw new UsageError('--terminal, --journal and --product are for a card with an account; give its --balance too');
  }
  const keys = await openKeys(options, shell);
  try {
    assertIssuer(keys, options);
    if (balance === undefined) return await withoutAccount(file, options, keys, shell);
    const desk = await openDesk(options, keys, shell);
    try {
      await withAccount(file, { ...options, balance }, keys, desk, shell);
      return await sendOrSay(desk, options, shell);
    } finally {
      await desk.close();
    }
  } finally {
    keys.close();
  }
}

async function withoutAccount(file: string, options: NewOptions, keys: OpenKeys, shell: Shell): Promise<ExitStatus> {
  const begun = UnfinishedCard.begin(file);
  if (begun === 'finished') return saidFinished(file, shell);
  await unlessKept(begun, async () => {
    if ((await openingOn(begun, keys)) !== null) throw openedBefore(file);
    const { memory, name } = await personalised(options, keys);
    begun.keep(memory.read());
    begun.finish();
    shell.stdout.write(`${file}: card ${name}, without an account; no terminal takes it before it has one\n`);
  });
  return 0;
}

async function withAccount(
  file: string,
  options: NewOptions & { readonly balance: Amount },
  keys: OpenKeys,
  desk: JournaledTerminal,
  shell: Shell,
): Promise<void> {
  const blank = await blankCardAt(file, keys);
  try {
    if (blank && options.uid && mediumNameOf(options.uid) !== blank.name) {
      throw new UsageError(
        `${file}: this is card ${blank.name}; leave --uid to open its account, or choose another name`,
      );
    }
    await withAccountOn(file, blank, options, keys, desk, shell);
  } finally {
    blank?.close();
  }
}

/** @param blank the card that gets it; null: a new one */
async function withAccountOn(
  file: string,
  blank: BlankCard | null,
  options: NewOptions & { readonly balance: Amount },
  keys: OpenKeys,
  desk: JournaledTerminal,
  shell: Shell,
): Promise<void> {
  const begun = UnfinishedCard.begin(file, blank !== null);
  if (begun === 'finished') {
    saidFinished(file, shell);
    return;
  }
  await unlessKept(begun, async () => {
    const opened = await recordedOpening(begun, options, keys, desk);
    const record = opened ? null : await openAccount(begun, blank, options, keys, desk);
    const balance = opened?.balance ?? options.balance;
    const name = opened?.medium ?? record?.medium ?? '';
    await addProducts(begun, options, opened, keys, desk);
    begun.finish();
    const how = record ? `record ${identityOf(record)}` : 'the card that was begun before is finished';
    shell.stdout.write(`${file}: card ${name}, balance ${formatAmount(balance)}; ${how}\n`);
  });
}

/** What was begun stays where it is of use to the next run: where it holds a card. */
async function unlessKept(begun: UnfinishedCard, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (isCard(begun)) begun.leave();
    else begun.discard();
    throw error;
  }
}

/** The account on a card that another run has begun, if its record is in the journal; null: to be made anew. */
async function recordedOpening(
  begun: UnfinishedCard,
  { uid, terminal, journal }: NewOptions,
  keys: OpenKeys,
  desk: JournaledTerminal,
): Promise<MediumAccount | null> {
  const account = await openingOn(begun, keys);
  if (account === null) return null;
  const { medium, mediumSerial, lastTime, lastTerminal } = account;
  // What follows an opening is done only when that is recorded.
  const isLater = mediumSerial > 0;
  const recorded = isLater || lastTerminal !== terminal ? 'unknown' : desk.isOpeningRecorded(medium, lastTime);
  if (recorded === 'not-recorded') return null;
  const part = `${begun.file}.part`;
  if (lastTerminal !== terminal || (recorded === 'unknown' && !isLater)) {
    throw new UsageError(
      `${part}: card ${medium} was opened by terminal ${lastTerminal}, and ${journal} cannot tell whether that is recorded; give the journal it was begun with, or remove the file`,
    );
  }
  if (uid && mediumNameOf(uid) !== medium) {
    throw new UsageError(`${part}: card ${medium} was begun before; leave --uid to finish it, or choose another name`);
  }
  return account;
}

function isCard({ memory }: UnfinishedCard): boolean {
  try {
    SoftwareCard.powerOn({ memory: new MemoryCardMemory(memory.read()), keyOfValue, random });
    return true;
  } catch (error) {
    if (error instanceof CardImageError) return false;
    throw error;
  }
}

/** @throws UsageError where these keys do not open the card */
async function openingOn(begun: UnfinishedCard, keys: OpenKeys): Promise<MediumAccount | null> {
  if (!isCard(begun)) return null;
  const part = `${begun.file}.part`;
  const { mode } = await lookAt(begun.memory, part);
  const found = await accountOf(begun.memory, part, keys, mode);
  if (found === 'blank') return null;
  if (typeof found === 'string') throw new UsageError(`${part}: ${FAULT_WORDS[found]}, or remove the file`);
  return found.account;
}

function openedBefore(file: string): UsageError {
  return new UsageError(`${file}.part: a card with an account was begun; run what began it again, or remove the file`);
}

interface CardInRam {
  readonly memory: MemoryCardMemory;
  readonly card: SoftwareCard;
  readonly name: string;
  readonly mode: 'full' | 'mac';
}

/** A card in RAM with application, files and keys. @throws UsageError */
async function personalised(
  { uid = newUid(), minimumBalance, maximumBalance, mode }: NewOptions,
  keys: OpenKeys,
): Promise<CardInRam> {
  const memory = new MemoryCardMemory();
  const card = SoftwareCard.blank({ memory, keyOfValue, random, uid });
  const desk = { channel: channelOf(card), keys: issuerKeys(keys), keyOfValue, random };
  const outcome: PersonaliseOutcome = await personalise({ ...desk, mode, limits: { minimumBalance, maximumBalance } });
  if (outcome === 'limits-out-of-range') {
    throw new UsageError(
      'a card begins with 0 and holds at most 2147483647: give --minimum-balance of 0 or less, and --maximum-balance within',
    );
  }
  if (outcome !== 'personalised') throw new Error(`a card from the factory is ${outcome}`);
  return { memory, card, mode, name: mediumNameOf(uid) };
}

/** Worked on beside the file: until the record of its opening is on the disk, the file stays without an account. */
function copied({ memory: kept, name, mode }: BlankCard, file: string): CardInRam {
  const memory = copyOf(kept);
  return { memory, card: powered(memory, file), name, mode };
}

function newUid(): Uint8Array {
  const uid = random(UID_BYTES);
  uid[0] = MANUFACTURER;
  return uid;
}

/** The account is on the disk, with its card, before the record is: so a record is never of a card that is not there. */
async function openAccount(
  begun: UnfinishedCard,
  blank: BlankCard | null,
  options: NewOptions & { readonly balance: Amount },
  keys: OpenKeys,
  { terminal }: JournaledTerminal,
) {
  const { memory, card, name, mode } = blank ? copied(blank, begun.file) : await personalised(options, keys);
  const medium = new CardMedium({ channel: channelOf(card), keys, random, terminal: terminal.terminal, mode });
  const kept: Medium = {
    authenticate: (access) => medium.authenticate(access),
    read: (wish) => medium.read(wish),
    canHold: (product) => medium.canHold(product),
    commit: (change) => medium.commit(change),
    open: async (first) => {
      const result = await medium.open(first);
      if (result.answer === 'committed') begun.keep(memory.read());
      return result;
    },
  };
  const outcome = await terminal.open(kept, name, options.balance);
  if (outcome.outcome === 'opened') return outcome.record;
  const why = outcome.outcome === 'refused' ? REFUSAL_WORDS[outcome.reason] : 'the card declined';
  throw new UsageError(`${begun.file}: no account was opened: ${why}`);
}

/** Each product is bought for nothing, at this terminal: the centre knows of every one. */
async function addProducts(
  begun: UnfinishedCard,
  { product = [] }: NewOptions,
  opened: MediumAccount | null,
  keys: OpenKeys,
  { terminal }: JournaledTerminal,
): Promise<void> {
  const missing = product.filter((code) => !opened?.products.some((held) => held.code === code));
  if (missing.length === 0) return;
  const { mode } = await lookAt(begun.memory, begun.file);
  const channel = channelOf(powered(begun.memory, begun.file));
  const medium = new CardMedium({ channel, keys, random, terminal: terminal.terminal, mode });
  for (const code of missing) {
    const tapped = await terminal.tap(medium, { type: 'purchase', price: amountOf(0), product: { code } });
    if (tapped.outcome === 'successful') continue;
    const why = tapped.outcome === 'refused' ? REFUSAL_WORDS[tapped.reason] : tapped.outcome;
    throw new UsageError(
      `${begun.file}: no product ${code}: ${why}; run it again without that one, and the card is finished`,
    );
  }
}

function saidFinished(file: string, shell: Shell): ExitStatus {
  shell.stdout.write(`${file}: the card that was begun before is finished\n`);
  return 0;
}
