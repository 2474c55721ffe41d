/** An issuer's work on the keys of a card: which key is there, and its change to the newest. Torn at any point, it is done again. */
import { crc32 } from '@retap/protocol';
import { concat, toLittleEndian, xor } from '../bytes.ts';
import type { CardChannel, IssuerKeys, KeyOfValue, KeyPurpose, RandomBytes } from '../port.ts';
import { authenticate, exchange, type SecureSession, STATUS } from './session.ts';

/** What an issuer works with. */
export interface IssuerDesk {
  readonly channel: CardChannel;
  readonly keys: IssuerKeys;
  readonly keyOfValue: KeyOfValue;
  readonly random: RandomBytes;
  /**
   * The card is to have keys of the issuer's in all places. Whoever has it in the hand could else hold up a thing that says
   * another card's number and opens by the factory's keys, and be told that card's newest.
   */
  readonly isIssued?: boolean;
}

/** Why the work could not be ended. The card can be used as before, or the work be done again. */
export type IssuerFault =
  /** The card left, or an answer was cut or corrupted: hold it again. */
  | 'torn'
  /** None of the issuer's keys opens it, or its files are others. */
  | 'foreign'
  /** The issuer's key store has no key for one of the purposes. */
  | 'key-missing';

export interface CardKeyValue {
  readonly version: number;
  /** 16 bytes */
  readonly value: Uint8Array;
}

/** Keys of a card as it is bought, and of an application as it is created. */
const FACTORY_KEY: CardKeyValue = { version: 0, value: new Uint8Array(16) };
const GET_KEY_VERSION = 0x64;
const CHANGE_KEY = 0xc4;
/** In ChangeKey of the card's own master key: it is to be an AES key. */
const PICC_AES = 0x80;

/** The key that the card is to have; null where the issuer holds none. */
export function newestKey({ keys, channel }: IssuerDesk, purpose: KeyPurpose): CardKeyValue | null {
  const version = keys.versions(purpose).at(-1);
  const value = version === undefined ? null : keys.cardKeyValue(purpose, version, channel.uid);
  return version === undefined || value === null ? null : { version, value };
}

/**
 * Finds out which key is in a place by opening it: one of the issuer's versions, or the factory's where it may have those. What
 * GetKeyVersion says is tried first; it has no MAC, so the others are tried too.
 */
export async function openPlace(
  desk: IssuerDesk,
  purpose: KeyPurpose,
  number: number,
): Promise<{ readonly session: SecureSession; readonly current: CardKeyValue } | IssuerFault> {
  const { channel, keyOfValue, random } = desk;
  const version = await exchange(channel, GET_KEY_VERSION, Uint8Array.of(number));
  const said = version.outcome === 'answered' ? version.data[0] : undefined;
  const candidates = candidateKeys(desk, purpose);
  const likely = candidates.filter((key) => key.version === said);
  for (const current of new Set([...likely, ...candidates])) {
    const key = keyOfValue(current.value);
    const session = await authenticate(channel, number, key, random);
    key.discard();
    if (!('outcome' in session)) return { session, current };
    if (session.outcome === 'torn') return 'torn';
    if (session.status !== STATUS.authenticationError) return 'foreign';
  }
  return 'foreign';
}

/** Brings one of the application's keys 1 … 4 to the newest version. Its master key is the one that changes it. */
export async function bringKey(desk: IssuerDesk, purpose: KeyPurpose, number: number): Promise<'done' | IssuerFault> {
  const newest = newestKey(desk, purpose);
  if (!newest) return 'key-missing';
  const place = await openPlace(desk, purpose, number);
  if (typeof place === 'string') return place;
  place.session.close();
  if (isSame(place.current, newest)) return 'done';
  const master = await openPlace(desk, 'master', 0);
  if (typeof master === 'string') return master;
  // (new ⊕ old) ‖ version ‖ CRC32 of the new key, which here is not complemented at its end
  const crc = toLittleEndian(~crc32(newest.value) >>> 0, 4);
  const data = concat(xor(newest.value, place.current.value), [newest.version], crc);
  const { outcome } = await master.session.send({ code: CHANGE_KEY, header: [number], data }, 'full');
  master.session.close();
  return outcome === 'answered' ? 'done' : outcome === 'refused' ? 'foreign' : 'torn';
}

/** Brings a master key (of the application or, where that is not selected, of the card) to the newest version, and opens it. */
export async function bringMaster(
  desk: IssuerDesk,
  purpose: 'master' | 'picc',
): Promise<{ readonly session: SecureSession } | IssuerFault> {
  const newest = newestKey(desk, purpose);
  if (!newest) return 'key-missing';
  const place = await openPlace(desk, purpose, 0);
  if (typeof place === 'string' || isSame(place.current, newest)) return place;
  const header = [purpose === 'picc' ? PICC_AES : 0];
  // The session ends with the key that it was made with: the answer has no MAC, and is not believed either way.
  await place.session.send({ code: CHANGE_KEY, header, data: concat(newest.value, [newest.version]) }, 'full');
  place.session.close();
  const changed = await openPlace(desk, purpose, 0);
  if (typeof changed === 'string' || isSame(changed.current, newest)) return changed;
  changed.session.close();
  return 'torn';
}

function candidateKeys({ keys, channel, isIssued = false }: IssuerDesk, purpose: KeyPurpose): CardKeyValue[] {
  const issued = [...keys.versions(purpose)].reverse().flatMap((version): CardKeyValue[] => {
    const value = keys.cardKeyValue(purpose, version, channel.uid);
    return value ? [{ version, value }] : [];
  });
  return isIssued ? issued : [...issued, FACTORY_KEY];
}

function isSame(one: CardKeyValue, other: CardKeyValue): boolean {
  return one.version === other.version && one.value.every((byte, index) => byte === other.value[index]);
}
