export * from './batch.ts';
export { PROTOCOL_ERROR_CODES, ProtocolError, type ProtocolErrorCode } from './error.ts';
export { crc32, FRAME_BYTES_MAX, frame, type ReadFrames, readFrames } from './frames.ts';
export { formatRecord, isBlank, type ParsedRecord, parseJournalLine, parseRecord, sameRecord } from './record.ts';
