/** GetKeyVersion, ChangeKey, GetKeySettings, ChangeKeySettings (MF2DLHX0 section 11.6; EV2). */
import { crc32 } from '@retap/protocol';
import { fromLittleEndian, xor } from '../../bytes.ts';
import { type Application, type CardKey, type CardState, SETTING } from '../state.ts';
import { DONE, isRefusal, type Refusal } from '../status.ts';
import { KEY_TYPE_AES } from './applications.ts';
import { type CardContext, type Command, fullCommand, isMaster, macCommand, masterOr } from './command.ts';

const KEY_BYTES = 16;
/** In the settings, the key that changes keys: any other is a key number. */
const EACH_ITSELF = 0xe;
const FROZEN = 0xf;
/** The card's master key has its type in the upper bits of its number. */
const KEY_TYPE = 0xc0;

/** Keys of where the card is selected: the application's, or the card's one. */
export function keysOf(state: CardState, application: Application | null): readonly CardKey[] {
  return application?.keys ?? [state.key];
}

/** Number of an existing key. */
function keyNumber(card: CardContext, byte: number): number | Refusal {
  const number = card.application === null && (byte & KEY_TYPE) === KEY_TYPE_AES ? byte & ~KEY_TYPE : byte;
  return number < keysOf(card.state, card.application).length ? number : 'no-such-key';
}

const getKeyVersion = macCommand(0x64, (card, data) => {
  const [byte = 0] = data;
  if (data.length !== 1) return 'length-error';
  const number = keyNumber(card, byte);
  if (isRefusal(number)) return number;
  return Uint8Array.of(keysOf(card.state, card.application)[number]?.version ?? 0);
});

/** number 1; then, encrypted, the new key. Whoever changes another key must know the old one. */
const changeKey = fullCommand(0xc4, 1, (card, [byte = 0], data) => {
  const number = keyNumber(card, byte);
  if (isRefusal(number)) return number;
  const refusal = mayChangeKey(card, number);
  if (refusal !== null) return refusal;
  const isOwn = card.session?.keyNumber === number;
  const old = keysOf(card.state, card.application)[number];
  if (old === undefined) return 'no-such-key';
  const key = isOwn ? parseOwnKey(data) : parseOtherKey(data, old);
  if (isRefusal(key)) return key;
  const failure = storeKey(card, number, key);
  if (failure !== null) return failure;
  // The session was made with the key that is gone: the answer goes without a MAC.
  if (isOwn) card.endSession();
  return DONE;
});

function mayChangeKey(card: CardContext, number: number): Refusal | null {
  const { settings } = card.application ?? card.state;
  if (number === 0) {
    if ((settings & SETTING.masterKeyChangeable) === 0) return 'permission-denied';
    return isMaster(card) ? null : 'authentication-error';
  }
  const changer = settings >> 4;
  if (changer === FROZEN) return 'permission-denied';
  return card.session?.keyNumber === (changer === EACH_ITSELF ? number : changer) ? null : 'authentication-error';
}

/** new key 16, version 1 */
function parseOwnKey(data: Uint8Array): CardKey | Refusal {
  if (data.length !== KEY_BYTES + 1) return 'length-error';
  return { value: data.slice(0, KEY_BYTES), version: data[KEY_BYTES] ?? 0 };
}

/** (new key ⊕ old key) 16, version 1, CRC32 of the new key 4 */
function parseOtherKey(data: Uint8Array, old: CardKey): CardKey | Refusal {
  if (data.length !== KEY_BYTES + 5) return 'length-error';
  const value = xor(data.subarray(0, KEY_BYTES), old.value);
  // IEEE 802.3 without the final complement
  const crc = ~crc32(value) >>> 0;
  if (crc !== fromLittleEndian(data.subarray(KEY_BYTES + 1))) return 'integrity-error';
  return { value, version: data[KEY_BYTES] ?? 0 };
}

function storeKey(card: CardContext, number: number, key: CardKey): Refusal | null {
  const { application, state } = card;
  if (application === null) return card.store({ ...state, key });
  return card.storeApplication({
    ...application,
    keys: application.keys.map((one, at) => (at === number ? key : one)),
  });
}

const getKeySettings = macCommand(0x45, (card, data) => {
  if (data.length > 0) return 'length-error';
  const { settings } = card.application ?? card.state;
  const count = keysOf(card.state, card.application).length;
  return masterOr(card, 'directoryFree') ?? Uint8Array.of(settings, KEY_TYPE_AES | count);
});

const changeKeySettings = fullCommand(0x54, 0, (card, _, data) => {
  if (!isMaster(card)) return 'authentication-error';
  const [settings = 0] = data;
  if (data.length !== 1) return 'length-error';
  const { application, state } = card;
  if (((application ?? state).settings & SETTING.settingsChangeable) === 0) return 'permission-denied';
  const failure =
    application === null ? card.store({ ...state, settings }) : card.storeApplication({ ...application, settings });
  return failure ?? DONE;
});

export const KEY_COMMANDS: readonly Command[] = [getKeyVersion, changeKey, getKeySettings, changeKeySettings];
