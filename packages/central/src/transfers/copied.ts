/** Phones of which two devices write the journal: known by evidence that their own key has signed, and put on the deny list for it. */
import type { TerminalNumber, Time } from '@retap/model';
import { phoneMedium } from '@retap/protocol';
import type { Database, Sql } from '../database/database.ts';
import { denyIn } from '../lists/working.ts';

/**
 * Whether a phone is to be treated as copied: there is evidence, and nobody has looked at all of it and taken the phone off the deny
 * list again.
 */
export async function isCopied(sql: Sql, terminal: TerminalNumber): Promise<boolean> {
  const [row] = await sql.rows<{ copied: boolean }>(
    `select exists (select from phone_evidence($1) e
       where not exists (select from phone_denial d where d.terminal = $1 and d.evidence = e.evidence)
         or exists (select from denied_medium where medium = $2)) as copied`,
    [terminal, phoneMedium(terminal)],
  );
  return row?.copied ?? false;
}

const PHONES_A_LOOK = 100;
/** Of a phone that goes on contradicting itself some are noted now, and the rest at the next look. */
const EVIDENCE_MAX = 1_000;

/**
 * Puts phones on the deny list of which there is evidence that was not there before. By the centre itself, without a second person: a
 * payment refused is asked for again, one that is not backed is lost.
 * @returns how many; 0 where there is nothing new
 */
export function denyCopied(database: Database, now: () => Time): Promise<number> {
  return database.transaction(async (sql) => {
    let denied = 0;
    for (const { terminal, evidence } of await newEvidence(sql)) {
      // Whoever looks at the same time waits here for us, and then finds it noted.
      const noted = await sql.rows<{ evidence: string }>(
        `insert into phone_denial select $1, e, $2 from unnest($3::text[]) e on conflict do nothing returning evidence`,
        [terminal, now(), evidence],
      );
      if (noted.length === 0) continue;
      const why = `two devices write its journal: ${noted
        .slice(0, 3)
        .map((one) => one.evidence)
        .join(', ')}`;
      const answer = await denyIn(sql, phoneMedium(terminal), { who: CENTRE_ITSELF, why }, now());
      if (answer === 'added' || answer.refusal === 'denied-already') denied += 1;
      // Not noted, so that it is tried again: a list is full until somebody takes something off it.
      else
        await forget(
          sql,
          terminal,
          noted.map((one) => one.evidence),
        );
    }
    return denied;
  });
}

const CENTRE_ITSELF = '@centre';

interface Evidence {
  readonly terminal: TerminalNumber;
  readonly evidence: string[];
}

/** Phones by number alone, by index: nearly always none. */
function newEvidence(sql: Sql): Promise<Evidence[]> {
  return sql.rows<Evidence>(
    `select p.terminal, (array_agg(e.evidence order by e.evidence))[1:${EVIDENCE_MAX}] as evidence from (
       select terminal from conflict where terminal > 1000000000
       union select terminal from chain_break where terminal > 1000000000
       union select terminal from clone_member where terminal > 1000000000) p
     cross join lateral phone_evidence(p.terminal) e
     where not exists (select from phone_denial d where d.terminal = p.terminal and d.evidence = e.evidence)
     group by p.terminal order by p.terminal limit ${PHONES_A_LOOK}`,
  );
}

async function forget(sql: Sql, terminal: TerminalNumber, evidence: readonly string[]): Promise<void> {
  await sql.rows(`delete from phone_denial where terminal = $1 and evidence = any($2::text[])`, [terminal, evidence]);
}
