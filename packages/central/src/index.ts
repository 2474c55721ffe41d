export type * from './audit/port.ts';
export { openCentral } from './central.ts';
export { CentralError, type CentralErrorCode } from './error.ts';
export type * from './lists/port.ts';
export { CAPABILITIES, CAPABILITIES_OF, type Capability, may, ROLES, type Role } from './people/roles.ts';
export type * from './port.ts';
export { INTEGRITY_ALERT_KINDS, PROOF_ALERT_KINDS } from './port.ts';
export type * from './registry/port.ts';
export { AdmissionError } from './registry/refusal.ts';
