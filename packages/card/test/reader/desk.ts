/** Issuer, terminals and cards for the reader's tests. */
import {
  type Amount,
  accountAfter,
  amountOf,
  firstAccount,
  type MediumAccount,
  signedAmount,
  type TapRequest,
} from '@retap/model';
import { fromHex, toHex } from '../../src/bytes.ts';
import { diversified, issuerKeys } from '../../src/diversification.ts';
import type { CommitResult, MediumChange, MediumReading, ReadFault } from '../../src/medium.ts';
import { type PersonaliseOptions, personalise } from '../../src/personalise.ts';
import type { AesKey, CardChannel, KeyPurpose, KeyStore } from '../../src/port.ts';
import { CardMedium } from '../../src/reader/card-medium.ts';
import { SoftwareCard } from '../../src/software/card.ts';
import { channelOf, type SoftwareChannel } from '../../src/software/channel.ts';
import { MemoryCardMemory } from '../../src/software/memory.ts';
import { keyOfValue } from '../aes.ts';

export const UID = fromHex('04A1B2C3D4E5F6');
export const MEDIUM = toHex(UID);
export const TERMINAL = 17;
export const START = 1_800_000_000_000;

/** Deterministic, and never the same twice in a test. */
export function randomBytes(seed = 1): (length: number) => Uint8Array {
  let state = seed;
  return (length) =>
    Uint8Array.from({ length }, () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state >>> 24;
    });
}

/** Masters whose value says what they are for. */
export function masterKey(purpose: KeyPurpose, version: number): AesKey {
  return keyOfValue(
    Uint8Array.from({ length: 16 }, (_, index) => purpose.charCodeAt(index % purpose.length) ^ version),
  );
}

export function storeOf(purposes: Partial<Record<KeyPurpose, readonly number[]>>): KeyStore {
  return {
    versions: (purpose) => purposes[purpose] ?? [],
    master: (purpose, version) => (purposes[purpose]?.includes(version) ? masterKey(purpose, version) : null),
  };
}

export function everyPurpose(...versions: number[]): KeyStore {
  const all = { master: versions, read: versions, refill: versions, debit: versions, picc: versions };
  return storeOf({ ...all, 'transaction-mac-configuration': versions, 'transaction-mac': versions });
}

export const TERMINAL_KEYS = storeOf({ read: [1], refill: [1], debit: [1] });
export const LIMITS = { minimumBalance: -500, maximumBalance: 100_000 };

export function transactionMacKey(): AesKey {
  return diversified(masterKey('transaction-mac', 1), 'transaction-mac', UID);
}

export interface Held {
  readonly memory: MemoryCardMemory;
  readonly channel: SoftwareChannel;
}

export function insert(image: Uint8Array, seed = 7): Held {
  const memory = new MemoryCardMemory(image);
  return { memory, channel: channelOf(SoftwareCard.powerOn({ memory, keyOfValue, random: randomBytes(seed) })) };
}

export function factoryImage(): Uint8Array {
  const memory = new MemoryCardMemory();
  SoftwareCard.blank({ memory, keyOfValue, random: randomBytes(), uid: UID });
  return memory.read();
}

export function deskAt(channel: CardChannel, store = everyPurpose(1)): PersonaliseOptions {
  return { channel, keys: issuerKeys(store), keyOfValue, random: randomBytes(3), limits: LIMITS };
}

const images = new Map<string, Promise<Uint8Array>>();

/** A personalised card without account. */
export function blankImage(mode: 'full' | 'mac' = 'full'): Promise<Uint8Array> {
  const made = images.get(mode) ?? makeBlank(mode);
  images.set(mode, made);
  return made;
}

async function makeBlank(mode: 'full' | 'mac'): Promise<Uint8Array> {
  const { memory, channel } = insert(factoryImage());
  const outcome = await personalise({ ...deskAt(channel), mode });
  if (outcome !== 'personalised') throw new Error(`the card is ${outcome}`);
  return memory.read();
}

export function mediumAt(channel: CardChannel, options: Partial<ConstructorParameters<typeof CardMedium>[0]> = {}) {
  return new CardMedium({ channel, keys: TERMINAL_KEYS, random: randomBytes(5), terminal: TERMINAL, ...options });
}

export async function openedImage(balance = 1000, mode: 'full' | 'mac' = 'full'): Promise<Uint8Array> {
  const { memory, channel } = insert(await blankImage(mode));
  const medium = mediumAt(channel, { mode });
  await medium.authenticate('refill');
  const { answer } = await medium.open(firstAccount(MEDIUM, amountOf(balance), START, TERMINAL));
  if (answer !== 'committed') throw new Error(`the account is ${answer}`);
  return memory.read();
}

export const EVERYTHING = { products: true, log: () => true };
export const NOTHING_MORE = { products: false, log: () => false };

export function readingOf(reading: MediumReading | ReadFault): MediumReading {
  if (typeof reading === 'string') throw new Error(`the medium is ${reading}`);
  return reading;
}

/** All of the account that is on the card. */
export async function accountOn(image: Uint8Array, mode: 'full' | 'mac' = 'full'): Promise<MediumReading> {
  const medium = mediumAt(insert(image, 99).channel, { mode });
  await medium.authenticate('debit');
  return readingOf(await medium.read(EVERYTHING));
}

export function changeOf(account: MediumAccount, request: TapRequest, time: number, serial: number): MediumChange {
  const stamp = { time, terminal: TERMINAL, productId: `${TERMINAL}-${serial}` };
  const amount: Amount = signedAmount(request);
  const product = request.type === 'purchase' ? { ...request.product, id: stamp.productId } : undefined;
  const codes = request.type === 'validation' ? request.codes : [];
  const used = account.products.find(({ code }) => codes.includes(code));
  const after = accountAfter(account, amount, stamp, product, used?.id);
  return { type: request.type, amount, after, ...(product && { product }), ...(used && { productId: used.id }) };
}

export interface Tapped {
  readonly reading: MediumReading;
  readonly change: MediumChange;
  readonly result: CommitResult;
}

/** A whole tap. @throws Error where the medium cannot be read */
export async function tap(
  medium: CardMedium,
  request: TapRequest,
  time: number,
  serial: number,
  wish = request.type === 'purchase' || request.type === 'validation'
    ? { ...NOTHING_MORE, products: true }
    : NOTHING_MORE,
  action?: MediumChange['action'],
): Promise<Tapped> {
  const access = await medium.authenticate(request.type === 'refill' ? 'refill' : 'debit');
  if (access !== 'authenticated') throw new Error(`the medium is ${access}`);
  const reading = readingOf(await medium.read(wish));
  const change = { ...changeOf(reading.account, request, time, serial), ...(action && { action }) };
  return { reading, change, result: await medium.commit(change) };
}
