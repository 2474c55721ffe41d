export * from './amount.ts';
export * from './record.ts';
export * from './state.ts';
