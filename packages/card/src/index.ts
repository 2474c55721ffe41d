export { fromHex, toHex } from './bytes.ts';
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
  KEY_PURPOSES,
  type KeyOfValue,
  type KeyPurpose,
  type KeyStore,
  type RandomBytes,
} from './port.ts';
