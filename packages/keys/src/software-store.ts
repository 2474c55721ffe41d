/** Masters in a file that a passphrase opens: for development, and where there is no token. */
import type { AesKey, KeyPurpose, KeyStore, RandomBytes } from '@retap/card';
import { softwareKey } from './aes.ts';
import { journalKeyOf } from './at-rest.ts';
import { checkValue } from './check-value.ts';
import {
  exportFor,
  type KeyRole,
  type KeyStoreContents,
  PURPOSES_OF,
  renewed,
  rotated,
  versionsOf,
} from './contents.ts';
import { derivesOnly, KeyStoreError } from './fault.ts';
import { openedFile, sealedFile } from './key-file.ts';
import { readPrivate, writePrivate } from './private-file.ts';

const WHAT = 'key store';

/**
 * Makes a key store file.
 * @param contents taken over: closing the store overwrites them
 * @param random for salt and nonce
 * @throws KeyStoreError `key-store-exists`, `key-store-unwritable`
 */
export async function createSoftwareKeyStore(
  path: string,
  passphrase: string,
  contents: KeyStoreContents,
  random: RandomBytes,
): Promise<SoftwareKeyStore> {
  const text = await sealedFile(contents, passphrase, random);
  await writePrivate(path, text, null, random);
  return new SoftwareKeyStore(path, text, contents);
}

/**
 * Opens a key store file; takes a quarter of a second, by design.
 * @throws KeyStoreError `key-store-missing`, `key-store-unreadable`, `key-store-permissions`, `key-store-damaged`,
 * `key-store-passphrase`
 */
export async function openSoftwareKeyStore(path: string, passphrase: string): Promise<SoftwareKeyStore> {
  const text = await readPrivate(path, WHAT);
  const contents = await openedFile(text, passphrase);
  if (contents === 'damaged') {
    const message = `${path}: this is no key store file, or it is damaged; restore it from its backup`;
    throw new KeyStoreError('key-store-damaged', message);
  }
  if (contents === 'passphrase') {
    throw new KeyStoreError('key-store-passphrase', `${path}: the passphrase does not open this key store; try again`);
  }
  return new SoftwareKeyStore(path, text, contents);
}

/** Masters by purpose and version. The issuer's give card keys away (`cmac`); all others' can only derive. */
export class SoftwareKeyStore implements KeyStore {
  readonly #path: string;
  /** The file as it was read or written: what a change must find there. */
  #text: string;
  #contents: KeyStoreContents;
  readonly #masters = new Map<string, StoredMaster>();

  constructor(path: string, text: string, contents: KeyStoreContents) {
    this.#path = path;
    this.#text = text;
    this.#contents = contents;
  }

  get role(): KeyRole {
    return this.#contents.role;
  }

  versions(purpose: KeyPurpose): readonly number[] {
    return versionsOf(this.#contents.masters, purpose);
  }

  master(purpose: KeyPurpose, version: number): AesKey | null {
    return this.#master(purpose, version);
  }

  /** Check value of a master, 3 bytes; null where it is not held. */
  checkValue(purpose: KeyPurpose, version: number): Uint8Array | null {
    const master = this.#master(purpose, version);
    return master && checkValue(master.key);
  }

  /** Key for the journal at rest, 32 bytes (see `sealing`); null where this role keeps none. */
  journalKey(): Uint8Array | null {
    const { journal } = this.#contents;
    return journal && journalKeyOf(journal);
  }

  /** What the role gets of this issuer's store. @throws KeyStoreError `key-use` where this is not the issuer's */
  exportFor(role: KeyRole, random: RandomBytes): KeyStoreContents {
    return exportFor(this.#contents, role, random);
  }

  /**
   * Adds a version of each purpose, and writes the file.
   * @param purposes default: all that there are
   * @throws KeyStoreError `key-use` where this is not the issuer's, `key-versions-exhausted`, `key-store-changed`,
   * `key-store-unwritable`; the file is as it was then
   */
  async rotate(passphrase: string, random: RandomBytes, purposes = PURPOSES_OF[this.role]): Promise<void> {
    if (this.role !== 'issuer') {
      const message = `${this.#path}: a key of a ${this.role} that the issuer does not have would open no card; rotate the issuer's key store, and renew this one from it`;
      throw new KeyStoreError('key-use', message);
    }
    await this.#replace(rotated(this.#contents, purposes, random), passphrase, random);
  }

  /** Takes over what the issuer has added; the journal's key stays. @throws KeyStoreError as {@link rotate} */
  async renewFrom(issuer: SoftwareKeyStore, passphrase: string, random: RandomBytes): Promise<void> {
    await this.#replace(renewed(this.#contents, issuer.#contents), passphrase, random);
  }

  /** Overwrites all values in memory. The store and its masters are of no use afterwards. */
  close(): void {
    for (const { key } of this.#masters.values()) key.discard();
    for (const { value } of this.#contents.masters) value.fill(0);
    this.#contents.journal?.fill(0);
    this.#contents = { ...this.#contents, masters: [], journal: null };
  }

  #master(purpose: KeyPurpose, version: number): StoredMaster | null {
    const name = `${purpose} ${version}`;
    const known = this.#masters.get(name);
    if (known) return known;
    const found = this.#contents.masters.find((each) => each.purpose === purpose && each.version === version);
    if (!found) return null;
    const master = new StoredMaster(softwareKey(found.value), `the ${purpose} master`, this.role === 'issuer');
    this.#masters.set(name, master);
    return master;
  }

  async #replace(contents: KeyStoreContents, passphrase: string, random: RandomBytes): Promise<void> {
    // Another passphrase here would be a change of the passphrase that nobody asked for.
    if (typeof (await openedFile(this.#text, passphrase)) === 'string')
      throw new Error('not the passphrase it was opened by');
    const text = await sealedFile(contents, passphrase, random);
    await writePrivate(this.#path, text, this.#text, random);
    this.#text = text;
    this.#contents = contents;
  }
}

/** A master is the store's: discarding does nothing. What only derives here only derives in a token, too. */
class StoredMaster implements AesKey {
  readonly key: AesKey;
  readonly #name: string;
  readonly #givesCardKeys: boolean;

  constructor(key: AesKey, name: string, givesCardKeys: boolean) {
    this.key = key;
    this.#name = name;
    this.#givesCardKeys = givesCardKeys;
  }

  encrypt(): Uint8Array {
    throw derivesOnly(this.#name);
  }

  decrypt(): Uint8Array {
    throw derivesOnly(this.#name);
  }

  cmac(message: Uint8Array): Uint8Array {
    if (!this.#givesCardKeys) throw derivesOnly(this.#name);
    return this.key.cmac(message);
  }

  derive(input: Uint8Array): AesKey {
    return this.key.derive(input);
  }

  discard(): void {}
}
