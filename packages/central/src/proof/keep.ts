/** Writes what the cards' proofs say of new records, set-wise, and what these and the known ones say of each other. */
import { isTransaction, type TransactionRecord } from '@retap/model';
import { touchMedia } from '../alert-work/touch.ts';
import type { Sql } from '../database/database.ts';
import { arrayOf, columnsOf } from '../database/literal.ts';
import type { ProofJudge } from '../port.ts';
import type { Arrival } from '../receive/record.ts';
import { isContradictedBy, isSettledBy, type ProofFact, type ProofLine, shiftOf } from './rules.ts';

/** The transactions of media that can prove. Looks at names alone: whoever has none such pays for nothing else. */
export function provable(arrivals: readonly Arrival[], judge: ProofJudge): TransactionRecord[] {
  return arrivals.flatMap(({ record }) => (isTransaction(record) && judge.canProve(record.medium) ? [record] : []));
}

/** @param lines of records that stand and are in the tables by now, none of them kept before */
export async function keepLines(sql: Sql, lines: readonly ProofLine[]): Promise<void> {
  if (lines.length === 0) return;
  await sql.rows(
    `insert into proof (terminal, serial, medium_id, verdict, counter, medium_serial, reader, reader_differs, settled, contradicted)
     select u.terminal, u.serial, r.medium_id, u.verdict, u.counter, u.medium_serial, u.reader, u.reader_differs, false, false
     from unnest($1::integer[], $2::integer[], $3::proof_verdict[], $4::bigint[], $5::bigint[], $6::integer[], $7::boolean[])
       as u (terminal, serial, verdict, counter, medium_serial, reader, reader_differs)
     join record r on r.terminal = u.terminal and r.serial = u.serial`,
    columnsOf(
      lines,
      (l) => l.terminal,
      (l) => l.serial,
      (l) => l.verdict,
      (l) => l.counter,
      (l) => l.mediumSerial,
      (l) => l.reader,
      (l) => l.readerDiffers,
    ),
  );
  await keepShifts(sql, lines);
  await keepRepeated(sql, lines);
  await settle(sql, lines);
  await touchFaults(sql, lines);
}

const identities = (lines: readonly ProofLine[]) =>
  columnsOf(
    lines,
    (l) => l.terminal,
    (l) => l.serial,
  );

/** Alerts come and go by these lines where their media have a fault, or a commit that no proof of its own shows. */
async function touchFaults(sql: Sql, lines: readonly ProofLine[]): Promise<void> {
  const rows = await sql.rows<{ medium_id: number }>(
    `select distinct p.medium_id from unnest($1::integer[], $2::integer[]) as u (terminal, serial)
     join proof p on p.terminal = u.terminal and p.serial = u.serial
     where p.verdict = 'invalid' or p.reader_differs
       or exists (select from proof t where t.medium_id = p.medium_id and t.verdict in ('missing', 'none'))
       or exists (select from proof_shift s where s.medium_id = p.medium_id and s.least < s.greatest)
       or exists (select from proof_repeated r where r.medium_id = p.medium_id)`,
    identities(lines),
  );
  await touchMedia(
    sql,
    rows.map(({ medium_id }) => medium_id),
  );
}

/** Nearly always nothing changes, and then nothing is written. */
async function keepShifts(sql: Sql, lines: readonly ProofLine[]): Promise<void> {
  const counted = lines.filter((line) => shiftOf(line) !== null);
  if (counted.length === 0) return;
  await sql.rows(
    `insert into proof_shift as s (medium_id, least, greatest)
     select p.medium_id, min(u.shift), max(u.shift)
     from unnest($1::integer[], $2::integer[], $3::bigint[]) as u (terminal, serial, shift)
     join proof p on p.terminal = u.terminal and p.serial = u.serial group by p.medium_id
     on conflict (medium_id) do update
       set least = least(s.least, excluded.least), greatest = greatest(s.greatest, excluded.greatest)
       where excluded.least < s.least or excluded.greatest > s.greatest`,
    columnsOf(
      counted,
      (l) => l.terminal,
      (l) => l.serial,
      shiftOf,
    ),
  );
}

async function keepRepeated(sql: Sql, lines: readonly ProofLine[]): Promise<void> {
  const valid = lines.filter((line) => line.verdict === 'valid');
  if (valid.length === 0) return;
  await sql.rows(
    `insert into proof_repeated (medium_id, counter)
     select distinct own.medium_id, own.counter
     from unnest($1::integer[], $2::integer[]) as u (terminal, serial)
     join proof own on own.terminal = u.terminal and own.serial = u.serial
     join proof other on other.medium_id = own.medium_id and other.counter = own.counter and other.verdict = 'valid'
       and (other.terminal, other.serial) <> (own.terminal, own.serial)
     on conflict do nothing`,
    identities(valid),
  );
}

