/**
 * What took alerts away. For what was missing it is the record that was; for the rest the record of the medium that
 * arrived since the last look, or, where several did, the receipts between the first and the last of them.
 */
import type { RecordIdentity } from '@retap/model';
import type { Sql } from '../database/database.ts';
import type { AnyAlert, Cure } from './port.ts';

interface Gone {
  readonly id: number;
  readonly alert: AnyAlert;
}

type Found = RecordIdentity & { readonly id: number; readonly receipt: number };

/** @param after the receipt up to which everything had been looked at @returns a cure for each, by the id of its case */
export async function curesOf(sql: Sql, gone: readonly Gone[], after: number): Promise<ReadonlyMap<number, Cure>> {
  const cures = new Map<number, Cure>();
  for (const kind of new Set(gone.map(({ alert }) => alert.kind))) {
    const query = OF_KIND[kind];
    const ofKind = gone.filter(({ alert }) => alert.kind === kind);
    if (query === undefined) continue;
    for (const { id, terminal, serial, receipt } of await sql.rows<Found>(query, columns(ofKind))) {
      cures.set(id, { by: 'record', terminal, serial, receipt });
    }
  }
  for (const { id, alert } of gone) {
    if (alert.kind === 'future-time') cures.set(id, { by: 'time' });
    if (alert.kind === 'terminal-clock-off') cures.set(id, { by: 'clock' });
  }
  const rest = gone.filter(({ id }) => !cures.has(id));
  for (const [id, cure] of await arrivedSince(sql, rest, after)) cures.set(id, cure);
  return cures;
}

/** `$1` ids, `$2` the alerts as JSON. Each query names one record for a case, or none. */
function columns(gone: readonly Gone[]): unknown[] {
  return [gone.map(({ id }) => id), gone.map(({ alert }) => JSON.stringify(alert))];
}

const GONE = `(select id, alert::json as alert from unnest($1::bigint[], $2::text[]) as u (id, alert)) gone`;

const OF_KIND: Readonly<Partial<Record<AnyAlert['kind'], string>>> = {
  // The commit that was read, by (11) and (12): that of the terminal named, or else one that is known to have committed.
  'missing-transaction': `
    select distinct on (gone.id) gone.id, r.terminal, r.serial, r.receipt from ${GONE}
    join medium m on m.medium = gone.alert ->> 'medium'
    cross join lateral records_of(m.id) r where r.time = (gone.alert ->> 'time')::bigint and r.type <> 'observation'
    order by gone.id, r.terminal = (gone.alert ->> 'terminal')::integer desc, r.status = 'successful' desc, r.terminal, r.serial`,
  'unknown-medium': `
    select gone.id, a.root_terminal as terminal, a.root_serial as serial, r.receipt from ${GONE}
    join medium m on m.medium = gone.alert ->> 'medium' join account a on a.medium_id = m.id
    join record r on r.terminal = a.root_terminal and r.serial = a.root_serial`,
  'validation-without-purchase': `
    select gone.id, p.terminal, p.serial, r.receipt from ${GONE}
    join record v on v.terminal = (gone.alert ->> 'terminal')::integer and v.serial = (gone.alert ->> 'serial')::integer
    join product p on p.medium_id = v.medium_id and p.product_id = v.product_id
    join record r on r.terminal = p.terminal and r.serial = p.serial`,
  'terminal-serial-gap': `
    select gone.id, r.terminal, r.serial, r.receipt from ${GONE}
    join record r on r.terminal = (gone.alert ->> 'terminal')::integer and r.serial = (gone.alert ->> 'to')::integer`,
  // The payment.
  'refill-unbacked': `
    select gone.id, r.terminal, r.serial, r.receipt from ${GONE}
    join transfer_in i on i.terminal = (gone.alert ->> 'terminal')::integer and i.serial = (gone.alert ->> 'serial')::integer
    join record r on r.terminal = i.payer and r.serial = i.payer_serial`,
  // The record that stands before it now: the one that stood before it had been later.
  'terminal-time-order': `
    select gone.id, r.terminal, r.serial, r.receipt from ${GONE}
    join record r on r.terminal = (gone.alert ->> 'terminal')::integer and r.serial = (gone.alert ->> 'serial')::integer - 1`,
};

const ARRIVED = 'select terminal, serial, receipt from records_of(m.id) r where r.receipt > $3';

async function arrivedSince(sql: Sql, gone: readonly Gone[], after: number): Promise<[number, Cure][]> {
  if (gone.length === 0) return [];
  const rows = await sql.rows<Found & { readonly count: number; readonly least: number; readonly greatest: number }>(
    `select gone.id, count(r.receipt) as count, min(r.receipt) as least, max(r.receipt) as greatest,
       min(r.terminal) as terminal, min(r.serial) as serial
     from ${GONE}
     left join medium m on m.medium = gone.alert ->> 'medium'
     left join lateral (${ARRIVED}) r on true group by gone.id`,
    [...columns(gone), after],
  );
  const [progress] = await sql.rows<{ recorded: number }>('select recorded from progress');
  const recorded = progress?.recorded ?? 0;
  return rows.map(({ id, count, least, greatest, terminal, serial }) => {
    if (count === 1) return [id, { by: 'record', terminal, serial, receipt: least }];
    if (count > 1) return [id, { by: 'records', from: least, to: greatest }];
    // None of its own: another's proof, or what arrived before the last look and was reconciled after it.
    return [id, { by: 'records', from: Math.min(after + 1, recorded), to: recorded }];
  });
}
