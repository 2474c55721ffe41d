export * from './api.ts';
export * from './outcome.ts';
export * from './port.ts';
export * from './refusal.ts';
