/** Alerts that the cards' own proofs give, read off by index; and the figures of them. */
import type { RecordIdentity } from '@retap/model';
import type { Sql } from '../database/database.ts';
import {
  PROOF_ALERT_KINDS,
  type ProofAlert,
  type ProofAlertKind,
  type ProofAlertOptions,
  type ProofTotals,
} from '../port.ts';

/** As with the specification's alerts: the figure is for the eye. */
const COUNTED_MAX = 10_000;

type Query = (sql: Sql, options: ProofAlertOptions) => Promise<ProofAlert[]>;

const OF_MEDIUM = '($1::text is null or m.medium = $1)';

function ofRecord(kind: ProofAlertKind, condition: string): Query {
  return async (sql, { medium, limit }) => {
    const rows = await sql.rows<{ medium: string } & RecordIdentity>(
      `select m.medium, p.terminal, p.serial from proof p join medium m on m.id = p.medium_id
       where ${condition} and ${OF_MEDIUM} order by p.terminal, p.serial limit $2`,
      [medium ?? null, limit],
    );
    return rows.map((row) => ({ kind, ...row }) as ProofAlert);
  };
}

const EFFECTIVE = `exists (select from uncommitted u where u.terminal = p.terminal and u.serial = p.serial and u.effective)`;

const TRANSACTIONS = `array_agg(p.terminal order by p.terminal, p.serial) as terminals,
  array_agg(p.serial order by p.terminal, p.serial) as serials`;

interface Listed {
  readonly medium: string;
  readonly terminals: readonly number[];
  readonly serials: readonly number[];
}

const transactionsOf = ({ terminals, serials }: Listed): RecordIdentity[] =>
  terminals.map((terminal, i) => ({ terminal, serial: serials[i] as number }));

const repeated: Query = async (sql, { medium, limit }) => {
  const rows = await sql.rows<Listed & { counter: number }>(
    `select m.medium, c.counter, ${TRANSACTIONS} from proof_repeated c join medium m on m.id = c.medium_id
     join proof p on p.medium_id = c.medium_id and p.counter = c.counter and p.verdict = 'valid'
     where ${OF_MEDIUM} group by m.medium, c.counter order by m.medium, c.counter limit $2`,
    [medium ?? null, limit],
  );
  return rows.map((row) => ({
    kind: 'proof-repeated',
    medium: row.medium,
    counter: row.counter,
    transactions: transactionsOf(row),
  }));
};

const moved: Query = async (sql, { medium, limit }) => {
  const rows = await sql.rows<Listed>(
    `with moved as (
       select m.id, m.medium from proof_shift s join medium m on m.id = s.medium_id
       where s.least < s.greatest and ${OF_MEDIUM} order by m.medium limit $2)
     select p.medium, ${TRANSACTIONS} from (
       select distinct on (moved.id, p.counter - p.medium_serial) moved.medium, p.terminal, p.serial
       from moved join proof p on p.medium_id = moved.id and p.verdict = 'valid' and p.medium_serial is not null
       order by moved.id, p.counter - p.medium_serial, p.counter, p.terminal, p.serial) p
     group by p.medium order by p.medium`,
    [medium ?? null, limit],
  );
  return rows.map((row) => ({ kind: 'proof-counter', medium: row.medium, transactions: transactionsOf(row) }));
};

const QUERIES: Readonly<Record<ProofAlertKind, Query>> = {
  'proof-invalid': ofRecord('proof-invalid', `p.verdict = 'invalid'`),
  'proof-missing': ofRecord('proof-missing', `p.verdict = 'missing' and not p.settled`),
  'proof-contradiction': ofRecord('proof-contradiction', `p.verdict = 'none' and p.contradicted and ${EFFECTIVE}`),
  'proof-reader': ofRecord('proof-reader', 'p.reader_differs'),
  'proof-repeated': repeated,
  'proof-counter': moved,
};

export async function proofAlertsOf(sql: Sql, { kind, limit, ...options }: ProofAlertOptions): Promise<ProofAlert[]> {
  const alerts: ProofAlert[] = [];
  for (const each of kind ? [kind] : PROOF_ALERT_KINDS) {
    const left = limit - alerts.length;
    if (left > 0) alerts.push(...(await QUERIES[each](sql, { ...options, limit: left })));
  }
  return alerts;
}

export async function proofTotalsOf(sql: Sql): Promise<ProofTotals> {
  const [row] = await sql.rows<{ unsettled: number; waiting: number }>(
    `select (select g.recorded - j.judged from judging j, progress g) as waiting,
       (select count(*) from proof p where p.verdict = 'none' and not p.settled and not p.contradicted and ${EFFECTIVE}) as unsettled`,
  );
  if (!row) throw new Error('totals without a row');
  const alerts: Partial<Record<ProofAlertKind, number>> = {};
  for (const kind of PROOF_ALERT_KINDS) {
    const found = await QUERIES[kind](sql, { limit: COUNTED_MAX });
    if (found.length > 0) alerts[kind] = found.length;
  }
  return { alerts, ...row };
}
