/** Keys that last, as objects of a token. */
import type { Handle, Template } from 'pkcs11js';
import { MASTER_BYTES } from './contents.ts';
import type { KeyUse } from './pkcs11-key.ts';
import { type TokenSession, tokenFault } from './pkcs11-module.ts';

const FIND_AT_ONCE = 1_000;

export interface FoundKey {
  readonly handle: Handle;
  readonly label: string;
  readonly use: KeyUse;
}

/** Makes an issuer's key inside the token. @throws KeyStoreError `pkcs11-failed` */
export function generateKey(open: TokenSession, label: string): void {
  const { binding, module, session, name } = open;
  const length = { type: binding.CKA_VALUE_LEN, value: MASTER_BYTES };
  const template = [...templateOf(open, label, { maySign: true }), length];
  try {
    module.C_GenerateKey(session, { mechanism: binding.CKM_AES_KEY_GEN }, template);
  } catch (error) {
    throw tokenFault(error, name);
  }
}

/** Brings a key into the token. @throws KeyStoreError `pkcs11-failed` */
export function createKey(open: TokenSession, label: string, value: Uint8Array, use: Pick<KeyUse, 'maySign'>): void {
  const { binding, module, session, name } = open;
  const copy = Buffer.from(value);
  try {
    module.C_CreateObject(session, [...templateOf(open, label, use), { type: binding.CKA_VALUE, value: copy }]);
  } catch (error) {
    throw tokenFault(error, name);
  } finally {
    copy.fill(0);
  }
}

/** It may be neither read nor wrapped nor changed, and do nothing but derive; `maySign` is the issuer's. */
function templateOf({ binding }: TokenSession, label: string, { maySign }: Pick<KeyUse, 'maySign'>): Template {
  return [
    { type: binding.CKA_CLASS, value: binding.CKO_SECRET_KEY },
    { type: binding.CKA_KEY_TYPE, value: binding.CKK_AES },
    { type: binding.CKA_LABEL, value: label },
    { type: binding.CKA_TOKEN, value: true },
    { type: binding.CKA_PRIVATE, value: true },
    { type: binding.CKA_SENSITIVE, value: true },
    { type: binding.CKA_EXTRACTABLE, value: false },
    { type: binding.CKA_MODIFIABLE, value: false },
    { type: binding.CKA_ENCRYPT, value: false },
    { type: binding.CKA_DECRYPT, value: false },
    { type: binding.CKA_WRAP, value: false },
    { type: binding.CKA_UNWRAP, value: false },
    { type: binding.CKA_VERIFY, value: false },
    { type: binding.CKA_SIGN, value: maySign },
    { type: binding.CKA_DERIVE, value: true },
  ];
}

/** All secret keys of the token. */
export function findKeys(open: TokenSession): readonly FoundKey[] {
  return handlesOf(open).map((handle) => describedKey(open, handle));
}

function handlesOf({ binding, module, session }: TokenSession): readonly Handle[] {
  module.C_FindObjectsInit(session, [
    { type: binding.CKA_CLASS, value: binding.CKO_SECRET_KEY },
    { type: binding.CKA_TOKEN, value: true },
  ]);
  const found: Handle[] = [];
  try {
    for (;;) {
      const some = module.C_FindObjects(session, FIND_AT_ONCE);
      found.push(...some);
      if (some.length < FIND_AT_ONCE) return found;
    }
  } finally {
    module.C_FindObjectsFinal(session);
  }
}

function describedKey({ binding, module, session }: TokenSession, handle: Handle): FoundKey {
  const [label, encrypt, sign] = module.C_GetAttributeValue(session, handle, [
    { type: binding.CKA_LABEL },
    { type: binding.CKA_ENCRYPT },
    { type: binding.CKA_SIGN },
  ]);
  const isSet = (value: unknown): boolean => (value as Buffer | undefined)?.[0] === 1;
  return {
    handle,
    label: String(label?.value),
    use: { mayEncrypt: isSet(encrypt?.value), maySign: isSet(sign?.value) },
  };
}
