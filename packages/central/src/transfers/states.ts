/** What the centre knows of a phone's payments, and which of them may be given back (docs/transfers.md). */
import { type Amount, amountOf, DEFAULT_CONFIGURATION, type TerminalNumber, type Time } from '@retap/model';
import { PAYMENT_VALID_MS, type PaymentState } from '@retap/protocol';
import type { Sql } from '../database/database.ts';
import { EFFECTIVE, TAKEN } from './alerts.ts';
import { RECLAIM_DELAY_MS } from './facts.ts';

/** Of a phone's payments the newest are told whatever they are, … */
const NEWEST = 200;
/** … and of the older ones those that are not settled. */
const UNSETTLED_MAX = 1_000;

interface Payment {
  readonly serial: number;
  readonly amount: number;
  readonly time: Time;
  readonly payee: TerminalNumber | null;
  readonly effective: boolean;
  /** Effective refills of the payee that refer to it; and all of them, whatever came of them. */
  readonly taken: number;
  readonly claimed: number;
  readonly reclaimed: boolean;
  /** Two devices write the payer's journal, or the payee's. */
  readonly payerCopied: boolean;
  readonly payeeCopied: boolean;
  /** Serial and time up to which the payee's journal is here without a hole; null: its first record is not. */
  readonly runSerial: number | null;
  readonly runTime: Time | null;
  readonly saidAt: Time | null;
  readonly saidSerial: number | null;
}

const COPIED = (phone: string): string => `exists (select from phone_evidence(${phone}))`;

/** `$1`: the payer. */
const PAYMENTS = (which: string): string => `
  with p as materialized (select p.* from transfer_out p where p.terminal = $1 and ${which}),
  payee as materialized (select payee, ${COPIED('payee')} as copied from (select distinct payee from p where payee is not null) each)
  select p.serial, p.amount, p.time, p.payee, ${EFFECTIVE('p')} as effective,
    (select count(*)::integer from ${TAKEN} and ${EFFECTIVE('i')}) as taken,
    (select count(*)::integer from ${TAKEN}) as claimed,
    exists (select from phone_wish w where w.terminal = p.terminal and w.serial = p.serial and w.kind = 'reclaim'
      and w.action_serial is not null) as reclaimed,
    ${COPIED('$1')} as "payerCopied", coalesce(payee.copied, false) as "payeeCopied",
    run.last_serial as "runSerial", run.last_time as "runTime", said.said_at as "saidAt", said.last_serial as "saidSerial"
  from p left join payee on payee.payee = p.payee
  left join journal_run run on run.terminal = p.payee and run.first_serial = 1
  left join phone_said said on said.terminal = p.payee
  order by p.serial`;

/** By serial. Payments that are not effective are none, and have no state. */
export async function paymentStatesOf(
  sql: Sql,
  terminal: TerminalNumber,
  now: Time,
): Promise<{ readonly serial: number; readonly state: PaymentState }[]> {
  const clockTolerance = await clockToleranceOf(sql);
  const payments = await sql.rows<Payment>(
    PAYMENTS(`p.serial in (
      (select serial from transfer_out where terminal = $1 order by serial desc limit ${NEWEST})
      union (select serial from transfer_unsettled where terminal = $1 order by serial desc limit ${UNSETTLED_MAX}))`),
    [terminal],
  );
  return payments
    .filter(({ effective }) => effective)
    .map((payment) => ({ serial: payment.serial, state: stateOf(payment, now, clockTolerance) }));
}

/**
 * Whether a payment may be given back: nobody took it, and nobody can any more. Asked in the SQL transaction that gives it back: until
 * its end nothing is recorded, or a receipt could arrive of which neither of the two would know.
 * @returns null where it may not
 */
export async function reclaimable(
  sql: Sql,
  terminal: TerminalNumber,
  serial: number,
  now: Time,
): Promise<{ readonly amount: Amount } | null> {
  await sql.rows('select from progress for share');
  const [payment] = await sql.rows<Payment>(PAYMENTS('p.serial = $2'), [terminal, serial]);
  const isReclaimable =
    payment?.effective && stateOf(payment, now, await clockToleranceOf(sql)) === ('reclaimable' satisfies PaymentState);
  return isReclaimable ? { amount: amountOf(payment.amount) } : null;
}

function stateOf(payment: Payment, now: Time, clockTolerance: number): PaymentState {
  const { payee, taken, reclaimed } = payment;
  if (payee === null) return 'taken'; // the centre has it with the record
  if (taken > 1 || (taken > 0 && reclaimed)) return 'disputed';
  if (reclaimed) return 'reclaimed';
  if (taken > 0) return 'taken';
  return isOver(payment, now, clockTolerance) ? 'reclaimable' : 'reported';
}

/**
 * Whether nobody took it and nobody can. A phone's times grow with its serials, and it takes nothing that is out of date: what it
 * had not taken by a time after the end of the validity it never takes.
 */
function isOver(payment: Payment, now: Time, clockTolerance: number): boolean {
  const { time, claimed, payerCopied, payeeCopied, runSerial, runTime, saidAt, saidSerial } = payment;
  // Of two devices with one key, one may have made another payment of it under the same number, and somebody have taken that.
  if (claimed > 0 || payerCopied) return false;
  // end = payment.time + PAYMENT_VALID_MS + clockTolerance
  const end = time + PAYMENT_VALID_MS + clockTolerance;
  const isDelivered = runTime !== null && runTime > end;
  const isSaid = saidAt !== null && saidAt > end && (saidSerial === 0 || (runSerial ?? 0) >= (saidSerial ?? 0));
  // A copy of the payee's journal says nothing of the other one.
  if (!payeeCopied && (isDelivered || isSaid)) return true;
  // A receipt that comes later than this is later than any may be.
  return now > end + RECLAIM_DELAY_MS;
}

/** As the database was made with. */
async function clockToleranceOf(sql: Sql): Promise<number> {
  const [row] = await sql.rows<{ value: string }>(`select value from setting where name = 'clock_tolerance'`);
  return row ? Number(row.value) : DEFAULT_CONFIGURATION.clockTolerance;
}
