/** How terminals stand, asked for many at a time. */
import type { TerminalNumber, Time } from '@retap/model';
import type { Sql } from '../database/database.ts';
import { arrayOf } from '../database/literal.ts';
import type { TerminalState } from './port.ts';

export interface Standing {
  readonly terminal: TerminalNumber;
  readonly state: TerminalState;
  readonly key: Buffer | null;
  readonly expiresAt: Time | null;
  /** Of a phone every key that it ever had, in hexadecimal digits and with spaces between; null: it is none. */
  readonly phoneKeys: string | null;
}

export type Standings = ReadonlyMap<TerminalNumber, Standing>;

export async function standingOf(
  sql: Sql,
  terminals: Iterable<TerminalNumber>,
  lock: '' | 'for share of t',
): Promise<Standings> {
  const rows = await sql.rows<Standing>(
    `select t.terminal, t.state::text, t.public_key as key, t.expires_at as "expiresAt",
       case when t.terminal > 1000000000 then (
         select string_agg(encode(k.public_key, 'hex'), ' ') from phone p join terminal_key k on k.terminal = p.terminal
         where p.terminal = t.terminal) end as "phoneKeys"
     from terminal t where t.terminal = any($1::integer[]) order by t.terminal ${lock}`,
    [arrayOf(new Set(terminals))],
  );
  return new Map(rows.map((row) => [row.terminal, row]));
}

interface Asking {
  readonly terminals: Set<TerminalNumber>;
  readonly answer: Promise<Standings>;
}

/**
 * One statement at a time, for all who ask while the one before is under way: a fleet that comes back at once would else keep every
 * connection busy with a question each, and those who make batches durable would wait behind them. An answer is never older
 * than its question.
 */
export class StandingQuestions {
  #underWay: Promise<unknown> = Promise.resolve();
  /** What the next statement asks for; null where nobody has asked since the last one began. */
  #next: Asking | null = null;

  /** @param sql the same each time; nothing is locked */
  async of(sql: Sql, terminal: TerminalNumber): Promise<Standing | undefined> {
    this.#next ??= this.#afterThis(sql);
    this.#next.terminals.add(terminal);
    return (await this.#next.answer).get(terminal);
  }

  #afterThis(sql: Sql): Asking {
    const terminals = new Set<TerminalNumber>();
    const answer = this.#underWay.then(() => {
      this.#next = null;
      return standingOf(sql, terminals, '');
    });
    this.#underWay = answer.catch(() => {});
    return { terminals, answer };
  }
}
