/** What can be done with keys in a token, through an open session: one command of PKCS#11, or two. */
import type { Handle, Template } from 'pkcs11js';
import { BLOCK } from './cmac.ts';
import { KeyStoreError } from './fault.ts';
import { type TokenSession, tokenFault } from './pkcs11-module.ts';

export class KeyOperations {
  readonly #open: TokenSession;
  readonly #derived: Template;
  readonly #readable: Template;
  readonly #hasCmac: boolean;
  #derivedKeys = 0;

  /** @throws KeyStoreError `pkcs11-unsuited` */
  constructor(open: TokenSession) {
    this.#open = open;
    const { binding, mechanisms, name } = open;
    for (const mechanism of ['CKM_AES_CBC', 'CKM_AES_CBC_ENCRYPT_DATA'] as const) {
      if (mechanisms.has(binding[mechanism])) continue;
      const message = `${name}: it has no ${mechanism}, without which card keys would have to leave it; use another token`;
      throw new KeyStoreError('pkcs11-unsuited', message);
    }
    this.#hasCmac = mechanisms.has(binding.CKM_AES_CMAC);
    this.#derived = this.#sessionTemplate(true);
    this.#readable = this.#sessionTemplate(false);
  }

  /** Derived keys that are in the token and have not been discarded. */
  get derivedKeys(): number {
    return this.#derivedKeys;
  }

  encrypt(key: Handle, iv: Uint8Array, data: Uint8Array): Uint8Array {
    if (data.length === 0) return new Uint8Array(0);
    const { binding, module, session } = this.#open;
    return this.#asked(() => {
      module.C_EncryptInit(session, { mechanism: binding.CKM_AES_CBC, parameter: bufferOf(iv) }, key);
      return bytesOf(module.C_Encrypt(session, bufferOf(data), Buffer.alloc(data.length + BLOCK)));
    });
  }

  decrypt(key: Handle, iv: Uint8Array, data: Uint8Array): Uint8Array {
    if (data.length === 0) return new Uint8Array(0);
    const { binding, module, session } = this.#open;
    return this.#asked(() => {
      module.C_DecryptInit(session, { mechanism: binding.CKM_AES_CBC, parameter: bufferOf(iv) }, key);
      return bytesOf(module.C_Decrypt(session, bufferOf(data), Buffer.alloc(data.length + BLOCK)));
    });
  }

  /** CMAC by the token's own mechanism; null where it has none, or not for this message. */
  sign(key: Handle, message: Uint8Array): Uint8Array | null {
    // SoftHSM takes no empty message, and then waits for one in every later command.
    if (!this.#hasCmac || message.length === 0) return null;
    const { binding, module, session } = this.#open;
    return this.#asked(() => {
      module.C_SignInit(session, { mechanism: binding.CKM_AES_CMAC }, key);
      return bytesOf(module.C_Sign(session, bufferOf(message), Buffer.alloc(BLOCK)));
    });
  }

  /** The key E(K, iv ⊕ block), which stays in the token. */
  derive(key: Handle, iv: Uint8Array, block: Uint8Array): Handle {
    const derived = this.#derive(key, iv, block, this.#derived);
    this.#derivedKeys += 1;
    return derived;
  }

  /**
   * E(K, iv ⊕ block) as a value, by a key that may only derive. For what is no card's key: L, the first blocks of a CMAC, a
   * check value, the journal's secret. The last block of a card's key is never asked for like this.
   */
  reveal(key: Handle, iv: Uint8Array, block: Uint8Array): Uint8Array {
    const { binding, module, session } = this.#open;
    const derived = this.#derive(key, iv, block, this.#readable);
    return this.#asked(() => {
      try {
        const [attribute] = module.C_GetAttributeValue(session, derived, [{ type: binding.CKA_VALUE }]);
        return bytesOf(attribute?.value as Buffer);
      } finally {
        module.C_DestroyObject(session, derived);
      }
    });
  }

  destroy(key: Handle): void {
    const { module, session } = this.#open;
    this.#asked(() => module.C_DestroyObject(session, key));
    this.#derivedKeys -= 1;
  }

  #derive(key: Handle, iv: Uint8Array, block: Uint8Array, template: Template): Handle {
    const { binding, module, session } = this.#open;
    const parameter = { type: binding.CK_PARAMS_AES_CBC, iv: bufferOf(iv), data: bufferOf(block) };
    return this.#asked(() =>
      module.C_DeriveKey(session, { mechanism: binding.CKM_AES_CBC_ENCRYPT_DATA, parameter }, key, template),
    );
  }

  #sessionTemplate(isSecret: boolean): Template {
    const { binding } = this.#open;
    return [
      { type: binding.CKA_CLASS, value: binding.CKO_SECRET_KEY },
      { type: binding.CKA_KEY_TYPE, value: binding.CKK_AES },
      { type: binding.CKA_VALUE_LEN, value: BLOCK },
      { type: binding.CKA_TOKEN, value: false },
      { type: binding.CKA_PRIVATE, value: true },
      { type: binding.CKA_SENSITIVE, value: isSecret },
      { type: binding.CKA_EXTRACTABLE, value: !isSecret },
      { type: binding.CKA_ENCRYPT, value: isSecret },
      { type: binding.CKA_DECRYPT, value: isSecret },
      { type: binding.CKA_SIGN, value: isSecret },
      { type: binding.CKA_DERIVE, value: isSecret },
    ];
  }

  #asked<Answer>(command: () => Answer): Answer {
    try {
      return command();
    } catch (error) {
      throw tokenFault(error, this.#open.name);
    }
  }
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

function bytesOf(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
}
