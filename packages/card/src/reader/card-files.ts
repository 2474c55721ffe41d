/** The files of the account as they are created (layout.ts), with the rights of each key: the least that its purpose needs. */
import { LOG_ENTRIES_MAX, PRODUCTS_MAX } from '@retap/model';
import { concat, toLittleEndian, toSigned32 } from '../bytes.ts';
import { FILES, KEYS, LAST, LOG_RECORD, PRODUCT } from '../layout.ts';
import type { CardKeyValue } from './issuer-keys.ts';
import type { Command } from './session.ts';

/** What a value file holds between. Signed, 32 bit. */
export interface BalanceLimits {
  readonly minimumBalance: number;
  readonly maximumBalance: number;
}

export interface FileToCreate {
  readonly number: number;
  readonly command: Command;
  readonly mode: 'mac' | 'full';
  /** How GetFileSettings begins once it is there: what never changes. */
  readonly settings: Uint8Array;
}

const FREE = 0xe;
const NOBODY = 0xf;
const AES_KEY = 0x02;
const CREATE = { backup: 0xcb, value: 0xcc, cyclic: 0xc0, transactionMac: 0xce } as const;
/** File types as GetFileSettings names them. */
const TYPES = { backup: 1, value: 2, cyclic: 4, transactionMac: 5 } as const;

/** Read by the read key; read and written by the debit key; written by the refill key. */
const DATA_RIGHTS = rights(KEYS.read, KEYS.refill, KEYS.debit, KEYS.master);
/**
 * Read and debited by the debit key, credited too by the refill key. Not for the read key: on a card, who may read a value
 * may debit it.
 */
const BALANCE_RIGHTS = rights(KEYS.debit, NOBODY, KEYS.refill, KEYS.master);
/** CommitReaderID for whoever commits: debit and refill key. */
const TRANSACTION_MAC_RIGHTS = rights(KEYS.read, NOBODY, FREE, KEYS['transaction-mac-configuration']);

/** @param mode how the files are talked to @param key AppTransactionMACKey */
export function filesToCreate(mode: 'full' | 'mac', limits: BalanceLimits, key: CardKeyValue): readonly FileToCreate[] {
  const option = mode === 'full' ? 0x03 : 0x01;
  const size = (length: number): Uint8Array => toLittleEndian(length, 3);
  const data = (number: number, length: number) =>
    plainFile(number, CREATE.backup, TYPES.backup, option, DATA_RIGHTS, size(length));
  const { minimumBalance, maximumBalance } = limits;
  const between = concat(toSigned32(minimumBalance), toSigned32(maximumBalance));
  // First value 0; no LimitedCredit, no free GetValue.
  const value = plainFile(FILES.balance, CREATE.value, TYPES.value, option, BALANCE_RIGHTS, between, [0, 0, 0, 0, 0]);
  // One slot more than can be read: where the next record is written before it is committed.
  const records = concat(size(LOG_RECORD.bytes), size(LOG_ENTRIES_MAX + 1));
  return [
    data(FILES.last, LAST.bytes),
    data(FILES.products, PRODUCTS_MAX * PRODUCT.bytes),
    value,
    plainFile(FILES.log, CREATE.cyclic, TYPES.cyclic, option, DATA_RIGHTS, records),
    transactionMacFile(key),
  ];
}

/** @param fixed what GetFileSettings says again @param first what it does not */
function plainFile(
  number: number,
  code: number,
  type: number,
  option: number,
  access: Uint8Array,
  fixed: Uint8Array,
  first: readonly number[] = [],
): FileToCreate {
  const data = concat([number, option], access, fixed, first);
  return { number, command: { code, data }, mode: 'mac', settings: concat([type, option], access, fixed) };
}

function transactionMacFile({ value, version }: CardKeyValue): FileToCreate {
  const option = 0x01;
  const header = concat([FILES.transactionMac, option], TRANSACTION_MAC_RIGHTS, [AES_KEY]);
  return {
    number: FILES.transactionMac,
    command: { code: CREATE.transactionMac, header, data: concat(value, [version]) },
    mode: 'full',
    settings: concat([TYPES.transactionMac, option], TRANSACTION_MAC_RIGHTS, [AES_KEY]),
  };
}

/** Four key numbers in two bytes, least significant first: read, write, read and write, change. */
function rights(read: number, write: number, readWrite: number, change: number): Uint8Array {
  return toLittleEndian((read << 12) | (write << 8) | (readWrite << 4) | change, 2);
}
