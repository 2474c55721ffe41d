/** A phone in a person's hand, for tests: real keys, a store that survives when the phone is killed, a clock of its own. */
import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import type { PhoneKind } from '@retap/protocol';
import type { Random } from '@retap/testkit';
import { MemoryPhoneStore, Phone, type PhoneKey, PhoneKilled, type PhoneOptions, registerPhone } from '../src/index.ts';

/** RFC 8410: the private key of 32 bytes, as PKCS #8. */
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI_HEAD = Buffer.from('302a300506032b6570032100', 'hex');

export function sha256(bytes: Uint8Array | string): Buffer {
  return createHash('sha256').update(bytes).digest();
}

export function keyOf(seed: string): PhoneKey {
  const secret = sha256(seed);
  const privateKey = createPrivateKey({ key: Buffer.concat([PKCS8_HEAD, secret]), format: 'der', type: 'pkcs8' });
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  return {
    publicKey: Uint8Array.from(spki.subarray(-32)),
    sign: async (bytes) => Uint8Array.from(sign(null, bytes, privateKey)),
  };
}

const publicKeys = new Map<string, KeyObject>();

export function isSignedBy(publicKey: Uint8Array, bytes: Uint8Array, signature: Uint8Array): boolean {
  const name = Buffer.from(publicKey).toString('hex');
  const known = publicKeys.get(name);
  const key = known ?? createPublicKey({ key: Buffer.concat([SPKI_HEAD, publicKey]), format: 'der', type: 'spki' });
  publicKeys.set(name, key);
  return verify(null, bytes, key, signature);
}

export interface HandsetOptions {
  readonly name: string;
  readonly kind: PhoneKind;
  readonly random: Random;
  readonly clock: () => number;
  readonly post: (body: Uint8Array<ArrayBuffer>) => Promise<Uint8Array>;
}

export class Handset {
  readonly name: string;
  readonly kind: PhoneKind;
  readonly key: PhoneKey;
  readonly store = new MemoryPhoneStore();
  /** How far its clock is off, in milliseconds. */
  skewMs = 0;
  readonly #options: HandsetOptions;
  readonly #lock = oneAtATime();
  #phone: Phone | null = null;

  constructor(options: HandsetOptions) {
    this.#options = options;
    this.name = options.name;
    this.kind = options.kind;
    this.key = keyOf(options.name);
  }

  get options(): PhoneOptions {
    const { random, clock } = this.#options;
    return {
      ...{ store: this.store, key: this.key, clock: () => clock() + this.skewMs, lock: this.#lock },
      verify: async (publicKey, bytes, signature) => isSignedBy(publicKey, bytes, signature),
      sha256: async (bytes) => Uint8Array.from(sha256(bytes)),
      random: (length) => Uint8Array.from({ length }, () => random.int(256)),
    };
  }

  get phone(): Phone {
    if (this.#phone === null) throw new Error(`${this.name} is off`);
    return this.#phone;
  }

  get terminal(): number {
    return this.phone.view.document.terminal;
  }

  get balance(): number {
    return this.phone.view.document.account.balance;
  }

  async register(): Promise<this> {
    const recoveryDigest = Uint8Array.from(sha256(`recover ${this.name}`));
    const { name, kind } = this;
    this.#phone = await registerPhone(this.options, { name, kind, recoveryDigest, code: null }, this.#options.post);
    return this;
  }

  /** What is in memory is gone; what was written is not. */
  async restart(): Promise<void> {
    this.store.killedAt = null;
    this.#phone = await Phone.open(this.options);
  }

  /** Another tab of the same phone. */
  async tab(): Promise<Phone> {
    const phone = await Phone.open(this.options);
    if (!phone) throw new Error(`${this.name} is not registered`);
    return phone;
  }

  /** Another phone with the same key and everything that was written: a copy. */
  async copy(): Promise<Handset> {
    const copy = new Handset(this.#options);
    copy.store.contents = this.store.contents;
    await copy.restart();
    return copy;
  }

  /** Does something, and is killed at the next write: before it, or just after. @returns whether it was killed */
  async killedDuring(when: 'before' | 'after', work: () => Promise<unknown>): Promise<boolean> {
    this.store.killedAt = when;
    try {
      await work();
      return false;
    } catch (error) {
      if (!(error instanceof PhoneKilled)) throw error;
      return true;
    } finally {
      await this.restart();
    }
  }
}

function oneAtATime(): PhoneOptions['lock'] {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const done = last.then(work, work);
    last = done.catch(() => {});
    return done;
  };
}
