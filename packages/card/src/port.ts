/** What the card package needs of the world: AES with keys that may never be seen, and one exchange with a card. */

/**
 * An AES-128 key: what can be done with it, not what it is. Behind it is a value in memory, or an object in a token (SAM,
 * HSM) whose value nobody can read.
 */
export interface AesKey {
  /** AES-CBC without padding. @param iv 16 bytes @param data a multiple of 16 bytes */
  encrypt(iv: Uint8Array, data: Uint8Array): Uint8Array;
  /** AES-CBC without padding. @param iv 16 bytes @param data a multiple of 16 bytes */
  decrypt(iv: Uint8Array, data: Uint8Array): Uint8Array;
  /** AES-CMAC (NIST SP 800-38B), all 16 bytes. Master keys in a terminal's token refuse it: it would give away card keys. */
  cmac(message: Uint8Array): Uint8Array;
  /** The key whose value is the CMAC of `input`: diversified keys (AN10922) and session keys are made like this. */
  derive(input: Uint8Array): AesKey;
  /** The key is not needed any more: a token has little room for session keys. */
  discard(): void;
}

/** Makes a key whose value is known: the software card's, a new card's factory key. @param value 16 bytes */
export type KeyOfValue = (value: Uint8Array) => AesKey;

/** Fills with randomness fit for keys and nonces: `RndA`, `RndB`, TI. */
export type RandomBytes = (length: number) => Uint8Array;

/** What a master key is for. Each purpose has its own master, in versions. */
export const KEY_PURPOSES = [
  /** Application master key, key 0: personalisation, key change. Issuer only. */
  'master',
  /** Key 1: read the account. Terminals and inspectors. */
  'read',
  /** Key 2: everything that `debit` may do, and credit. Refill terminals only. */
  'refill',
  /** Key 3: debit, write products, last transaction and log. Terminals. */
  'debit',
  /** Key 4: configuration of the transaction MAC. Issuer only. */
  'transaction-mac-configuration',
  /** The key of the TransactionMAC file: on the card and at the centre only. */
  'transaction-mac',
  /** PICC master key: creates and deletes applications. Issuer only. */
  'picc',
] as const;
export type KeyPurpose = (typeof KEY_PURPOSES)[number];

/** Master keys, by purpose and version (0 … 255). A terminal holds few of them, the centre others. */
export interface KeyStore {
  /** Versions held, ascending; empty where this key store has none for the purpose. */
  versions(purpose: KeyPurpose): readonly number[];
  /** The master key, or null where it is not held. */
  master(purpose: KeyPurpose, version: number): AesKey | null;
}

/** What an issuer writes to a card: the keys of that one card. Only an issuer's key store gives their values away. */
export interface IssuerKeys {
  /** Versions held, ascending. The last is what cards are to have. */
  versions(purpose: KeyPurpose): readonly number[];
  /** Value of the card's key, 16 bytes; null where the master is not held. @param uid 7 bytes */
  cardKeyValue(purpose: KeyPurpose, version: number, uid: Uint8Array): Uint8Array | null;
}

/** A card in a reader's field. */
export interface CardChannel {
  /** Serial number of the chip as the anti-collision gave it: 7 bytes. */
  readonly uid: Uint8Array;
  /**
   * One exchange: a command APDU, and whatever came back of its answer: all of it, a part, or nothing where the card left,
   * stayed mute beyond the deadline, or the reader failed. Never throws for those.
   */
  transmit(command: Uint8Array): Promise<Uint8Array>;
}
