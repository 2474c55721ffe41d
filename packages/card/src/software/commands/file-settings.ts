/** What files are and how they are talked to: list, settings, change of settings (MF2DLHX0 section 11.7; EV2). */
import { concat, toLittleEndian, toSigned32 } from '../../bytes.ts';
import { COMM_MODES, type CommMode } from '../../messaging.ts';
import { recordCount } from '../files/record.ts';
import { type Application, type CardFile, FILE_KINDS, type FileSettings, fileOf, withFiles } from '../state.ts';
import { type Answer, DONE, isRefusal, type Refusal } from '../status.ts';
import { grantedMode, targetFile } from './access.ts';
import { type CardContext, type Command, macCommand, masterOr } from './command.ts';

const FILE_NUMBER_MAX = 0x1f;
/** Bits of the file option that say how a file is talked to. */
const MODE_BITS = 0x03;
const MODE_BYTES: Readonly<Record<CommMode, number>> = { plain: 0x00, mac: 0x01, full: 0x03 };
/** Kind of a TransactionMAC file's key. */
export const KEY_OPTION_AES = 0x02;

/** number 1, [ISO identifier 2], option 1, rights 2 */
export function parseSettings(application: Application, data: Uint8Array, isoId: number): FileSettings | Refusal {
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

/** Other files than those that a transaction began with: it is forgotten, or its commit would bring the old ones back. */
export function rearranged(card: CardContext, application: Application): Answer {
  const failure = card.storeApplication(application);
  card.abortTransaction();
  return failure ?? DONE;
}

const getFileIds = macCommand(0x6f, (card, data) => {
  if (data.length > 0) return 'length-error';
  if (card.application === null) return 'permission-denied';
  return masterOr(card, 'directoryFree') ?? Uint8Array.from(card.application.files, ({ number }) => number);
});

const getFileSettings = macCommand(0xf5, (card, data) => {
  const [number = 0] = data;
  if (data.length !== 1) return 'length-error';
  const file = targetFile(card, number, ...FILE_KINDS);
  if (isRefusal(file)) return file;
  return masterOr(card, 'directoryFree') ?? settingsOf(file);
});

function settingsOf(file: CardFile): Uint8Array {
  const common = concat([FILE_KINDS.indexOf(file.kind), MODE_BYTES[file.mode]], toLittleEndian(file.rights, 2));
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
    const file = targetFile(card, number, ...FILE_KINDS);
    if (isRefusal(file)) return file;
    // Whoever holds the change key sends it encrypted, whatever the file's own mode is.
    return grantedMode(card.session, { ...file, mode: 'full' }, ['change']);
  },
  run(card, [number = 0], data) {
    const file = targetFile(card, number, ...FILE_KINDS);
    if (isRefusal(file)) return file;
    if (card.application === null) return 'permission-denied';
    const [option = 0, low = 0, high = 0] = data;
    if (data.length !== 3) return 'length-error';
    const mode = modeOf(option);
    if (mode === null) return 'parameter-error';
    return rearranged(card, withFiles(card.application, { ...file, mode, rights: low | (high << 8) }));
  },
};

export const FILE_SETTINGS_COMMANDS: readonly Command[] = [getFileIds, getFileSettings, changeFileSettings];
