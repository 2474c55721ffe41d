export * from './api.ts';
export { MemoryPhoneStore, PhoneKilled } from './memory-store.ts';
export * from './outcome.ts';
export { Phone } from './phone.ts';
export * from './port.ts';
export * from './refusal.ts';
export { type Registrant, RegistrationError, registerPhone } from './register.ts';
export { costOf, synchronize } from './sync.ts';
