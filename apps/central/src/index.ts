export type { LicenceSigner } from './enrolment.ts';
export { Ranges } from './listening/address.ts';
export { CertificateFault, type CertificateFiles } from './listening/certificate.ts';
export { PROXY_HEADERS, type ProxyHeader } from './listening/origin.ts';
export { createLog, LOG_LEVELS, type Log, type LogFields, type LogLevel } from './log.ts';
export { proofJudgeOf } from './proofs.ts';
export { type Service, type ServiceOptions, startService } from './service.ts';
export { ENGLISH } from './words/english.ts';
export type { AlertWords } from './words/words.ts';
