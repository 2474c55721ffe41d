export { softwareKey } from './aes.ts';
export { SEAL_BYTES, type Sealing, sealing } from './at-rest.ts';
export { checkValue } from './check-value.ts';
export {
  exportFor,
  issuerContents,
  KEY_ROLES,
  type KeyRole,
  type KeyStoreContents,
  type Master,
  PURPOSES_OF,
  rotated,
} from './contents.ts';
export { fingerprint, hasFingerprint, isPublicKey, PUBLIC_KEY_BYTES, verifySignature } from './ed25519.ts';
export { KeyStoreError, type KeyStoreFault } from './fault.ts';
export { createIdentity, type Identity, openIdentity } from './identity.ts';
export { generateInToken, importIntoToken, openTokenKeyStore, TokenKeyStore } from './pkcs11.ts';
export type { TokenOptions } from './pkcs11-module.ts';
export { readPrivate, writePrivate } from './private-file.ts';
export { createSoftwareKeyStore, openSoftwareKeyStore, SoftwareKeyStore } from './software-store.ts';
