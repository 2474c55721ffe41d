/**
 * The card's state as bytes: what {@link CardState} says, in order, least significant byte first, after its length and CRC.
 * Applications and files are in order of creation: a file's bytes stay where they are while its content changes, so that a commit
 * touches few pages.
 */
import { crc32 } from '@retap/protocol';
import { concat, fromLittleEndian, fromSigned32, isEqual, toLittleEndian, toSigned32 } from '../bytes.ts';
import { COMM_MODES } from '../messaging.ts';
import { readState, STATE_BYTES } from './journal.ts';
import { type CardMemory, IMAGE_BYTES } from './memory.ts';
import {
  type Application,
  type CardFile,
  type CardKey,
  type CardState,
  FILE_KINDS,
  type FileSettings,
} from './state.ts';

/** The memory does not hold a card of ours: another file, another version, or bytes that were changed behind its back. */
export class CardImageError extends Error {
  override readonly name = 'CardImageError';
  readonly code = 'card-image-damaged';
}

const MAGIC = new Uint8Array([...'RETAPCRD'].map((letter) => letter.charCodeAt(0)));
const VERSION = 1;
export const UID_BYTES = 7;
/** length 2, CRC 4 */
const HEAD_BYTES = 6;

/** The identity page: whose image this is. Written last, when everything else is there. */
export function identityPage(uid: Uint8Array): Uint8Array {
  const identity = concat(MAGIC, [VERSION], uid);
  return concat(identity, toLittleEndian(crc32(identity), 4));
}

/** @throws CardImageError where the image is not one of ours */
export function readUid(memory: CardMemory): Uint8Array {
  const image = memory.read();
  if (image.length !== IMAGE_BYTES) {
    throw new CardImageError(
      `a card image has ${IMAGE_BYTES} bytes, this one ${image.length}; make one with SoftwareCard.blank`,
    );
  }
  const uid = image.slice(MAGIC.length + 1, MAGIC.length + 1 + UID_BYTES);
  const page = identityPage(uid);
  if (!isEqual(image.subarray(0, page.length), page)) {
    throw new CardImageError('the image does not begin as a card image does; make one with SoftwareCard.blank');
  }
  return uid;
}

/** The state's bytes, {@link STATE_BYTES} long; null where they do not fit. */
export function encodeState(state: CardState): Uint8Array | null {
  const body = concat(
    [state.settings, state.isFormatDisabled ? 1 : 0],
    encodeKey(state.key),
    encodeKey(state.defaultKey),
    [state.applications.length],
    ...state.applications.map(encodeApplication),
  );
  if (HEAD_BYTES + body.length > STATE_BYTES) return null;
  const bytes = new Uint8Array(STATE_BYTES);
  bytes.set(concat(toLittleEndian(body.length, 2), toLittleEndian(crc32(body), 4), body));
  return bytes;
}

/** Bytes that are still free for applications and files. */
export function freeBytes(bytes: Uint8Array): number {
  return STATE_BYTES - HEAD_BYTES - fromLittleEndian(bytes.subarray(0, 2));
}

/** @throws CardImageError where its bytes were changed by anything but a card */
export function decodeState(memory: CardMemory): CardState {
  const bytes = readState(memory);
  const body = bytes.subarray(HEAD_BYTES, HEAD_BYTES + fromLittleEndian(bytes.subarray(0, 2)));
  if (crc32(body) !== fromLittleEndian(bytes.subarray(2, HEAD_BYTES))) {
    throw new CardImageError('the state in the card image does not fit its checksum; the image was changed or cut');
  }
  const source = new Source(body);
  const [settings, isFormatDisabled] = [source.number(1), source.number(1) === 1];
  const [key, defaultKey] = [decodeKey(source), decodeKey(source)];
  const applications = source.list(() => decodeApplication(source));
  return { settings, isFormatDisabled, key, defaultKey, applications };
}

function encodeKey(key: CardKey): Uint8Array {
  return concat(key.value, [key.version]);
}

