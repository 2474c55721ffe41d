/** What owners wish, granted once: the wish, its answer and what is ordered become durable together. */
import { createHash } from 'node:crypto';
import type { TerminalNumber, Time } from '@retap/model';
import { openWish, type Wish } from '@retap/protocol';
import type { Database, Sql } from '../database/database.ts';
import type { VerifySignature } from '../registry/port.ts';
import { AdmissionError } from '../registry/refusal.ts';
import { grant } from './grant.ts';
import { type Granted, refused } from './ordering.ts';
import { WISH_REFUSALS, type WishAnswer } from './port.ts';
import { lockPhone, wordOf } from './row.ts';
import { assertSignedBy } from './standing.ts';
import { settleWaiting } from './waiting.ts';

const DAY = 86_400_000;
/** New ones of a phone in a day: what is kept of each is kept for ever. */
const WISHES_A_DAY_MAX = 100;

/** @throws ProtocolError `wish-malformed`; AdmissionError `terminal-unknown`, `signature-invalid` */
export async function hearWish(
  database: Database,
  bytes: Uint8Array,
  verifySignature: VerifySignature,
  now: Time,
): Promise<WishAnswer & { readonly terminal: TerminalNumber }> {
  const { wish, toBeSigned, signature } = openWish(bytes);
  const { terminal } = wish;
  await assertSignedBy(database, terminal, (key) => verifySignature(key, toBeSigned, signature));
  const answer = await database.transaction(async (sql) => {
    // Two sockets with the same wish: one has the row, the other waits and finds the answer.
    const phone = await lockPhone(sql, terminal);
    if (phone === null) throw new AdmissionError('terminal-unknown', terminal);
    await settleWaiting(sql, terminal);
    const kept = await keptAnswer(sql, wish);
    if (kept !== null && (kept.answer !== 'waits' || kept.hasProposal)) return answerIn(kept.answer);
    if (kept === null && (await hasTooMany(sql, terminal, now))) return refused('wishes-exceeded').answer;
    const word = await wordOf(sql, phone);
    const granted = word === 'active' ? await grant(sql, phone, wish, now) : refused(`phone-${word}`);
    // What a phone is told while it may not spend is not said for ever.
    if (word === 'active') await keep(sql, wish, granted, now);
    return granted.answer;
  });
  return { ...answer, terminal };
}

interface Kept {
  readonly answer: string;
  readonly hasProposal: boolean;
}

async function keptAnswer(sql: Sql, { terminal, id }: Wish): Promise<Kept | null> {
  const [row] = await sql.rows<Kept>(
    'select answer, proposal is not null as "hasProposal" from phone_wish where terminal = $1 and id = $2',
    [terminal, id],
  );
  return row ?? null;
}

function answerIn(word: string): WishAnswer {
  if (word === 'granted') return { answer: 'granted' };
  if (word === 'waits') return { answer: 'waits', until: null };
  const refusal = WISH_REFUSALS.find((each) => each === word);
  if (refusal === undefined) throw new Error(`no wish is answered by "${word}"`);
  return refused(refusal).answer;
}

async function hasTooMany(sql: Sql, terminal: TerminalNumber, now: Time): Promise<boolean> {
  const [row] = await sql.rows<{ count: number }>(
    'select count(*)::integer as count from phone_wish where terminal = $1 and at > $2',
    [terminal, now - DAY],
  );
  return (row?.count ?? 0) >= WISHES_A_DAY_MAX;
}

async function keep(sql: Sql, wish: Wish, { answer, actionSerial, proposal }: Granted, now: Time): Promise<void> {
  const { terminal, id, kind, amount, serial, code } = wish;
  const digest = kind === 'move' ? createHash('sha256').update(code).digest() : null;
  await sql.rows(
    `insert into phone_wish (terminal, id, kind, amount, serial, code_digest, answer, proposal, action_serial, at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
     on conflict (terminal, id) do update set answer = excluded.answer, action_serial = excluded.action_serial`,
    [
      ...[terminal, id, kind, amount, serial, digest, answer.answer === 'refused' ? answer.refusal : answer.answer],
      ...[proposal ?? null, actionSerial ?? null, now],
    ],
  );
}
