export type * from './alert-groups/port.ts';
export { CASES_AN_ACT, TIMES_EXAMINED_MAX } from './alert-groups/port.ts';
export type * from './alert-work/port.ts';
export { CASE_STATES } from './alert-work/port.ts';
export type * from './audit/port.ts';
export { CentralError, type CentralErrorCode } from './error.ts';
export type * from './events/port.ts';
export { EVENT_TYPES } from './events/port.ts';
export { ALL_EVENT_TYPES, eventTypesNamed } from './events/types.ts';
export type * from './lists/port.ts';
export { openCentral } from './open-central.ts';
export type * from './operations/port.ts';
export { OPEN_CASE_STATES } from './operations/port.ts';
export type * from './people/port.ts';
export { SIGN_IN_REFUSALS } from './people/port.ts';
export { CAPABILITIES, CAPABILITIES_OF, type Capability, may, ROLES, type Role } from './people/roles.ts';
export type * from './port.ts';
export { INTEGRITY_ALERT_KINDS, PROOF_ALERT_KINDS } from './port.ts';
export type * from './proposals/port.ts';
export { PROPOSAL_KINDS, PROPOSAL_REFUSALS, PROPOSAL_STATES } from './proposals/port.ts';
export type * from './records/port.ts';
export type * from './registry/port.ts';
export { AdmissionError } from './registry/refusal.ts';
<<<<<<< HEAD
export type * from './site/port.ts';
export type * from './today/port.ts';
=======
export type * from './terminal-standing/port.ts';
export { STANDING_FLAGS, STANDING_SORTS } from './terminal-standing/port.ts';
>>>>>>> 51e3004 (Alerts by what they come of: a dead terminal is one thing to see to, and may be silenced; how every terminal does, against its peers)
export { type AddressRules, mayBeSentTo } from './webhooks/addresses.ts';
export type * from './webhooks/port.ts';
export { DELIVERY_OUTCOMES } from './webhooks/port.ts';
export { messageBody, messageId, secretBytes, secretText, signedHeaders } from './webhooks/signature.ts';
export { hostOf, type TargetFault, targetFault } from './webhooks/target.ts';
