/** The one gate for signed batches: who says it is who signed it, and may speak. */
import type { TerminalNumber, Time } from '@retap/model';
import { openSignedBatch, type ParsedBody, readBody, type SignedBatch } from '@retap/protocol';
import type { Database, Sql } from '../database/database.ts';
import type { ReceivedBatch } from '../port.ts';
import { ParsedBodies } from './parsed.ts';
import type { VerifySignature } from './port.ts';
import { AdmissionError } from './refusal.ts';
import { settlementOf } from './settlement.ts';
import { type Standing, StandingQuestions, standingOf } from './standing.ts';

/** A batch whose signature was found good: whose it is, and by which key. It need not be opened or verified again. */
interface Verified {
  readonly terminal: TerminalNumber;
  readonly key: Buffer;
}

export class Gate {
  readonly #verifySignature: VerifySignature;
  readonly #verified = new WeakMap<ReceivedBatch, Verified>();
  readonly #parsed = new ParsedBodies();
  readonly #standing = new StandingQuestions();
  /** An enrolled centre stays one, so it need not be asked again. */
  #isEnrolled = false;

  constructor(verifySignature: VerifySignature) {
    this.#verifySignature = verifySignature;
  }

  /**
   * Before a batch waits with others: nothing of a stranger's bytes is inflated or parsed until their signature is
   * good. One that is not signed is refused here where all must be: later it would have all fail that it is made durable with.
   * @returns whose it is; null where it is not signed @throws ProtocolError, AdmissionError
   */
  async verify(database: Database, batch: ReceivedBatch, now: Time): Promise<TerminalNumber | null> {
    const terminal = await this.#letThrough(database, batch, now);
    this.#parsed.keep(batch, readBody(batch.form, batch.body));
    return terminal;
  }

  /** The records of a batch that has been let through, or else is looked at now; an unsigned one when it becomes durable. @throws ProtocolError, AdmissionError */
  async read(database: Database, batch: ReceivedBatch, now: Time): Promise<ParsedBody> {
    const parsed = this.#parsed.take(batch);
    if (parsed !== undefined) return parsed;
    if (batch.form === 'signed' && !this.#verified.has(batch)) await this.#letThrough(database, batch, now);
    return readBody(batch.form, batch.body);
  }

  /**
   * In the SQL transaction in which the batches become durable: whoever is suspended or revoked before it is refused, and
   * whoever suspends or revokes during it waits for its end.
   * @throws AdmissionError
   */
  async admit(sql: Sql, batches: readonly ReceivedBatch[], now: Time): Promise<TerminalNumber[]> {
    const signed = batches.filter(({ form }) => form === 'signed');
    if (signed.length < batches.length && (await this.#takesSignedOnly(sql))) {
      throw new AdmissionError('batch-unsigned', null);
    }
    if (signed.length === 0) return [];
    const terminals = signed.map(
      (batch) => this.#verified.get(batch)?.terminal ?? openSignedBatch(batch.body).terminal,
    );
    const standing = await standingOf(sql, terminals, 'for share of t');
    signed.forEach((batch, index) => {
      const terminal = terminals[index] as TerminalNumber;
      const own = standing.get(terminal);
      // Under another key than before it is verified anew.
      const by = this.#verified.get(batch)?.key;
      if (own && by && keysOf(own).some((key) => key.equals(by))) assertMaySpeak(own, now);
      else this.#admit(batch, openSignedBatch(batch.body), own, now);
    });
    return terminals;
  }

  /** Whether the terminal that is named signed it, and may speak. Nothing is locked: for questions. @throws AdmissionError */
  async admitQuestion(sql: Sql, signed: Omit<SignedBatch, 'payload'>, now: Time): Promise<void> {
    this.#admit(null, signed, (await standingOf(sql, [signed.terminal], '')).get(signed.terminal), now);
  }

  /** @throws ProtocolError, AdmissionError */
  async #letThrough(database: Database, batch: ReceivedBatch, now: Time): Promise<TerminalNumber | null> {
    if (batch.form === 'signed') {
      const signed = openSignedBatch(batch.body);
      this.#admit(batch, signed, await this.#standing.of(database, signed.terminal), now);
      return signed.terminal;
    }
    if (await this.#takesSignedOnly(database)) throw new AdmissionError('batch-unsigned', null);
    return null;
  }

  async #takesSignedOnly(sql: Sql): Promise<boolean> {
    this.#isEnrolled ||= (await settlementOf(sql))?.admission === 'enrolled';
    return this.#isEnrolled;
  }

  /**
   * The signature first: a stranger is told nothing of how a terminal stands.
   * @param batch that need not be verified again under the same key; null for what comes once
   */
  #admit(
    batch: ReceivedBatch | null,
    { terminal, toBeSigned, signature }: Omit<SignedBatch, 'payload'>,
    standing: Standing | undefined,
    now: Time,
  ): void {
    if (!standing?.key) {
      throw new AdmissionError(standing?.state === 'revoked' ? 'terminal-revoked' : 'terminal-unknown', terminal);
    }
    const key = keysOf(standing).find((each) => this.#verifySignature(each, toBeSigned, signature));
    if (key === undefined) throw new AdmissionError('signature-invalid', terminal);
    if (batch !== null) this.#verified.set(batch, { terminal, key });
    assertMaySpeak(standing, now);
  }
}

/** By which a batch may be signed. What a phone has signed is evidence: another phone may bring it long after. */
function keysOf({ key, phoneKeys }: Standing): Buffer[] {
  if (phoneKeys !== null) return phoneKeys.split(' ').map((digits) => Buffer.from(digits, 'hex'));
  return key === null ? [] : [key];
}

/** @throws AdmissionError */
function assertMaySpeak({ terminal, state, expiresAt, phoneKeys }: Standing, now: Time): void {
  // A merchant brings a payment late: it was made while the phone that made it was in good standing.
  if (phoneKeys !== null) return;
  if (state === 'suspended' || state === 'revoked') throw new AdmissionError(`terminal-${state}`, terminal);
  if ((expiresAt ?? 0) <= now) throw new AdmissionError('licence-expired', terminal);
}
