export { writeAscii } from './ascii.ts';
export * from './audit/checkpoint.ts';
export * from './batch.ts';
export * from './clock/time.ts';
export { ENROLMENT_CODE_BYTES, enrolmentCode, enrolmentCodeBytes, parseEnrolmentCode } from './enrolment/code.ts';
export { fromHexDigits, hexDigits } from './enrolment/hex.ts';
export * from './enrolment/licence.ts';
export * from './enrolment/request.ts';
export { PROTOCOL_ERROR_CODES, ProtocolError, type ProtocolErrorCode } from './error.ts';
export {
  crc32,
  FRAME_BYTES_MAX,
  FRAME_HEADER_BYTES,
  frame,
  type ReadFrames,
  readFrames,
  writeFrameHeader,
} from './frames.ts';
export {
  applyDelta,
  DELTA_KINDS,
  encodeDelta,
  type OpenedDelta,
  openDelta,
  type Sha256,
} from './lists/delta.ts';
export {
  DELTA_CONTENT_TYPE,
  encodeList,
  fits,
  isList,
  LIST_BYTES_MAX,
  LIST_CONTENT_TYPE,
  type OpenedList,
  openList,
  sameEntries,
} from './lists/document.ts';
export * from './lists/held.ts';
export * from './lists/keeping.ts';
export { LIST_HEAD_BYTES, listLength } from './lists/length.ts';
export * from './lists/list.ts';
export * from './lists/taking.ts';
export * from './lists/tariff.ts';
export { base45, fromBase45 } from './phone/base45.ts';
export * from './phone/certificate.ts';
export * from './phone/message.ts';
export * from './phone/name.ts';
export * from './phone/order.ts';
export * from './phone/presentation.ts';
export * from './phone/registration.ts';
export * from './phone/request.ts';
export * from './phone/socket.ts';
export * from './phone/standing.ts';
export * from './phone/validity.ts';
export { isBlank, type ParsedRecord, parseJournalLine, parseRecord, sameRecord } from './record.ts';
export { formatRecord, RECORD_BYTES_MAX, writeRecord } from './record-line.ts';
export {
  openSignedBatch,
  SIGNED_BATCH_BYTES_MAX,
  SIGNED_BATCH_CONTENT_TYPE,
  type Sign,
  type SignedBatch,
  signedBatch,
} from './signed/cose.ts';
export {
  encodeSignedPayload,
  type ParsedSignedBatch,
  parseSignedPayload,
  readSignedBatch,
  SIGNED_BATCH_RECORDS_MAX,
  type SignedPayload,
} from './signed/payload.ts';
export { itemsOfSequence, type SequenceItem } from './signed/sequence.ts';
export * from './uplink/message.ts';
export * from './uplink/question.ts';
export { MISSING_MAX, parseReceived, type ReceivedSerials, type SerialRange } from './uplink/received.ts';
