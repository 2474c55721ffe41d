/**
 * Keys of one card, made from the issuer's masters (AN10922 section 2.2, AES-128), and the card's name, by which it is done.
 * A key that is read out of one card opens no other.
 */
import { concat, fromHex, toHex } from './bytes.ts';
import { APPLICATION, KEYS } from './layout.ts';
import type { AesKey, IssuerKeys, KeyPurpose, KeyStore } from './port.ts';

const UID_BYTES = 7;
const SYSTEM = Uint8Array.of(0x52, 0x45, 0x54, 0x41, 0x50); // "RETAP"
const PICC_LEVEL = new Uint8Array(3);

/** Told apart from each other even if an issuer gave two purposes the same master. */
const NUMBERS: Readonly<Record<KeyPurpose, number>> = { ...KEYS, 'transaction-mac': 0x0f, picc: 0x10 };

/**
 * What the master key is asked for: 01 ‖ UID ‖ AID ‖ system identifier ‖ key number, 17 bytes. (AN10922 pads to 32 bytes always,
 * CMAC only to whole blocks: with 16 bytes or more both are the same.)
 * @param uid 7 bytes
 */
export function diversificationInput(purpose: KeyPurpose, uid: Uint8Array): Uint8Array {
  if (uid.length !== UID_BYTES) throw new Error(`a UID has ${UID_BYTES} bytes, not ${uid.length}`);
  const application = purpose === 'picc' ? PICC_LEVEL : APPLICATION;
  return concat([0x01], uid, application, SYSTEM, [NUMBERS[purpose]]);
}

/** The card's key: usable, not visible. @param master of the same purpose */
export function diversified(master: AesKey, purpose: KeyPurpose, uid: Uint8Array): AesKey {
  // K = CMAC(master, 01 ‖ UID ‖ AID ‖ system identifier)
  return master.derive(diversificationInput(purpose, uid));
}

/** An issuer's view of its key store: values of card keys, to be written to cards. The masters stay where they are. */
export function issuerKeys(store: KeyStore): IssuerKeys {
  return {
    versions: (purpose) => store.versions(purpose),
    cardKeyValue(purpose, version, uid) {
      return store.master(purpose, version)?.cmac(diversificationInput(purpose, uid)) ?? null;
    },
  };
}

/** Name of a card as a medium: its UID, 14 upper-case hexadecimal digits. */
export function mediumNameOf(uid: Uint8Array): string {
  return toHex(uid);
}

/** UID of the card of that name; null where a medium of this name is no card. */
export function mediumUid(name: string): Uint8Array | null {
  return /^[0-9A-F]{14}$/.test(name) ? fromHex(name) : null;
}
