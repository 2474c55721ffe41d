/** What check derives of phones' records: the alerts that they give, held against each other, and the states of payments. */
import {
  type Configuration,
  identityOf,
  type JournalRecord,
  type RecordIdentity,
  resolve,
  type TerminalNumber,
  type Time,
} from '@retap/model';
import { type PaymentState, type PositionedRecord, phoneOfMedium, sameRecord } from '@retap/protocol';
import type { Sql } from './database/database.ts';
import type { Discrepancy } from './port.ts';
import { type ChainClaim, chainBreaks } from './registry/chain.ts';
import { integrityAlertsOf } from './registry/integrity.ts';
import { grouped, type Heard, type PhoneRecords, transfersAnew } from './transfers/anew.ts';
import { isPhone } from './transfers/facts.ts';
import { paymentStatesOf } from './transfers/states.ts';

type Batches = AsyncIterable<{
  readonly receipt: number;
  readonly records: readonly PositionedRecord[];
  readonly claims: readonly ChainClaim[];
}>;

/** @param isKnown whether some record of that identity is stored */
export async function* checkTransfers(
  sql: Sql,
  batches: Batches,
  isKnown: (identity: RecordIdentity) => boolean,
  asOf: Time,
  configuration: Configuration,
): AsyncGenerator<Discrepancy> {
  const phones = await phoneRecords(batches, configuration.clockTolerance);
  if (phones.records.length === 0 && (await isEmpty(sql))) return;
  const derived = transfersAnew({ ...phones, isKnown }, await heardBy(sql), asOf, configuration);

  const alerts = new Map(derived.alerts.map((alert) => [JSON.stringify(alert), alert]));
  for (const alert of await integrityAlertsOf(sql, { asOf, configuration, limit: 2 ** 31 - 1 })) {
    if (!('medium' in alert)) continue;
    const { kind, medium, terminal, serial } = alert;
    const stored = { kind, medium, terminal, serial };
    if (!alerts.delete(JSON.stringify(stored))) yield { subject: `alert ${kind}`, stored, derived: null };
  }
  for (const alert of alerts.values()) yield { subject: `alert ${alert.kind}`, stored: null, derived: alert };
  const paying = await sql.rows<{ terminal: TerminalNumber }>('select distinct terminal from transfer_out');
  const payers = new Set([...derived.states.keys(), ...paying.map(({ terminal }) => terminal)]);
  for (const payer of payers) yield* differenceOfStates(sql, payer, derived.states.get(payer) ?? new Map(), asOf);
}

async function isEmpty(sql: Sql): Promise<boolean> {
  const rows = await sql.rows(
    '(select from transfer_out limit 1) union all (select from transfer_in limit 1) union all (select from transfer_doubt limit 1)',
  );
  return rows.length === 0;
}

/** What is told of a phone's payments is not all of them, and all of those that are not settled. */
async function* differenceOfStates(
  sql: Sql,
  terminal: TerminalNumber,
  derived: ReadonlyMap<number, PaymentState>,
  asOf: Time,
): AsyncGenerator<Discrepancy> {
  const told = await paymentStatesOf(sql, terminal, asOf);
  for (const { serial, state } of told) {
    const other = derived.get(serial) ?? null;
    if (other !== state) yield { subject: `payment ${terminal}-${serial}`, stored: state, derived: other };
  }
  const serials = new Set(told.map(({ serial }) => serial));
  for (const [serial, state] of derived) {
    if (serials.has(serial) || (state !== 'reported' && state !== 'reclaimable')) continue;
    if (told.length < 1_000) yield { subject: `payment ${terminal}-${serial}`, stored: null, derived: state };
  }
}

/** All that phones wrote, and all that was seen of their media. */
async function phoneRecords(batches: Batches, clockTolerance: number): Promise<Omit<PhoneRecords, 'isKnown'>> {
  const standing = new Map<string, JournalRecord>();
  const contradicted = new Set<TerminalNumber>();
  const claims: ChainClaim[] = [];
  for await (const batch of batches) {
    for (const claim of batch.claims) if (isPhone(claim.terminal)) claims.push(claim);
    for (const { record } of batch.records) {
      if (!isPhone(record.terminal) && !isPhone(phoneOfMedium(record.medium) ?? 0)) continue;
      const first = standing.get(identityOf(record));
      if (first === undefined) standing.set(identityOf(record), record);
      else if (!sameRecord(first, record)) contradicted.add(record.terminal);
    }
  }
  for (const { terminal } of chainBreaks(claims)) contradicted.add(terminal);
  const effective = new Set<JournalRecord>();
  for (const ofMedium of grouped(standing.values(), ({ medium }) => medium).values()) {
    for (const record of resolve(ofMedium, clockTolerance).effective) effective.add(record);
  }
  const records = [...standing.values()].filter(({ terminal }) => isPhone(terminal));
  return { records, effective, contradicted };
}

async function heardBy(sql: Sql): Promise<Heard> {
  const orders = await sql.rows<{ medium: string; serial: number; action: string }>(
    'select medium, serial, action from ordered_action',
  );
  const wishes = await sql.rows<RecordIdentity>(
    `select terminal, serial from phone_wish where kind = 'reclaim' and action_serial is not null`,
  );
  const phones = await sql.rows<{ terminal: TerminalNumber }>('select terminal from phone');
  const said = await sql.rows<{ terminal: TerminalNumber; saidAt: Time; lastSerial: number }>(
    'select terminal, said_at as "saidAt", last_serial as "lastSerial" from phone_said',
  );
  return {
    orders: new Map(orders.map(({ medium, serial, action }) => [`${medium} ${serial}`, orderIn(action)])),
    reclaimed: new Set(wishes.map(identityOf)),
    phones: new Set(phones.map(({ terminal }) => terminal)),
    said: new Map(said.map(({ terminal, ...words }) => [terminal, words])),
  };
}

function orderIn(text: string): { readonly kind: string; readonly amount: number | null } {
  const { kind, amount = null } = JSON.parse(text) as { readonly kind: string; readonly amount?: number };
  return { kind, amount };
}
