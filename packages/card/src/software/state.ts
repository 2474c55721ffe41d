/** What a card holds, decoded. Values: a change makes a new one, and only what was stored in memory counts. */
import type { CommMode } from '../messaging.ts';
import type { DataFile } from './files/data.ts';
import type { RecordFile } from './files/record.ts';
import type { TransactionMacFile } from './files/transaction-mac-file.ts';
import type { ValueFile } from './files/value.ts';

export interface CardKey {
  /** 16 bytes. In the open: this is a test double. */
  readonly value: Uint8Array;
  readonly version: number;
}

/** What every file has. */
export interface FileSettings {
  readonly number: number;
  readonly mode: CommMode;
  /** Four rights of a nibble each: read, write, read and write, change; a key number, E (free) or F (never). */
  readonly rights: number;
  /** ISO/IEC 7816-4 file identifier; 0: none. */
  readonly isoId: number;
}

/** Kinds of files, in the order of the numbers that GetFileSettings answers. */
export const FILE_KINDS = ['standard', 'backup', 'value', 'linear', 'cyclic', 'transaction-mac'] as const;

export type CardFile = DataFile | ValueFile | RecordFile | TransactionMacFile;

export interface Application {
  /** AID as a number, least significant byte first on the air. */
  readonly id: number;
  /** Key settings: bits 0 … 3 what is free or allowed, bits 4 … 7 which key changes keys. */
  readonly settings: number;
  /** Whether its files have ISO identifiers. */
  readonly hasIsoIds: boolean;
  /** ISO/IEC 7816-4 file identifier; 0: none. */
  readonly isoId: number;
  /** ISO/IEC 7816-4 DF name, 0 … 16 bytes. */
  readonly name: Uint8Array;
  readonly keys: readonly CardKey[];
  readonly files: readonly CardFile[];
}

/** The card itself (PICC level). */
export interface CardState {
  readonly settings: number;
  readonly key: CardKey;
  /** Key that a new application's keys begin with. */
  readonly defaultKey: CardKey;
  /** Set once by SetConfiguration: FormatPICC is refused for ever. */
  readonly isFormatDisabled: boolean;
  readonly applications: readonly Application[];
}

/** Bits of key settings (MF2DLHX0 has them fixed; EV2 short data sheet, as EV1). */
export const SETTING = {
  /** The master key can be changed. */
  masterKeyChangeable: 0x01,
  /** Lists and settings are free. */
  directoryFree: 0x02,
  /** Applications or files are created without the master key. */
  createFree: 0x04,
  /** These settings can be changed. */
  settingsChangeable: 0x08,
} as const;

const FACTORY_KEY: CardKey = { value: new Uint8Array(16), version: 0 };

/** A card as it leaves the factory, with AES keys. */
export const FACTORY: CardState = {
  settings: 0x0f,
  key: FACTORY_KEY,
  defaultKey: FACTORY_KEY,
  isFormatDisabled: false,
  applications: [],
};

export function applicationOf(state: CardState, id: number): Application | undefined {
  return state.applications.find((application) => application.id === id);
}

export function fileOf(application: Application, number: number): CardFile | undefined {
  return application.files.find((file) => file.number === number);
}

export function transactionMacFileOf(application: Application): TransactionMacFile | undefined {
  return application.files.find((file) => file.kind === 'transaction-mac');
}

/** With the application in the place of the one with its id, or after all. */
export function withApplication(state: CardState, changed: Application): CardState {
  return { ...state, applications: replaced(state.applications, changed, (one) => one.id === changed.id) };
}

/** With each file in the place of the one with its number, or after all. */
export function withFiles(application: Application, ...changed: readonly CardFile[]): Application {
  const files = changed.reduce(
    (all, file) => replaced(all, file, (one) => one.number === file.number),
    application.files,
  );
  return { ...application, files };
}

function replaced<T>(all: readonly T[], changed: T, isSame: (one: T) => boolean): readonly T[] {
  return all.some(isSame) ? all.map((one) => (isSame(one) ? changed : one)) : [...all, changed];
}
