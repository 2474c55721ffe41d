export type { LicenceSigner } from './enrolment.ts';
export { createLog, type Log, type LogFields, type LogLevel } from './log.ts';
export { proofJudgeOf } from './proofs.ts';
export { type Service, type ServiceOptions, startService } from './service.ts';
export { ENGLISH } from './words/english.ts';
export type { AlertWords } from './words/words.ts';
