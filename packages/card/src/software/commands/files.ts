/** Files of an application: create, delete, list, settings (EV2; the TransactionMAC file as MF2DLHX0 section 11.7). */
import { concat, fromLittleEndian, fromSigned32, toLittleEndian, toSigned32 } from '../../bytes.ts';
import { COMM_MODES, type CommMode } from '../../messaging.ts';
import { recordCount } from '../files/record.ts';
import {
  type Application,
  type CardFile,
  type FileSettings,
  fileOf,
  transactionMacFileOf,
  withFiles,
} from '../state.ts';
import { type Answer, DONE, type Refusal } from '../status.ts';
import { grantedMode, targetFile } from './access.ts';
import { type CardContext, type Command, fullCommand, isMaster, macCommand, masterOr } from './command.ts';

const FILE_NUMBER_MAX = 0x1f;
/** Bits of the file option that say how a file is talked to. */
const MODE_BITS = 0x03;
const MODE_BYTES: Readonly<Record<CommMode, number>> = { plain: 0x00, mac: 0x01, full: 0x03 };
const KEY_OPTION_AES = 0x02;
const TRANSACTION_MAC_BYTES = 5;
/** AppTransactionMACKey 16, version 1 */
const TRANSACTION_MAC_KEY_BYTES = 17;
const VALUE_FLAGS = 0x03;

type Content<F> = F extends CardFile ? Omit<F, keyof FileSettings> : never;

/** @param bytes of what follows the common settings @param content of it, or why it cannot be */
function createCommand(
  code: number,
  bytes: number,
  content: (rest: Uint8Array) => Content<CardFile> | Refusal,
): Command {
  return macCommand(code, (card, data) => {
    const application = creatable(card);
    if (typeof application === 'string') return application;
    // With an ISO identifier, two bytes come after the number.
    const hasIsoId = data.length === 4 + bytes + 2;
    if (data.length !== 4 + bytes && !hasIsoId) return 'length-error';
    if (hasIsoId && !application.hasIsoIds) return 'parameter-error';
    const settings = parseSettings(application, data, hasIsoId ? fromLittleEndian(data.subarray(1, 3)) : 0);
    if (typeof settings === 'string') return settings;
    const parsed = content(data.slice(hasIsoId ? 6 : 4));
    return typeof parsed === 'string' ? parsed : rearranged(card, withFiles(application, { ...settings, ...parsed }));
  });
}

function creatable(card: CardContext): Application | Refusal {
  if (card.application === null) return 'permission-denied';
  return masterOr(card, 'createFree') ?? card.application;
}

/** Other files than those that a transaction began with: it is forgotten, or its commit would bring the old ones back. */
function rearranged(card: CardContext, application: Application): Answer {
  const failure = card.storeApplication(application);
  card.abortTransaction();
  return failure ?? DONE;
}

/** number 1, [ISO identifier 2], option 1, rights 2 */
function parseSettings(application: Application, data: Uint8Array, isoId: number): FileSettings | Refusal {
  const [number = 0] = data;
  const [option = 0, low = 0, high = 0] = data.subarray(isoId === 0 ? 1 : 3);
  const mode = modeOf(option);
  if (mode === null || number > FILE_NUMBER_MAX) return 'parameter-error';
  if (fileOf(application, number) !== undefined) return 'duplicate';
  if (isoId !== 0 && application.files.some((file) => file.isoId === isoId)) return 'duplicate';
  return { number, mode, rights: low | (high << 8), isoId };
}

/** Null where the option asks for what this card does not have (secure dynamic messaging, further rights). */
function modeOf(option: number): CommMode | null {
  if ((option & ~MODE_BITS) !== 0) return null;
  return COMM_MODES.find((mode) => MODE_BYTES[mode] === option) ?? 'plain';
}

function dataContent(kind: 'standard' | 'backup'): (rest: Uint8Array) => Content<CardFile> | Refusal {
  return (rest) => {
    const size = fromLittleEndian(rest);
    if (size === 0) return 'parameter-error';
    // More than any card has: not even tried.
    return size > 0xffff ? 'out-of-eeprom' : { kind, data: new Uint8Array(size) };
  };
}

function valueContent(rest: Uint8Array): Content<CardFile> | Refusal {
  const [lower = 0, upper = 0, value = 0] = [0, 4, 8].map((at) => fromSigned32(rest.subarray(at, at + 4)));
  const flags = rest[12] ?? 0;
  if (lower > upper || value < lower || value > upper || (flags & ~VALUE_FLAGS) !== 0) return 'parameter-error';
  const [isLimitedCreditEnabled, isValueFree] = [(flags & 1) !== 0, (flags & 2) !== 0];
  return { kind: 'value', lower, upper, value, limitedCredit: 0, isLimitedCreditEnabled, isValueFree };
}

