/** Questions of how terminals stand while others are under way, and bodies that are kept parsed. */
import { amountOf, type JournalRecord } from '@retap/model';
import type { ParsedBody } from '@retap/protocol';
import { expect, test } from 'vitest';
import type { Sql } from '../src/database/database.ts';
import type { ReceivedBatch } from '../src/index.ts';
import { ParsedBodies } from '../src/registry/parsed.ts';
import { StandingQuestions } from '../src/registry/standing.ts';

/** Answers each statement when told to, by the states that hold at that moment. */
class SlowSql implements Sql {
  readonly asked: string[] = [];
  readonly #answers: (() => void)[] = [];
  state = 'active';
  fault: Error | null = null;

  async rows<Row>(_text: string, [terminals]: readonly unknown[] = []): Promise<Row[]> {
    this.asked.push(String(terminals));
    const { state, fault } = this;
    await new Promise<void>((resolve) => this.#answers.push(resolve));
    if (fault) throw fault;
    const numbers = String(terminals).slice(1, -1).split(',');
    return numbers.map((terminal) => ({ terminal: Number(terminal), state, key: null, expiresAt: null })) as Row[];
  }
  async script(): Promise<void> {}
  async answer(): Promise<void> {
    while (this.#answers.length === 0) await new Promise((resolve) => setImmediate(resolve));
    this.#answers.shift()?.();
  }
}

test('who asks while a statement is under way is answered by the next one, which is for all of them', async () => {
  const sql = new SlowSql();
  const questions = new StandingQuestions();
  const first = questions.of(sql, 1);
  while (sql.asked.length === 0) await new Promise((resolve) => setImmediate(resolve));
  const rest = [2, 3, 1].map((terminal) => questions.of(sql, terminal));
  // Suspended meanwhile: whoever asked after it must hear of it, though one under way has read before.
  sql.state = 'suspended';
  await sql.answer();
  await sql.answer();
  expect((await first)?.state).toBe('active');
  expect((await Promise.all(rest)).map((each) => [each?.terminal, each?.state])).toEqual([
    [2, 'suspended'],
    [3, 'suspended'],
    [1, 'suspended'],
  ]);
  expect(sql.asked).toEqual(['{1}', '{2,3,1}']);
});

test('a database that fails fails those who asked it, and the next are asked anew', async () => {
  const sql = new SlowSql();
  const questions = new StandingQuestions();
  sql.fault = new Error('gone');
  const failed = Promise.allSettled([questions.of(sql, 1), questions.of(sql, 2)]);
  await sql.answer();
  expect((await failed).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  sql.fault = null;
  const next = questions.of(sql, 3);
  await sql.answer();
  expect((await next)?.terminal).toBe(3);
});

const LOG_ENTRY = { time: 1, terminal: 1, amount: amountOf(1), balance: amountOf(1) };
const RECORD: JournalRecord = {
  ...{ terminal: 1, serial: 1, type: 'observation' as const, medium: 'M', time: 2, balance: amountOf(1) },
  ...{ lastTime: 1, lastTerminal: 1, log: [LOG_ENTRY, LOG_ENTRY] },
};
const batch = (): ReceivedBatch => ({ form: 'signed', body: new Uint8Array(1) });
const parsed = (records: number): ParsedBody => ({
  records: Array.from({ length: records }, (_, index) => ({ position: index + 1, record: RECORD })),
  rejected: [],
});

test('bodies are kept parsed until there is no room; then the longest here goes', () => {
  // One for a body, and three for each record with its log.
  const bodies = new ParsedBodies(14);
  const [one, two, three, large] = [batch(), batch(), batch(), batch()];
  bodies.keep(one, parsed(2));
  bodies.keep(two, parsed(2));
  expect(bodies.values).toBe(14);
  bodies.keep(large, parsed(5));
  expect(bodies.values).toBe(14);
  bodies.keep(three, parsed(1));
  expect([bodies.take(one), bodies.take(large)]).toEqual([undefined, undefined]);
  expect([bodies.take(two)?.records.length, bodies.take(three)?.records.length]).toEqual([2, 1]);
  expect([bodies.take(two), bodies.values]).toEqual([undefined, 0]);
});
