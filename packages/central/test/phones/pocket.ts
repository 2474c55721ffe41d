/** A phone as the centre sees one: a key, a journal of its own account, signed words. */
import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { amountOf, type JournalRecord } from '@retap/model';
import {
  encodeSignedPayload,
  encodeStanding,
  encodeWish,
  formatRecord,
  type PhoneKind,
  type PhoneStanding,
  phoneMedium,
  registrationToBeSigned,
  signedBatch,
  type Wish,
} from '@retap/protocol';
import type { Central, PhoneAccount, ReceivedBatch } from '../../src/index.ts';
import { ENROLLED } from '../device.ts';

const SPKI_BYTES = 12;
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex').toUpperCase();

interface KeyPair {
  readonly publicKey: Uint8Array;
  readonly sign: (bytes: Uint8Array) => Uint8Array;
}

export function newKey(): KeyPair {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const bytes = publicKey.export({ format: 'der', type: 'spki' }).subarray(SPKI_BYTES);
  return { publicKey: Uint8Array.from(bytes), sign: (message) => sign(null, message, privateKey as KeyObject) };
}

/** The centre's own key, of tests. */
export const CENTRE = newKey();

let pockets = 0;

export class Pocket {
  readonly key = newKey();
  readonly kind: PhoneKind;
  readonly code: string;
  readonly journal: JournalRecord[] = [];
  terminal = 0;
  balance = 0;
  actionSerial = 0;

  constructor(kind: PhoneKind = 'person') {
    pockets += 1;
    this.kind = kind;
    this.code = `WXYZ-${String(pockets).padStart(4, '0')}`;
  }

  async join(central: Central, enrolmentCode: string | null = null): Promise<this> {
    const registered = await this.register(central, enrolmentCode);
    if ('refusal' in registered) throw new Error(registered.refusal);
    return this.as(registered.terminal);
  }

  /** Under a number, its account opened. */
  as(terminal: number): this {
    this.terminal = terminal;
    const place = { terminal: this.terminal, serial: 1, medium: phoneMedium(this.terminal), time: 1 };
    this.journal.push({ ...place, type: 'open', amount: amountOf(0), balance: amountOf(0), status: 'successful' });
    return this;
  }

  register(central: Central, code: string | null = null) {
    const said = {
      ...{ kind: this.kind, name: 'Ana', code, publicKey: this.key.publicKey },
      recoveryDigest: Uint8Array.from(createHash('sha256').update(this.code).digest()),
    };
    const signature = this.key.sign(registrationToBeSigned(said));
    return central.phones.register({ ...said, signature }, ENROLLED.centre as Uint8Array, CENTRE.sign);
  }

  /** One more commit of its own account. @param action serial of an order that it carries out */
  commit(amount: number, time: number, counterparty = 'centre', action?: number): this {
    const serial = this.journal.length + 1;
    const lastTime = this.journal.at(-1)?.time;
    this.balance += amount;
    if (action !== undefined) this.actionSerial = action;
    this.journal.push({
      ...{ terminal: this.terminal, serial, medium: phoneMedium(this.terminal), time },
      ...{ type: amount > 0 ? 'refill' : 'debit', amount: amountOf(amount), balance: amountOf(this.balance) },
      ...{ status: 'successful', mediumSerial: serial - 1, counterparty, lastTime, lastTerminal: this.terminal },
      ...(action !== undefined && { action: { serial: action, kind: 'refill' } }),
    } as unknown as JournalRecord);
    return this;
  }

  linkBefore(serial: number): string {
    const lines = this.journal.slice(0, serial - 1).map(formatRecord);
    return lines.reduce((link, line) => sha256(link + line), sha256(`retap journal${this.terminal}`));
  }

  async batch(from: number, to: number): Promise<ReceivedBatch> {
    const records = this.journal.slice(from - 1, to);
    const payload = encodeSignedPayload({ terminal: this.terminal, from, before: this.linkBefore(from), records });
    return { form: 'signed', body: await signedBatch(payload, this.terminal, this.key.sign) };
  }

  standing(said: Partial<PhoneStanding> = {}): Promise<Uint8Array> {
    const lastSerial = said.lastSerial ?? this.journal.length;
    return encodeStanding(
      {
        ...{ terminal: this.terminal, saidAt: 1_000_000, lastSerial, link: this.linkBefore(lastSerial + 1) },
        ...{ balance: amountOf(this.balance), mediumSerial: this.journal.length - 1, actionSerial: this.actionSerial },
        deniedDigest: said.deniedDigest ?? new Uint8Array(32),
        ...said,
      },
      this.key.sign,
    );
  }

  async hear(central: Central, said: Partial<PhoneStanding> = {}): Promise<PhoneAccount> {
    return central.phones.hear(await this.standing(said), CENTRE.sign);
  }

  wishBytes(wish: Partial<Wish> & Pick<Wish, 'kind' | 'id'>): Promise<Uint8Array> {
    const whole = { terminal: this.terminal, amount: amountOf(0), serial: 0, code: '', ...wish };
    return encodeWish(whole, this.key.sign);
  }

  async wish(central: Central, wish: Partial<Wish> & Pick<Wish, 'kind' | 'id'>) {
    const { terminal: _own, ...answer } = await central.phones.wish(await this.wishBytes(wish));
    return answer;
  }
}

let ids = 0;
/** 32 digits that no other wish has. */
export function wishId(): string {
  ids += 1;
  return ids.toString(16).toUpperCase().padStart(32, '0');
}
