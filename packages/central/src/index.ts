export { openCentral } from './central.ts';
export { CentralError, type CentralErrorCode } from './error.ts';
export type * from './port.ts';
export { PROOF_ALERT_KINDS } from './port.ts';
