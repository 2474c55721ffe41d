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

/** ISO/IEC 7816-4 file identifier of the application. */
export const APPLICATION_ISO_ID = 0x5254;

/** Numbers of the application's keys. */
export const KEYS = { master: 0, read: 1, refill: 2, debit: 3, 'transaction-mac-configuration': 4 } as const;

export const FILES = {
  /** Backup data: the last transaction {@link LAST}. */
  last: 0x01,
  /** Backup data: P, eight slots of a {@link PRODUCT} each. */
  products: 0x02,
  /** Value: W. Signed, 32 bit. */
  balance: 0x03,
  /** Cyclic records: H, {@link LOG_RECORD}. */
  log: 0x04,
  /** TransactionMAC: TMC (4 bytes) and TMV (8 bytes) of the last commit. */
  transactionMac: 0x0f,
} as const;

/**
 * The last transaction: what makes L, Z and `mediumSerial` one with the balance, and what a re-tap reads. It is written from
 * its start, as far as a transaction has something to say: most end before `held`, purchases before `actionSerial`,
 * and those that carry out an action of the action list write all of it. So each is proved by its record (see proof.ts).
 */
export const LAST = {
  bytes: 32,
  /**
   * 0: none yet (new card), else 1 + index of the type in {@link LOG_TYPES}, and {@link BLOCKED} where the medium is blocked.
   * Only `block` blocks, and a blocked medium takes nothing but an action that ends it: no transaction needs to know. 1 byte
   */
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
  /** One bit for each slot whose product belongs to P, lowest slot lowest bit. Only a purchase changes it. 1 byte */
  held: 26,
  /** End of what a purchase writes. */
  endWithHeld: 27,
  /** Serial of the last action of the action list that was carried out. 4 bytes */
  actionSerial: 27,
  /** End of what a transaction with an action writes, and of what is read: with its padding two blocks. */
  endWithAction: 31,
} as const;

/** Bit of {@link LAST}`.type`. */
export const BLOCKED = 0x80;
export const NO_SLOT = 0xff;

/** A product in its slot. Which slots hold one is said by {@link LAST}`.held`: an old product needs no erasing. */
export const PRODUCT = {
  /** Size of a slot; the file holds PRODUCTS_MAX of them. */
  bytes: 48,
  /** The id is `<terminal>-<serial>` of the record of its purchase. 4 bytes each */
  terminal: 0,
  serial: 4,
  /** Times it was validated. 2 bytes */
  uses: 8,
  /** End of what a validation writes: id and uses, one block with its padding. */
  endOfUse: 10,
  /** `mediumSerial` of its purchase: their order. 4 bytes */
  purchased: 10,
  /** 0: without limit. 2 bytes */
  maxUses: 14,
  /** Bit 0: `validFrom` is given; bit 1: `validUntil` is. 1 byte */
  flags: 16,
  /** 6 bytes */
  validFrom: 17,
  /** 6 bytes */
  validUntil: 23,
  /** ASCII, zeros behind. 16 bytes */
  code: 29,
  codeBytes: 16,
  /** End of what a purchase writes. */
  end: 45,
} as const;

/**
 * One record of the log: type 1, terminal 4, time 6, amount 4 = 15 bytes of a record of 16, so that one block holds it with its
 * padding. Balance and `mediumSerial` of each follow from the next newer one: w(n−1) = w(n) − a(n).
 */
export const LOG_RECORD = { bytes: 16, written: 15, type: 0, terminal: 1, time: 5, amount: 11 } as const;

/** Types of a commit as the card names them; `open` is the first. */
export const LOG_TYPES = ['open', 'refill', 'debit', 'purchase', 'validation'] as const;
export type LogType = (typeof LOG_TYPES)[number];

/** TMRI, the identity by which a reader commits: "RETAP", terminal (4 bytes), zeros. 16 bytes; all zeros on a new card. */
export const READER_ID = { bytes: 16, name: Uint8Array.of(0x52, 0x45, 0x54, 0x41, 0x50), terminal: 5, end: 9 } as const;