function recordContent(kind: 'linear' | 'cyclic'): (rest: Uint8Array) => Content<CardFile> | Refusal {
  return (rest) => {
    const [recordBytes, slots] = [fromLittleEndian(rest.subarray(0, 3)), fromLittleEndian(rest.subarray(3, 6))];
    // A cyclic file needs one slot beside its spare one.
    if (recordBytes === 0 || slots < (kind === 'cyclic' ? 2 : 1)) return 'parameter-error';
    const size = recordBytes * slots;
    return size > 0xffff ? 'out-of-eeprom' : { kind, recordBytes, slots, appended: 0, data: new Uint8Array(size) };
  };
}

/** number 1, option 1, rights 2, key option 1; then, encrypted, the key and its version. */
const createTransactionMacFile = fullCommand(0xce, TRANSACTION_MAC_BYTES, (card, header, data) => {
  const { application } = card;
  if (application === null) return 'permission-denied';
  if (!isMaster(card)) return 'authentication-error';
  if (data.length !== TRANSACTION_MAC_KEY_BYTES) return 'length-error';
  if (header[4] !== KEY_OPTION_AES) return 'parameter-error';
  const settings = parseSettings(application, header, 0);
  if (typeof settings === 'string') return settings;
  if (transactionMacFileOf(application) !== undefined) return 'duplicate';
  const key = { value: data.slice(0, 16), version: data[16] ?? 0 };
  const [mac, readerId] = [new Uint8Array(8), new Uint8Array(16)];
  return rearranged(
    card,
    withFiles(application, { ...settings, kind: 'transaction-mac', key, counter: 0, mac, readerId }),
  );
});

const deleteFile = macCommand(0xdf, (card, data) => {
  const application = creatable(card);
  if (typeof application === 'string') return application;
  const [number = 0] = data;
  if (data.length !== 1) return 'length-error';
  const file = fileOf(application, number);
  if (file === undefined) return 'file-not-found';
  // Whoever could take the proof away could make transactions that prove nothing.
  if (file.kind === 'transaction-mac' && !isMaster(card)) return 'authentication-error';
  return rearranged(card, { ...application, files: application.files.filter((one) => one !== file) });
});

const getFileIds = macCommand(0x6f, (card, data) => {
  if (data.length > 0) return 'length-error';
  if (card.application === null) return 'permission-denied';
  return masterOr(card, 'directoryFree') ?? Uint8Array.from(card.application.files, ({ number }) => number);
});

const getFileSettings = macCommand(0xf5, (card, data) => {
  const [number = 0] = data;
  if (data.length !== 1) return 'length-error';
  const file = targetFile(card, number, 'standard', 'backup', 'value', 'linear', 'cyclic', 'transaction-mac');
  if (typeof file === 'string') return file;
  return masterOr(card, 'directoryFree') ?? settingsOf(file);
});

const TYPES = { standard: 0, backup: 1, value: 2, linear: 3, cyclic: 4, 'transaction-mac': 5 } as const;

function settingsOf(file: CardFile): Uint8Array {
  const common = concat([TYPES[file.kind], MODE_BYTES[file.mode]], toLittleEndian(file.rights, 2));
  switch (file.kind) {
    case 'standard':
    case 'backup':
      return concat(common, toLittleEndian(file.data.length, 3));
    case 'value': {
      const amounts = [file.lower, file.upper, file.limitedCredit].map(toSigned32);
      return concat(common, ...amounts, [(file.isLimitedCreditEnabled ? 1 : 0) | (file.isValueFree ? 2 : 0)]);
    }
    case 'linear':
    case 'cyclic':
      return concat(
        common,
        ...[file.recordBytes, file.slots, recordCount(file)].map((size) => toLittleEndian(size, 3)),
      );
    case 'transaction-mac':
      return concat(common, [KEY_OPTION_AES, file.key.version]);
  }
}

/** number 1; then, encrypted unless anyone may change them: option 1, rights 2. */
const changeFileSettings: Command = {
  code: 0x5f,
  headerBytes: 1,
  mode(card, [number = 0]) {
    const file = targetFile(card, number, 'standard', 'backup', 'value', 'linear', 'cyclic', 'transaction-mac');
    if (typeof file === 'string') return file;
    // Whoever holds the change key sends it encrypted, whatever the file's own mode is.
    return grantedMode(card.session, { ...file, mode: 'full' }, ['change']);
  },
  run(card, [number = 0], data) {
    const file = targetFile(card, number, 'standard', 'backup', 'value', 'linear', 'cyclic', 'transaction-mac');
    if (typeof file === 'string') return file;
    if (card.application === null) return 'permission-denied';
    const [option = 0, low = 0, high = 0] = data;
    if (data.length !== 3) return 'length-error';
    const mode = modeOf(option);
    if (mode === null) return 'parameter-error';
    return rearranged(card, withFiles(card.application, { ...file, mode, rights: low | (high << 8) }));
  },
};

export const FILE_COMMANDS: readonly Command[] = [
  createCommand(0xcd, 3, dataContent('standard')),
  createCommand(0xcb, 3, dataContent('backup')),
  createCommand(0xcc, 13, valueContent),
  createCommand(0xc1, 6, recordContent('linear')),
  createCommand(0xc0, 6, recordContent('cyclic')),
  createTransactionMacFile,
  deleteFile,
  getFileIds,
  getFileSettings,
  changeFileSettings,
];