const FACT = (p: string, r: string) => `json_build_object('terminal', ${p}.terminal, 'serial', ${p}.serial,
  'verdict', ${p}.verdict, 'counter', ${p}.counter, 'mediumSerial', ${p}.medium_serial, 'reader', ${p}.reader,
  'readerDiffers', ${p}.reader_differs, 'mediumId', ${p}.medium_id, 'settled', ${p}.settled, 'time', ${r}.time, 'lastTime', ${r}.last_time, 'lastTerminal', ${r}.last_terminal,
  'amount', ${r}.amount, 'balance', ${r}.balance)`;

interface Fact extends ProofFact {
  readonly mediumId: number;
  readonly settled: boolean;
}

interface Pair {
  readonly torn: Fact;
  readonly other: Fact;
}

/** Both flags only ever become true, for a record that stands never goes: so a new pair is all there is to look at. */
async function settle(sql: Sql, lines: readonly ProofLine[]): Promise<void> {
  const pairs = await sql.rows<Pair>(
    `with fresh as (
       select p.* from unnest($1::integer[], $2::integer[]) as u (terminal, serial)
       join proof p on p.terminal = u.terminal and p.serial = u.serial where p.medium_serial is not null),
     pair as (
       select t.terminal as t_terminal, t.serial as t_serial, f.terminal, f.serial
       from fresh f join proof t on t.medium_id = f.medium_id and t.verdict in ('missing', 'none')
         and t.medium_serial in (f.medium_serial - 1, f.medium_serial)
       where f.verdict = 'valid'
       union
       select f.terminal, f.serial, n.terminal, n.serial
       from fresh f join proof n on n.medium_id = f.medium_id and n.verdict = 'valid'
         and n.medium_serial in (f.medium_serial, f.medium_serial + 1)
       where f.verdict in ('missing', 'none')
       union
       select f.terminal, f.serial, s.terminal, s.serial
       from fresh f join proof s on s.medium_id = f.medium_id and s.verdict in ('missing', 'none') and s.settled
         and s.medium_serial = f.medium_serial + 1
       where f.verdict in ('missing', 'none'))
     select ${FACT('tp', 'tr')} as torn, ${FACT('op', 'r')} as other
     from pair
     join proof tp on tp.terminal = t_terminal and tp.serial = t_serial
     join record tr on tr.terminal = t_terminal and tr.serial = t_serial
     join proof op on op.terminal = pair.terminal and op.serial = pair.serial
     join record r on r.terminal = pair.terminal and r.serial = pair.serial`,
    identities(lines),
  );
  const settled = pairs.filter(({ torn, other }) => !torn.settled && isSettledBy(torn, other)).map(({ torn }) => torn);
  const contradicted = pairs.filter(({ torn, other }) => isContradictedBy(torn, other)).map(({ torn }) => torn);
  await mark(sql, 'settled', [...settled, ...(await settledByThem(sql, settled))]);
  await mark(sql, 'contradicted', contradicted);
}

/** Those torn before the ones that are settled now, and before these, …: found in memory, for a run of them may be long. */
async function settledByThem(sql: Sql, settled: readonly Fact[]): Promise<Fact[]> {
  if (settled.length === 0) return [];
  const waiting = await sql.rows<{ fact: Fact }>(
    `select ${FACT('p', 'r')} as fact from proof p join record r on r.terminal = p.terminal and r.serial = p.serial
     where p.medium_id = any($1::integer[]) and p.verdict in ('missing', 'none') and not p.settled
       and p.medium_serial is not null`,
    [arrayOf(new Set(settled.map((fact) => fact.mediumId)))],
  );
  const place = (mediumId: number, mediumSerial: number) => `${mediumId}-${mediumSerial}`;
  const before = new Map<string, Fact[]>();
  for (const { fact } of waiting) {
    const key = place(fact.mediumId, (fact.mediumSerial as number) + 1);
    before.set(key, [...(before.get(key) ?? []), fact]);
  }
  const found = new Set<Fact>();
  const open = [...settled];
  for (let next = open.pop(); next; next = open.pop()) {
    for (const fact of before.get(place(next.mediumId, next.mediumSerial as number)) ?? []) {
      if (found.has(fact) || !isSettledBy(fact, { ...next, settled: true })) continue;
      found.add(fact);
      open.push(fact);
    }
  }
  return [...found];
}

async function mark(sql: Sql, flag: 'settled' | 'contradicted', torn: readonly ProofLine[]): Promise<void> {
  if (torn.length === 0) return;
  await sql.rows(
    `update proof p set ${flag} = true from unnest($1::integer[], $2::integer[]) as u (terminal, serial)
     where p.terminal = u.terminal and p.serial = u.serial and not p.${flag}`,
    identities(torn),
  );
}
