/** What other records say of one: by what it is confirmed or refuted (spec, definitions 1 to 4). */
import type { Time } from '@retap/model';
import type { Sql } from '../database/database.ts';
import { predecessorsOf } from '../read/chain.ts';
import { type Fact, isEvidenceFact, isTransactionFact } from '../reconcile/fact.ts';
import { FACT, type FactRow, factOf } from '../reconcile/sql/fact-row.ts';
import type { EvidenceOfRecord, EvidenceWord } from './port.ts';

const EVIDENCE_MAX = 20;

/** @param clockTolerance of the database, in milliseconds */
export async function evidenceOf(sql: Sql, fact: Fact, clockTolerance: number): Promise<EvidenceOfRecord[]> {
  const readers = (await readersOf(sql, fact.mediumId, fact.time)).filter((other) => !isSame(other, fact));
  const predecessors = await predecessorsOf(sql, readers.filter(isEvidenceFact));
  const found = readers.flatMap((reader): EvidenceOfRecord[] => {
    const predecessor = predecessors.get(`${reader.terminal}-${reader.serial}`);
    return predecessor && isSame(predecessor, fact) ? [said('read-by', reader)] : [];
  });
  if (isTransactionFact(fact)) {
    found.push(...(await saidByLogs(sql, fact)));
    if (fact.status === 'unverified' && !fact.effective) found.push(...(await refuting(sql, fact, clockTolerance)));
  }
  return found.slice(0, EVIDENCE_MAX);
}

function said(word: EvidenceWord, { terminal, serial, type, time }: Omit<EvidenceOfRecord, 'word'>): EvidenceOfRecord {
  return { word, terminal, serial, type, time };
}

function isSame(a: { terminal: number; serial: number }, b: { terminal: number; serial: number }): boolean {
  return a.terminal === b.terminal && a.serial === b.serial;
}

/** Definition 4, but for the logs. */
async function refuting(
  sql: Sql,
  fact: Fact & { readonly lastTime: Time },
  clockTolerance: number,
): Promise<EvidenceOfRecord[]> {
  const siblings = (await readersOf(sql, fact.mediumId, fact.lastTime)).filter((other) => !isSame(other, fact));
  return siblings.flatMap((other): EvidenceOfRecord[] => {
    if (other.effective) return [said('refuted-by-commit', other)];
    if (other.terminal === fact.terminal && other.serial > fact.serial) return [said('refuted-by-serial', other)];
    return other.time >= fact.time + clockTolerance ? [said('refuted-by-time', other)] : [];
  });
}

/**
 * Reconciled evidence that read a commit of this time from the medium. What did not go straight is found by what it read; of the
 * straight ones only the next can have read it, with perhaps something else in between.
 */
async function readersOf(sql: Sql, mediumId: number, time: Time): Promise<Fact[]> {
  const rows = await sql.rows<FactRow>(
    `select distinct on (r.terminal, r.serial) ${FACT} from (
       (select r.* from period e cross join lateral (
          select * from record r where period_of(r.time) = e.id and r.medium_id = $1 and r.status = 'successful' and r.time > $2
          order by r.time limit $3) r
        where e.id >= period_of($2) order by e.id, r.time limit $3)
       union all
       (select r.* from exceptional x join record r on r.terminal = x.terminal and r.serial = x.serial
        where x.medium_id = $1 and x.last_time = $2 limit $3)
     ) r join partition p on p.id = partition_of(r.medium_id)
     left join uncommitted u on u.terminal = r.terminal and u.serial = r.serial
     where r.last_time = $2 and r.receipt <= p.reconciled order by r.terminal, r.serial`,
    [mediumId, time, EVIDENCE_MAX],
  );
  return rows.map(factOf).sort((a, b) => a.time - b.time);
}

/** Whether a log round it names it. */
async function saidByLogs(sql: Sql, fact: Fact): Promise<EvidenceOfRecord[]> {
  const rows = await sql.rows<Omit<EvidenceOfRecord, 'word'> & { names: boolean }>(
    `select r.terminal, r.serial, r.type, r.time,
       exists (select from unnest(l.times, l.terminals) as e (time, terminal) where e.time = $2 and e.terminal = $3) as names
     from (select * from medium_log l where box(point(l.medium_id, l.first_entry), point(l.medium_id, l.reach))
       && box(point($1, $2), point($1, $2)) offset 0) l
     join record r on r.terminal = l.terminal and r.serial = l.serial
     join partition p on p.id = partition_of(r.medium_id)
     where r.receipt <= p.reconciled and (r.terminal, r.serial) <> ($3, $4)
       and (exists (select from unnest(l.times, l.terminals) as e (time, terminal) where e.time = $2 and e.terminal = $3)
         or ($5 and l.first_entry < $2 and l.last_time > $2))
     order by r.time limit $6`,
    [fact.mediumId, fact.time, fact.terminal, fact.serial, fact.status === 'unverified', EVIDENCE_MAX],
  );
  return rows.map((row) => said(row.names ? 'named-by-log' : 'refuted-by-log', row));
}
