/** Files of an application: create and delete (EV2; the TransactionMAC file as MF2DLHX0 section 11.7.6). */
import { fromLittleEndian, fromSigned32 } from '../../bytes.ts';
import {
  type Application,
  type CardFile,
  type FileSettings,
  fileOf,
  transactionMacFileOf,
  withFiles,
} from '../state.ts';
import { isRefusal, type Refusal } from '../status.ts';
import { type CardContext, type Command, fullCommand, isMaster, macCommand, masterOr } from './command.ts';
import { KEY_OPTION_AES, parseSettings, rearranged } from './file-settings.ts';

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
    if (isRefusal(application)) return application;
    // With an ISO identifier, two bytes come after the number.
    const hasIsoId = data.length === 4 + bytes + 2;
    if (data.length !== 4 + bytes && !hasIsoId) return 'length-error';
    if (hasIsoId && !application.hasIsoIds) return 'parameter-error';
    const settings = parseSettings(application, data, hasIsoId ? fromLittleEndian(data.subarray(1, 3)) : 0);
    if (isRefusal(settings)) return settings;
    const parsed = content(data.slice(hasIsoId ? 6 : 4));
    return isRefusal(parsed) ? parsed : rearranged(card, withFiles(application, { ...settings, ...parsed }));
  });
}

function creatable(card: CardContext): Application | Refusal {
  if (card.application === null) return 'permission-denied';
  return masterOr(card, 'createFree') ?? card.application;
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
  if (isRefusal(settings)) return settings;
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
  if (isRefusal(application)) return application;
  const [number = 0] = data;
  if (data.length !== 1) return 'length-error';
  const file = fileOf(application, number);
  if (file === undefined) return 'file-not-found';
  // Whoever could take the proof away could make transactions that prove nothing.
  if (file.kind === 'transaction-mac' && !isMaster(card)) return 'authentication-error';
  return rearranged(card, { ...application, files: application.files.filter((one) => one !== file) });
});

export const FILE_COMMANDS: readonly Command[] = [
  createCommand(0xcd, 3, dataContent('standard')),
  createCommand(0xcb, 3, dataContent('backup')),
  createCommand(0xcc, 13, valueContent),
  createCommand(0xc1, 6, recordContent('linear')),
  createCommand(0xc0, 6, recordContent('cyclic')),
  createTransactionMacFile,
  deleteFile,
];
