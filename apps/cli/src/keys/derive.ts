/** `retap keys derive`: the key of one card, by its check value. */

import { type AesKey, diversified, issuerKeys, type KeyPurpose, mediumNameOf, mediumUid, toHex } from '@retap/card';
import { checkValue, type SoftwareKeyStore, type TokenKeyStore } from '@retap/keys';
import { InvalidArgumentError } from 'commander';
import { UsageError } from '../failure.ts';
import type { Shell } from '../shell.ts';
import { openPlace, type PlaceOptions } from './place.ts';

export interface DeriveOptions extends PlaceOptions {
  readonly purpose: KeyPurpose;
  readonly uid: Uint8Array;
  readonly keyVersion?: number;
  readonly reveal?: boolean;
}

/** `UID`: the chip's serial number, which is the medium's name. */
export function parseUid(text: string): Uint8Array {
  const uid = mediumUid(text.toUpperCase());
  if (uid) return uid;
  throw new InvalidArgumentError('Give the UID as 14 hexadecimal digits, as 04782E21801D80.');
}

export async function derive(options: DeriveOptions, shell: Shell): Promise<void> {
  const store = await openPlace(options, shell);
  try {
    const { purpose, uid } = options;
    const { master, version } = masterOf(store, options);
    const cardKey = diversified(master, purpose, uid);
    const lines = [
      ['purpose', purpose],
      ['key version', String(version)],
      ['uid', mediumNameOf(uid)],
      ['check value', toHex(checkValue(cardKey))],
    ];
    cardKey.discard();
    if (options.reveal) {
      const value = issuerKeys(store).cardKeyValue(purpose, version, uid);
      shell.stderr.write('retap: this is the key itself; whoever sees it can use it on this card\n');
      lines.push(['key', toHex(value ?? new Uint8Array(0))]);
    }
    shell.stdout.write(lines.map(([name = '', value]) => `${name.padEnd(13)}${value}\n`).join(''));
  } finally {
    store.close();
  }
}

function masterOf(
  store: SoftwareKeyStore | TokenKeyStore,
  { purpose, keyVersion }: DeriveOptions,
): { master: AesKey; version: number } {
  const versions = store.versions(purpose);
  const version = keyVersion ?? versions.at(-1);
  const master = version === undefined ? null : store.master(purpose, version);
  if (master && version !== undefined) return { master, version };
  if (versions.length === 0) {
    throw new UsageError(
      `--purpose ${purpose}: this key store has no such master; 'retap keys list' shows what it has`,
    );
  }
  throw new UsageError(`--key-version ${keyVersion}: of the ${purpose} master there is version ${versions.join(', ')}`);
}
