/** The door to the centre in memory: without an engine, and without what only an engine can keep. */
export type * from '../port.ts';
export { type MemoryCentral, type MemoryCentralOptions, openMemoryCentral } from './central.ts';
