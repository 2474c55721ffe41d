/** What can be wrong with PC/SC itself, before there is a reader. */

/** koffi or libpcsclite is not installed; a reader that is not there is a ReaderError. */
export class PcscError extends Error {
  override readonly name = 'PcscError';
  readonly code = 'pcsc-missing';
}

/** Return codes that are met in practice: pcsclite.h of pcsc-lite, and winscard.h in the same words. */
const MEANINGS: Readonly<Record<number, string>> = {
  2148532227: 'the handle is gone',
  2148532233: 'no reader of this name',
  2148532234: 'timeout',
  2148532235: 'another program holds the card',
  2148532236: 'no card',
  2148532239: 'the card does not speak this protocol',
  2148532243: 'pcscd stopped answering',
  2148532246: 'the card did not answer',
  2148532247: 'the reader is not available',
  2148532253: 'pcscd is not running',
  2148532254: 'pcscd was stopped',
  2148532270: 'no reader is connected',
  2148532326: 'the card answers nothing',
  2148532327: 'the card has no power',
  2148532328: 'the card was reset',
  2148532329: 'the card was removed',
};

/** A return code for people: `0x8010001D (pcscd is not running)`. */
export function meaningOf(code: number): string {
  const meaning = MEANINGS[code];
  const digits = `0x${code.toString(16).toUpperCase().padStart(8, '0')}`;
  return meaning === undefined ? digits : `${digits} (${meaning})`;
}
