/** What a card says to anybody, without a key: what it is, and how our application is laid out on it. Nothing of it has a MAC. */
import { fromLittleEndian, fromSigned32, isEqual, toHex } from '../bytes.ts';
import { APPLICATION, FILES, KEYS } from '../layout.ts';
import type { ReadFault } from '../medium.ts';
import { COMM_MODES, type CommMode } from '../messaging.ts';
import type { CardChannel, KeyPurpose, KeyStore, RandomBytes } from '../port.ts';
import { readData } from './commands.ts';
import { authenticateWith, selectAccount } from './conversation.ts';
import { type Answer, exchange } from './session.ts';

export interface CardView {
  /** As GetVersion has it, in hexadecimal digits, as NXP writes it: `12.0` is an EV2. */
  readonly hardware: string;
  readonly software: string;
  /** AIDs as on the air, in hexadecimal digits. */
  readonly applications: readonly string[];
  /** Version of the card's own master key. */
  readonly piccVersion: number;
  /** Our application; null where the card has none. */
  readonly account: AccountView | null;
}

export interface AccountView {
  /** Version of each of the application's keys. */
  readonly keyVersions: Readonly<Partial<Record<KeyPurpose, number>>>;
  readonly files: readonly FileView[];
}

export interface FileView {
  readonly number: number;
  readonly kind: 'standard' | 'backup' | 'value' | 'linear' | 'cyclic' | 'transaction-mac' | 'unknown';
  readonly mode: CommMode;
  /** Key numbers, `free` or `never`. */
  readonly rights: { readonly [right in (typeof RIGHTS)[number]]: number | 'free' | 'never' };
  /** Bytes of a data file, or of one record. */
  readonly bytes?: number;
  /** Records that can be read at most: one slot is spare. */
  readonly recordsMax?: number;
  /** What a value file holds between. */
  readonly between?: { readonly minimum: number; readonly maximum: number };
  /** Version of the key of the transaction MAC. */
  readonly keyVersion?: number;
}

const RIGHTS = ['read', 'write', 'readWrite', 'change'] as const;
const KINDS = ['standard', 'backup', 'value', 'linear', 'cyclic', 'transaction-mac'] as const;
const CODES = {
  getVersion: 0x60,
  getApplicationIds: 0x6a,
  select: 0x5a,
  getFileIds: 0x6f,
  getFileSettings: 0xf5,
  getKeyVersion: 0x64,
} as const;
const PICC_LEVEL = new Uint8Array(3);
const FREE = 0xe;
const NEVER = 0xf;

/** @returns `unreadable` where an answer was cut, `foreign` where the card does not tell anybody */
export async function viewCard(channel: CardChannel): Promise<CardView | ReadFault> {
  try {
    await ask(channel, CODES.select, PICC_LEVEL);
    const version = await ask(channel, CODES.getVersion);
    const piccVersion = (await ask(channel, CODES.getKeyVersion, Uint8Array.of(0)))[0] ?? 0;
    const ids = piecesOf(await ask(channel, CODES.getApplicationIds), APPLICATION.length);
    const isOurs = ids.some((id) => isEqual(id, APPLICATION));
    return {
      hardware: versionOf(version.subarray(3, 5)),
      software: versionOf(version.subarray(10, 12)),
      applications: ids.map(toHex),
      piccVersion,
      account: isOurs ? await accountView(channel) : null,
    };
  } catch (error) {
    if (error instanceof Untold) return error.fault;
    throw error;
  }
}

/**
 * TMC: how often the card was committed to since it was personalised. Read by the read key.
 * @param keys that hold `read`
 */
export async function readCommitCount(
  channel: CardChannel,
  keys: KeyStore,
  random: RandomBytes,
): Promise<number | ReadFault> {
  const selected = await selectAccount(channel);
  if (selected !== 'selected') return selected;
  const session = await authenticateWith('read', channel, keys, random);
  if (typeof session === 'string') return session;
  const answer = await session.send(readData(FILES.transactionMac, 0, TMC_BYTES), 'mac');
  session.close();
  if (answer.outcome !== 'answered') return faultOf(answer);
  return answer.data.length === TMC_BYTES ? fromLittleEndian(answer.data) : 'unreadable';
}

const TMC_BYTES = 4;

function versionOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16)).join('.');
}

async function accountView(channel: CardChannel): Promise<AccountView> {
  await ask(channel, CODES.select, APPLICATION);
  const keyVersions: Partial<Record<KeyPurpose, number>> = {};
  for (const [purpose, number] of Object.entries(KEYS)) {
    keyVersions[purpose as keyof typeof KEYS] =
      (await ask(channel, CODES.getKeyVersion, Uint8Array.of(number)))[0] ?? 0;
  }
  const files: FileView[] = [];
  for (const number of await ask(channel, CODES.getFileIds)) {
    files.push(fileView(number, await ask(channel, CODES.getFileSettings, Uint8Array.of(number))));
  }
  return { keyVersions, files: files.sort((a, b) => a.number - b.number) };
}

/** @param settings type 1, option 1, rights 2, and what the type has */
function fileView(number: number, settings: Uint8Array): FileView {
  const [type = 0xff, option = 0] = settings;
  const rights = fromLittleEndian(settings.subarray(2, 4));
  const of = (from: number, to: number): Uint8Array => settings.subarray(from, to);
  const kind = KINDS[type] ?? 'unknown';
  const file: FileView = { number, kind, mode: modeOf(option), rights: rightsOf(rights) };
  switch (kind) {
    case 'standard':
    case 'backup':
      return { ...file, bytes: fromLittleEndian(of(4, 7)) };
    case 'value':
      return { ...file, between: { minimum: fromSigned32(of(4, 8)), maximum: fromSigned32(of(8, 12)) } };
    case 'linear':
    case 'cyclic': {
      const spare = kind === 'cyclic' ? 1 : 0;
      return { ...file, bytes: fromLittleEndian(of(4, 7)), recordsMax: fromLittleEndian(of(7, 10)) - spare };
    }
    case 'transaction-mac':
      return { ...file, keyVersion: settings[5] ?? 0 };
    case 'unknown':
      return file;
  }
}

/** Bits 0 and 1 of the file option: x0 plain, 01 MAC, 11 full. */
function modeOf(option: number): CommMode {
  const [plain, mac, full] = COMM_MODES;
  return (option & 1) === 0 ? plain : (option & 2) === 0 ? mac : full;
}

/** Four nibbles, the first the highest. */
function rightsOf(rights: number): FileView['rights'] {
  const right = (shift: number): number | 'free' | 'never' => {
    const key = (rights >> shift) & 0xf;
    return key === FREE ? 'free' : key === NEVER ? 'never' : key;
  };
  return { read: right(12), write: right(8), readWrite: right(4), change: right(0) };
}

/** A question without an answer ends the view. */
class Untold extends Error {
  readonly fault: ReadFault;

  constructor(fault: ReadFault) {
    super(fault);
    this.fault = fault;
  }
}

async function ask(channel: CardChannel, code: number, body?: Uint8Array): Promise<Uint8Array> {
  const answer = await exchange(channel, code, body);
  if (answer.outcome !== 'answered') throw new Untold(faultOf(answer));
  return answer.data;
}

function faultOf(answer: Exclude<Answer, { outcome: 'answered' }>): ReadFault {
  return answer.outcome === 'torn' ? 'unreadable' : 'foreign';
}

function piecesOf(bytes: Uint8Array, length: number): Uint8Array[] {
  return Array.from({ length: Math.floor(bytes.length / length) }, (_, index) =>
    bytes.subarray(index * length, (index + 1) * length),
  );
}
