/**
 * Masters in a token (HSM, SAM) behind PKCS#11 2.40: AES-128 objects labelled `retap:<purpose>:<version>`, sensitive and not
 * extractable. All may derive; the issuer's may sign as well, for it writes the keys of cards to cards.
 *
 * What this holds against is a stolen terminal and a copied disk: no master ever leaves. Whoever has the PIN *and* the token can
 * have keys derived, for one card at a time, and PKCS#11 2.40 cannot forbid that they be readable ones.
 */
import { type AesKey, KEY_PURPOSES, type KeyPurpose, type KeyStore } from '@retap/card';
import { softwareKey } from './aes.ts';
import { journalKeyOf } from './at-rest.ts';
import { CHECKED, truncatedCheckValue } from './check-value.ts';
import { FIRST_VERSION, type KeyStoreContents, MASTER_BYTES, nextVersion, versionsOf } from './contents.ts';
import { KeyStoreError } from './fault.ts';
import { TokenKey } from './pkcs11-key.ts';
import { closeSession, openSession, type TokenOptions, type TokenSession, tokenFault } from './pkcs11-module.ts';
import { createKey, type FoundKey, findKeys, generateKey } from './pkcs11-objects.ts';
import { KeyOperations } from './pkcs11-operations.ts';

const LABEL = /^retap:(?<purpose>[a-z-]+):(?<version>\d{1,3})$/;
const JOURNAL_LABEL = 'retap:journal:1';
const JOURNAL_PLACE = { isMaster: true, name: 'the journal key' };
/** What the token's journal key is asked for: two blocks of secret. */
const JOURNAL_INPUTS = ['retap journal at rest, first block', 'retap journal at rest, second block'];

interface StoredMaster {
  readonly purpose: KeyPurpose;
  readonly version: number;
  readonly maySign: boolean;
  readonly key: TokenKey;
}

/** @throws KeyStoreError `pkcs11-…` */
export async function openTokenKeyStore(options: TokenOptions): Promise<TokenKeyStore> {
  return storeOf(options, false);
}

/**
 * Makes an issuer's masters inside the token, one of each purpose that it has none of: interrupted, it is finished by calling
 * it again.
 * @throws KeyStoreError `key-store-exists` where it has one of each, `pkcs11-…`
 */
export async function generateInToken(options: TokenOptions): Promise<TokenKeyStore> {
  const store = await storeOf(options, true);
  try {
    store.generateMissing();
    return store;
  } catch (error) {
    store.close();
    throw error;
  }
}

/**
 * Brings masters into the token, and a terminal's journal key. Those that are there stay: interrupted, or after a rotation, it is
 * finished by calling it again.
 * @returns how many were brought
 * @throws KeyStoreError `key-store-exists` where a master there is another one, `pkcs11-…`
 */
export async function importIntoToken(options: TokenOptions, contents: KeyStoreContents): Promise<number> {
  const store = await storeOf(options, true);
  try {
    return store.importMissing(contents);
  } finally {
    store.close();
  }
}

async function storeOf(options: TokenOptions, mayWrite: boolean): Promise<TokenKeyStore> {
  const open = await openSession(options, mayWrite);
  try {
    return new TokenKeyStore(open, options);
  } catch (error) {
    closeSession(open, options);
    throw tokenFault(error, open.name);
  }
}

export class TokenKeyStore implements KeyStore {
  readonly #open: TokenSession;
  readonly #options: TokenOptions;
  readonly #operations: KeyOperations;
  #masters: readonly StoredMaster[] = [];
  #journal: TokenKey | null = null;

  /** @throws KeyStoreError `pkcs11-unsuited`, `key-store-damaged` where two objects have one label */
  constructor(open: TokenSession, options: TokenOptions) {
    this.#open = open;
    this.#options = options;
    this.#operations = new KeyOperations(open);
    this.#look();
  }

