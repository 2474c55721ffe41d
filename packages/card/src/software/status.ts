/** How a card answers, in words; the bytes are MF2DLHX0 section 11.1 (native, or 91 and this byte). */

export const STATUS = {
  success: 0x00,
  /** A further frame is awaited, or waits. */
  'additional-frame': 0xaf,
  /** Nothing to commit or abort. */
  'no-changes': 0x0c,
  'out-of-eeprom': 0x0e,
  'illegal-command': 0x1c,
  /** MAC, padding or CRC do not fit. */
  'integrity-error': 0x1e,
  'no-such-key': 0x40,
  'length-error': 0x7e,
  /** What was asked is allowed to nobody, or not now. */
  'permission-denied': 0x9d,
  'parameter-error': 0x9e,
  'application-not-found': 0xa0,
  /** What was asked is allowed, but not to whom is (or is not) authenticated. */
  'authentication-error': 0xae,
  /** Beyond a file's end or a value's limits. */
  'boundary-error': 0xbe,
  /** Another command came in the middle of a chained one. */
  'command-aborted': 0xca,
  /** As many applications as there can be. */
  'count-error': 0xce,
  duplicate: 0xde,
  'file-not-found': 0xf0,
} as const;

export type Status = keyof typeof STATUS;

/** Why a command is not carried out. Nothing has changed, but for the session: it ends. */
export type Refusal = Exclude<Status, 'success' | 'additional-frame'>;

/** What a command answers: data, or why not. */
export type Answer = Uint8Array | Refusal;

/** A command that answers nothing but its success. */
export const DONE: Uint8Array = new Uint8Array(0);

export function isRefusal<T>(result: T | Refusal): result is Refusal {
  return typeof result === 'string' && result in STATUS;
}
