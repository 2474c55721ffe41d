/** The one gate for signed batches: who says it is who signed it, and may speak. */
import type { TerminalNumber, Time } from '@retap/model';
import { openSignedBatch, type ParsedBody, readBody, type SignedBatch } from '@retap/protocol';
import type { Database, Sql } from '../database/database.ts';
import { arrayOf } from '../database/literal.ts';
import type { ReceivedBatch } from '../port.ts';
import type { TerminalState, VerifySignature } from './port.ts';
import { AdmissionError } from './refusal.ts';
import { settlementOf } from './settlement.ts';

interface Standing {
  readonly terminal: TerminalNumber;
  readonly state: TerminalState;
  readonly key: Buffer | null;
  readonly expiresAt: Time | null;
}

export class Gate {
  readonly #verifySignature: VerifySignature;
  /** Batches whose signature was found good, by the key that it is of: it need not be verified again. */
  readonly #verified = new WeakMap<ReceivedBatch, string>();
  /** An enrolled centre stays one, so it need not be asked again. */
  #isEnrolled = false;

  constructor(verifySignature: VerifySignature) {
    this.#verifySignature = verifySignature;
  }

  /**
   * The records of a batch, before it waits with others: nothing of a stranger's bytes is inflated or parsed until their signature is
   * good. One that is not signed is refused here where all must be: later it would have all fail that it is made durable with.
   * @throws ProtocolError, AdmissionError
   */
  async verify(database: Database, batch: ReceivedBatch, now: Time): Promise<ParsedBody> {
    if (batch.form === 'signed') {
      const signed = openSignedBatch(batch.body);
      this.#admit(batch, signed, (await standingOf(database, [signed.terminal], '')).get(signed.terminal), now);
    } else if (await this.#takesSignedOnly(database)) throw new AdmissionError('batch-unsigned', null);
    return readBody(batch.form, batch.body);
  }

  /** The records of a batch that has been let through, or else is looked at now; an unsigned one when it becomes durable. @throws ProtocolError, AdmissionError */
  async read(database: Database, batch: ReceivedBatch, now: Time): Promise<ParsedBody> {
    const isLetThrough = batch.form !== 'signed' || this.#verified.has(batch);
    return isLetThrough ? readBody(batch.form, batch.body) : this.verify(database, batch, now);
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
    const opened = signed.map((batch) => ({ batch, signed: openSignedBatch(batch.body) }));
    const standing = await standingOf(
      sql,
      opened.map((each) => each.signed.terminal),
      'for share',
    );
    for (const each of opened) this.#admit(each.batch, each.signed, standing.get(each.signed.terminal), now);
    return opened.map((each) => each.signed.terminal);
  }

  /** Whether the terminal that is named signed it, and may speak. Nothing is locked: for questions. @throws AdmissionError */
  async admitQuestion(sql: Sql, signed: Omit<SignedBatch, 'payload'>, now: Time): Promise<void> {
    this.#admit(null, signed, (await standingOf(sql, [signed.terminal], '')).get(signed.terminal), now);
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
    signed: Omit<SignedBatch, 'payload'>,
    standing: Standing | undefined,
    now: Time,
  ): void {
    const { terminal, toBeSigned, signature } = signed;
    if (!standing?.key) {
      throw new AdmissionError(standing?.state === 'revoked' ? 'terminal-revoked' : 'terminal-unknown', terminal);
    }
    const key = standing.key.toString('hex');
    if (batch === null || this.#verified.get(batch) !== key) {
      if (!this.#verifySignature(standing.key, toBeSigned, signature)) {
        throw new AdmissionError('signature-invalid', terminal);
      }
      if (batch !== null) this.#verified.set(batch, key);
    }
    if (standing.state === 'suspended' || standing.state === 'revoked') {
      throw new AdmissionError(`terminal-${standing.state}`, terminal);
    }
    if ((standing.expiresAt ?? 0) <= now) throw new AdmissionError('licence-expired', terminal);
  }
}

async function standingOf(
  sql: Sql,
  terminals: readonly TerminalNumber[],
  lock: '' | 'for share',
): Promise<Map<TerminalNumber, Standing>> {
  const rows = await sql.rows<Standing>(
    `select terminal, state::text, public_key as key, expires_at as "expiresAt" from terminal
     where terminal = any($1::integer[]) order by terminal ${lock}`,
    [arrayOf(new Set(terminals))],
  );
  return new Map(rows.map((row) => [row.terminal, row]));
}
