/** The card as a whole: GetVersion, GetCardUID, FreeMemory, FormatPICC, SetConfiguration. */
import { concat, toLittleEndian } from '../../bytes.ts';
import { DONE } from '../status.ts';
import { type Command, fullCommand, isMaster, macCommand } from './command.ts';

/**
 * Hardware and software: vendor NXP 04, type DESFire 01, subtype 01, version 12.0 (EV2), between 2 and 4 KiB, ISO/IEC 14443-4.
 * What a reader concludes from it shall be that it talks to an EV2; that it is a test double the production numbers say.
 */
const VERSION = Uint8Array.of(0x04, 0x01, 0x01, 0x12, 0x00, 0x17, 0x05);
/** Batch number 5, week and year of production: none. */
const PRODUCTION = new Uint8Array(7);

const getVersion: Command = {
  code: 0x60,
  headerBytes: 0,
  mode: () => 'mac',
  answerFrames: [VERSION.length, VERSION.length],
  run: (card, _, data) => (data.length > 0 ? 'length-error' : concat(VERSION, VERSION, card.uid, PRODUCTION)),
};

/** The serial number, encrypted: only for who holds a key. */
const getCardUid: Command = {
  code: 0x51,
  headerBytes: 0,
  mode: () => 'mac',
  answerMode: 'full',
  run(card, _, data) {
    if (card.session === null) return 'authentication-error';
    return data.length > 0 ? 'length-error' : card.uid;
  },
};

const freeMemory = macCommand(0x6e, (card, data) =>
  data.length > 0 ? 'length-error' : toLittleEndian(card.freeBytes, 3),
);

/** Applications and files go; the master key and its settings stay. */
const formatPicc = macCommand(0xfc, (card, data) => {
  if (data.length > 0) return 'length-error';
  if (card.application !== null || card.state.isFormatDisabled) return 'permission-denied';
  if (!isMaster(card)) return 'authentication-error';
  return card.store({ ...card.state, applications: [] }) ?? DONE;
});

const OPTION = { picc: 0x00, defaultKey: 0x01 } as const;
const FORMAT_DISABLED = 0x01;
/** key 24, of which an AES key has the first 16; version 1 */
const DEFAULT_KEY_BYTES = 25;

/** option 1; then, encrypted, its value. Random UID and a changed ATS this card does not have. */
const setConfiguration = fullCommand(0x5c, 1, (card, [option], data) => {
  if (card.application !== null) return 'permission-denied';
  if (!isMaster(card)) return 'authentication-error';
  if (option === OPTION.picc) {
    const [flags = 0] = data;
    if (data.length !== 1) return 'length-error';
    if ((flags & ~FORMAT_DISABLED) !== 0) return 'parameter-error';
    // Once disabled it stays so.
    const isFormatDisabled = card.state.isFormatDisabled || flags === FORMAT_DISABLED;
    return card.store({ ...card.state, isFormatDisabled }) ?? DONE;
  }
  if (option === OPTION.defaultKey) {
    if (data.length !== DEFAULT_KEY_BYTES) return 'length-error';
    const defaultKey = { value: data.slice(0, 16), version: data[DEFAULT_KEY_BYTES - 1] ?? 0 };
    return card.store({ ...card.state, defaultKey }) ?? DONE;
  }
  return 'parameter-error';
});

export const PICC_COMMANDS: readonly Command[] = [getVersion, getCardUid, freeMemory, formatPicc, setConfiguration];
