export { fromHex, toHex } from './bytes.ts';
export { diversificationInput, diversified, issuerKeys, mediumNameOf, mediumUid } from './diversification.ts';
export {
  ACCESSES,
  type Access,
  type CarriedAction,
  type CommitResult,
  type Medium,
  type MediumChange,
  type MediumReading,
  READ_FAULTS,
  type ReadFault,
  type ReadWish,
} from './medium.ts';
export {
  type AesKey,
  type CardChannel,
  type IssuerKeys,
  KEY_PURPOSES,
  type KeyOfValue,
  type KeyPurpose,
  type KeyStore,
  type RandomBytes,
} from './port.ts';
export { type ProofVerdict, previousReaderOf, verifyProof } from './proof.ts';
export { CardMedium, type CardMediumOptions } from './reader/card-medium.ts';
export { type CountedChannel, counted } from './reader/counted.ts';
