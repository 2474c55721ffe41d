/** AES keys as objects in a token: used there, never seen here. */
import type { AesKey } from '@retap/card';
import type { Handle } from 'pkcs11js';
import { BLOCK, maskedBlocks, type Subkeys, subkeysOf, ZERO_BLOCK } from './cmac.ts';
import { derivesOnly } from './fault.ts';
import type { KeyOperations } from './pkcs11-operations.ts';

/** What an object's attributes let be done with it. */
export interface KeyUse {
  /** CKA_ENCRYPT and CKA_DECRYPT. */
  readonly mayEncrypt: boolean;
  /** CKA_SIGN. */
  readonly maySign: boolean;
}

const DERIVED_USE: KeyUse = { mayEncrypt: true, maySign: true };
/** A master is the token's: discarding it does nothing. */
export interface KeyPlace {
  readonly isMaster: boolean;
  /** For messages. */
  readonly name: string;
}
const IN_SESSION: KeyPlace = { isMaster: false, name: 'a derived key' };

/**
 * A key in a token. `derive` is a CMAC whose last block is encrypted by CKM_AES_CBC_ENCRYPT_DATA, so that its result is a
 * key in the token, too: CMAC = E(K, C(n−1) ⊕ (Mₙ ⊕ subkey)).
 */
export class TokenKey implements AesKey {
  readonly #operations: KeyOperations;
  readonly #handle: Handle;
  readonly #use: KeyUse;
  readonly #place: KeyPlace;
  #subkeys: Subkeys | null = null;
  #isDiscarded = false;

  constructor(operations: KeyOperations, handle: Handle, use: KeyUse, place: KeyPlace = IN_SESSION) {
    this.#operations = operations;
    this.#handle = handle;
    this.#use = use;
    this.#place = place;
  }

  encrypt(iv: Uint8Array, data: Uint8Array): Uint8Array {
    this.#check(this.#use.mayEncrypt && !this.#place.isMaster);
    return this.#operations.encrypt(this.#handle, iv, data);
  }

  decrypt(iv: Uint8Array, data: Uint8Array): Uint8Array {
    this.#check(this.#use.mayEncrypt && !this.#place.isMaster);
    return this.#operations.decrypt(this.#handle, iv, data);
  }

  cmac(message: Uint8Array): Uint8Array {
    this.#check(this.#use.maySign);
    return this.#operations.sign(this.#handle, message) ?? this.cmacOfOther(message);
  }

  derive(input: Uint8Array): AesKey {
    this.#check(true);
    const { chained, last } = this.#chain(input);
    return new TokenKey(this.#operations, this.#operations.derive(this.#handle, chained, last), DERIVED_USE);
  }

  /** CMAC of what no card's key is made from, by a key that may not sign: a check value, the journal's secret. */
  cmacOfOther(message: Uint8Array): Uint8Array {
    const { chained, last } = this.#chain(message);
    return this.#encrypted(chained, last);
  }

  discard(): void {
    if (this.#place.isMaster || this.#isDiscarded) return;
    this.#isDiscarded = true;
    this.#operations.destroy(this.#handle);
  }

  /** All but the last encryption: C(n−1) and Mₙ ⊕ subkey. */
  #chain(message: Uint8Array): { chained: Uint8Array; last: Uint8Array } {
    this.#subkeys ??= subkeysOf(this.#encrypted(ZERO_BLOCK, ZERO_BLOCK));
    const blocks = maskedBlocks(message, this.#subkeys);
    const last = blocks.subarray(-BLOCK);
    let chained = ZERO_BLOCK;
    if (this.#use.mayEncrypt && blocks.length > BLOCK) {
      chained = this.#operations.encrypt(this.#handle, ZERO_BLOCK, blocks.subarray(0, -BLOCK)).slice(-BLOCK);
    } else {
      // Cᵢ = E(K, C(i−1) ⊕ Mᵢ)
      for (let at = 0; at < blocks.length - BLOCK; at += BLOCK) {
        chained = this.#encrypted(chained, blocks.subarray(at, at + BLOCK));
      }
    }
    return { chained, last };
  }

  #encrypted(iv: Uint8Array, block: Uint8Array): Uint8Array {
    const { mayEncrypt } = this.#use;
    return mayEncrypt
      ? this.#operations.encrypt(this.#handle, iv, block)
      : this.#operations.reveal(this.#handle, iv, block);
  }

  #check(may: boolean): void {
    if (this.#isDiscarded) throw new Error('a discarded key was used');
    if (!may) throw derivesOnly(this.#place.name);
  }
}
