export { fromHex, toHex } from './bytes.ts';
export { diversificationInput, diversified, issuerKeys, mediumNameOf, mediumUid } from './diversification.ts';
export { APPLICATION, FILES, KEYS, type LogType } from './layout.ts';
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
export { type PersonaliseOptions, type PersonaliseOutcome, personalise, rekey } from './personalise.ts';
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
export { type AccountView, type CardView, type FileView, readCommitCount, viewCard } from './reader/card-view.ts';
export { type CountedChannel, counted } from './reader/counted.ts';
export type { IssuerDesk, IssuerFault } from './reader/issuer-keys.ts';
export { SoftwareCard, type SoftwareCardOptions } from './software/card.ts';
export { channelOf, type SoftwareChannel, type Tear } from './software/channel.ts';
export { CardImageError } from './software/image.ts';
export { type CardMemory, CardPowerLost, IMAGE_BYTES, MemoryCardMemory, PAGE_BYTES } from './software/memory.ts';