  versions(purpose: KeyPurpose): readonly number[] {
    return versionsOf(this.#masters, purpose);
  }

  master(purpose: KeyPurpose, version: number): AesKey | null {
    return this.#master(purpose, version)?.key ?? null;
  }

  /** Check value of a master, 3 bytes; null where it is not held. */
  checkValue(purpose: KeyPurpose, version: number): Uint8Array | null {
    const master = this.#master(purpose, version);
    return master && truncatedCheckValue(master.key.cmacOfOther(CHECKED));
  }

  /** Key for the journal at rest, 32 bytes (see `sealing`); null where the token has no `retap:journal:1`. */
  journalKey(): Uint8Array | null {
    const journal = this.#journal;
    if (!journal) return null;
    return journalKeyOf(Buffer.concat(JOURNAL_INPUTS.map((input) => journal.cmacOfOther(Buffer.from(input)))));
  }

  /** Keys that were derived in the token and not discarded: it has little room for them. */
  get derivedKeys(): number {
    return this.#operations.derivedKeys;
  }

  /**
   * Generates one more version of each purpose inside the token.
   * @param purposes default: all that it has
   * @throws KeyStoreError `key-use` where this is not the issuer's, `key-versions-exhausted`, `pkcs11-failed`. Versions made before
   * the fault stay.
   */
  static async rotate(options: TokenOptions, purposes?: readonly KeyPurpose[]): Promise<TokenKeyStore> {
    const store = await storeOf(options, true);
    try {
      store.#rotate(purposes ?? KEY_PURPOSES.filter((purpose) => store.versions(purpose).length > 0));
      return store;
    } catch (error) {
      store.close();
      throw error;
    }
  }

  generateMissing(): void {
    const missing = KEY_PURPOSES.filter((purpose) => this.versions(purpose).length === 0);
    this.#checkIssuer();
    if (missing.length === 0) {
      const message = `${this.#open.name} has masters already, which are not replaced: cards have their keys; rotate adds versions`;
      throw new KeyStoreError('key-store-exists', message);
    }
    for (const purpose of missing) generateKey(this.#open, labelOf(purpose, FIRST_VERSION));
    this.#look();
  }

  importMissing({ role, masters, journal }: KeyStoreContents): number {
    let brought = 0;
    for (const { purpose, version, value } of masters) {
      const there = this.checkValue(purpose, version);
      const given = softwareKey(value);
      const isSame = there !== null && Buffer.compare(there, truncatedCheckValue(given.cmac(CHECKED))) === 0;
      given.discard();
      if (isSame) continue;
      if (there !== null) {
        const message = `${this.#open.name} has another ${purpose} master of version ${version}; use an empty token`;
        throw new KeyStoreError('key-store-exists', message);
      }
      createKey(this.#open, labelOf(purpose, version), value, { maySign: role === 'issuer' });
      brought += 1;
    }
    if (journal && !this.#journal)
      createKey(this.#open, JOURNAL_LABEL, journal.subarray(0, MASTER_BYTES), { maySign: false });
    this.#look();
    return brought;
  }

  /** Discards nothing that lasts; derived keys go with the session. */
  close(): void {
    closeSession(this.#open, this.#options);
  }

  #rotate(purposes: readonly KeyPurpose[]): void {
    this.#checkIssuer();
    for (const purpose of purposes) {
      generateKey(this.#open, labelOf(purpose, nextVersion(this.versions(purpose), purpose)));
    }
    this.#look();
  }

  /** A master that only derives came from the issuer; to add one that the issuer does not have would lose cards. */
  #checkIssuer(): void {
    const given = this.#masters.find(({ maySign }) => !maySign);
    if (!given) return;
    const message = `${this.#open.name}: its masters were given to it by the issuer; rotate the issuer's, and renew this one from it`;
    throw new KeyStoreError('key-use', message);
  }

  #master(purpose: KeyPurpose, version: number): StoredMaster | null {
    return this.#masters.find((each) => each.purpose === purpose && each.version === version) ?? null;
  }

  /** Reads which masters there are. */
  #look(): void {
    const found = findKeys(this.#open);
    const masters = found.flatMap((each) => this.#asMaster(each));
    for (const { purpose, version } of masters) this.#checkOne(masters, purpose, version);
    this.#masters = masters;
    const journal = found.find(({ label }) => label === JOURNAL_LABEL);
    this.#journal = journal ? new TokenKey(this.#operations, journal.handle, journal.use, JOURNAL_PLACE) : null;
  }

  #asMaster({ label, handle, use }: FoundKey): StoredMaster[] {
    const { purpose: name, version } = LABEL.exec(label)?.groups ?? {};
    const purpose = KEY_PURPOSES.find((each) => each === name);
    if (!purpose) return [];
    const place = { isMaster: true, name: `the ${purpose} master` };
    const key = new TokenKey(this.#operations, handle, use, place);
    return [{ purpose, version: Number(version), maySign: use.maySign, key }];
  }

  #checkOne(masters: readonly StoredMaster[], purpose: KeyPurpose, version: number): void {
    if (masters.filter((each) => each.purpose === purpose && each.version === version).length === 1) return;
    const message = `${this.#open.name} has two keys labelled ${labelOf(purpose, version)}; delete the one that is on no card`;
    throw new KeyStoreError('key-store-damaged', message);
  }
}

function labelOf(purpose: KeyPurpose, version: number): string {
  return `retap:${purpose}:${version}`;
}
