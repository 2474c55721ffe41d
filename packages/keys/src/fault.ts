/** What can be wrong with keys and where they are kept. */

export type KeyStoreFault =
  /** There is no such file. */
  | 'key-store-missing'
  /** Keys are there already, and are not replaced. */
  | 'key-store-exists'
  /** The operating system does not let it be read. */
  | 'key-store-unreadable'
  /** The operating system does not let it be written; what was there stands. */
  | 'key-store-unwritable'
  /** Others than its owner may read or write it. */
  | 'key-store-permissions'
  /** It is no key store file, or not the bytes that were written. */
  | 'key-store-damaged'
  /** The passphrase does not open it. */
  | 'key-store-passphrase'
  /** It was written by another process while this one had it open; what is there stands. */
  | 'key-store-changed'
  /** The master is not in this key store. */
  | 'key-missing'
  /** The key may not be used like this: a terminal's masters only derive. */
  | 'key-use'
  /** All 255 versions of a purpose are taken. */
  | 'key-versions-exhausted'
  /** The optional package `pkcs11js` is not installed. */
  | 'pkcs11-missing'
  /** The PKCS#11 module cannot be loaded. */
  | 'pkcs11-module'
  /** No token has this label, or several have. */
  | 'pkcs11-token'
  /** The token refused the PIN, or is locked. */
  | 'pkcs11-pin'
  /** The token cannot do what a tap needs. */
  | 'pkcs11-unsuited'
  /** The token answered an error. */
  | 'pkcs11-failed';

/** `code` is stable; the message says what, where and what to do, and never holds a secret. */
export class KeyStoreError extends Error {
  override readonly name = 'KeyStoreError';
  readonly code: KeyStoreFault;

  constructor(code: KeyStoreFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** What a master answers to any other use. */
export function derivesOnly(name: string): KeyStoreError {
  const message = `${name} only derives in this key store; card keys are given away by the issuer's alone`;
  return new KeyStoreError('key-use', message);
}
