/**
 * Where the account A = (I, W, P, L, Z, H) is on the card: one application, five keys, five files. All but the transaction
 * MAC are changed by one CommitTransaction, or none is. All numbers in these files have their least significant byte first.
 *
 * I is the serial number of the chip: what the keys are diversified by cannot be claimed by another card.
 */

/** Application of the account. */
export const APPLICATION: Uint8Array = Uint8Array.of(0x52, 0x54, 0x50);
/** ISO/IEC 7816-4 name of the application, for SELECT: F0 (not registered), "RETAP", 1. */
export const APPLICATION_NAME: Uint8Array = Uint8Array.of(0xf0, 0x52, 0x45, 0x54, 0x41, 0x50, 0x01);

/** Numbers of the application's keys. */
export const KEYS = { master: 0, read: 1, refill: 2, debit: 3, 'transaction-mac-configuration': 4 } as const;

export const FILES = {
  /** Backup data: the last transaction {@link LAST}. */
  last: 0x01,
  /** Backup data: eight products of {@link PRODUCT_BYTES} each. */
  products: 0x02,
  /** Value: W. Signed, 32 bit. */
  balance: 0x03,
  /** Cyclic records: H, {@link LOG_RECORD}. */
  log: 0x04,
  /** TransactionMAC: TMC (4 bytes) and TMV (8 bytes) of the last commit. */
  transactionMac: 0x0f,
} as const;

/**
 * The last transaction: what makes L, Z and `mediumSerial` one with the balance, and what a re-tap reads. `actionSerial` is
 * last and written only by a transaction that carries out an action, so that every other one can
 * be proved from its record. (Actions other than `block` leave a medium that is not blocked: a blocked one takes no other.)
 */
export const LAST = {
  bytes: 32,
  /** 0: none yet (new card), else 1 + index of the type in {@link LOG_TYPES}. 1 byte */
  type: 0,
  /** 4 bytes */
  mediumSerial: 1,
  /** Z. 4 bytes */
  terminal: 5,
  /** L. 6 bytes */
  time: 9,
  /** a. Signed, 4 bytes */
  amount: 15,
  /** w, equal to W of the value file. Signed, 4 bytes */
  balance: 19,
  /** Slot of the product bought or used; FF: none. 1 byte */
  productSlot: 23,
  /** Uses of that product after this transaction. 2 bytes */
  productUses: 24,
  /** End of what every transaction writes. */
  end: 26,
  /** Serial of the last action of the action list that was carried out. 4 bytes */
  actionSerial: 26,
  /** 1: blocked, written with `actionSerial`. 1 byte */
  state: 30,
  /** End of what a transaction with an action writes: with its padding two blocks. */
  endWithAction: 31,
} as const;

/**
 * One record of the log: type 1, terminal 4, time 6, amount 4 = 15 bytes of a record of 16, so that one block holds it with its
 * padding. Balance and `mediumSerial` of each follow from the next newer one: w(n−1) = w(n) − a(n).
 */
export const LOG_RECORD = { bytes: 16, written: 15, type: 0, terminal: 1, time: 5, amount: 11 } as const;

/** Types of a commit as the card names them; `open` is the first. */
export const LOG_TYPES = ['open', 'refill', 'debit', 'purchase', 'validation'] as const;