function decodeKey(source: Source): CardKey {
  return { value: source.take(16), version: source.number(1) };
}

function encodeApplication(application: Application): Uint8Array {
  const { name, keys, files } = application;
  return concat(
    toLittleEndian(application.id, 3),
    [application.settings, application.hasIsoIds ? 1 : 0],
    toLittleEndian(application.isoId, 2),
    [name.length],
    name,
    [keys.length],
    ...keys.map(encodeKey),
    [files.length],
    ...files.map(encodeFile),
  );
}

function decodeApplication(source: Source): Application {
  return {
    id: source.number(3),
    settings: source.number(1),
    hasIsoIds: source.number(1) === 1,
    isoId: source.number(2),
    name: source.take(source.number(1)),
    keys: source.list(() => decodeKey(source)),
    files: source.list(() => decodeFile(source)),
  };
}

function encodeFile(file: CardFile): Uint8Array {
  const settings = concat(
    [FILE_KINDS.indexOf(file.kind), file.number, COMM_MODES.indexOf(file.mode)],
    toLittleEndian(file.rights, 2),
    toLittleEndian(file.isoId, 2),
  );
  switch (file.kind) {
    case 'standard':
    case 'backup':
      return concat(settings, toLittleEndian(file.data.length, 2), file.data);
    case 'value': {
      const amounts = [file.lower, file.upper, file.value, file.limitedCredit].map(toSigned32);
      const flags = (file.isLimitedCreditEnabled ? 1 : 0) | (file.isValueFree ? 2 : 0);
      return concat(settings, ...amounts, [flags]);
    }
    case 'linear':
    case 'cyclic': {
      const sizes = concat(toLittleEndian(file.recordBytes, 2), toLittleEndian(file.slots, 2));
      return concat(settings, sizes, toLittleEndian(file.appended, 4), file.data);
    }
    case 'transaction-mac':
      return concat(settings, encodeKey(file.key), toLittleEndian(file.counter, 4), file.mac, file.readerId);
  }
}

function decodeFile(source: Source): CardFile {
  const kind = FILE_KINDS[source.number(1)];
  const settings = decodeSettings(source);
  switch (kind) {
    case 'standard':
    case 'backup':
      return { ...settings, kind, data: source.take(source.number(2)) };
    case 'value': {
      const amount = () => fromSigned32(source.take(4));
      const [lower, upper, value, limitedCredit] = [amount(), amount(), amount(), amount()];
      const flags = source.number(1);
      const [isLimitedCreditEnabled, isValueFree] = [(flags & 1) !== 0, (flags & 2) !== 0];
      return { ...settings, kind, lower, upper, value, limitedCredit, isLimitedCreditEnabled, isValueFree };
    }
    case 'linear':
    case 'cyclic': {
      const [recordBytes, slots, appended] = [source.number(2), source.number(2), source.number(4)];
      return { ...settings, kind, recordBytes, slots, appended, data: source.take(recordBytes * slots) };
    }
    case 'transaction-mac': {
      const [key, counter] = [decodeKey(source), source.number(4)];
      return { ...settings, kind, key, counter, mac: source.take(8), readerId: source.take(16) };
    }
    default:
      throw new CardImageError('the card image holds a file of a kind that this version does not know');
  }
}

function decodeSettings(source: Source): FileSettings {
  const [number, mode] = [source.number(1), COMM_MODES[source.number(1)]];
  if (mode === undefined) throw new CardImageError('the card image holds a communication mode that does not exist');
  return { number, mode, rights: source.number(2), isoId: source.number(2) };
}

/** Bytes, taken from the front. */
class Source {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  take(length: number): Uint8Array {
    if (this.#at + length > this.#bytes.length)
      throw new CardImageError('the card image ends in the middle of its state');
    this.#at += length;
    return this.#bytes.slice(this.#at - length, this.#at);
  }

  number(length: number): number {
    return fromLittleEndian(this.take(length));
  }

  list<T>(one: () => T): T[] {
    return Array.from({ length: this.number(1) }, one);
  }
}
