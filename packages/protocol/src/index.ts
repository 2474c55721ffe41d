export * from './batch.ts';
export { ENROLMENT_CODE_BYTES, enrolmentCode, enrolmentCodeBytes, parseEnrolmentCode } from './enrolment/code.ts';
export * from './enrolment/request.ts';
export { PROTOCOL_ERROR_CODES, ProtocolError, type ProtocolErrorCode } from './error.ts';
export { crc32, FRAME_BYTES_MAX, frame, type ReadFrames, readFrames } from './frames.ts';
export { formatRecord, isBlank, type ParsedRecord, parseJournalLine, parseRecord, sameRecord } from './record.ts';
