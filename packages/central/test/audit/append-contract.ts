/** What holds of the log on either engine; the hashes are computed here a second time, from what the columns say. */
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { appendAudit } from '../../src/audit/append.ts';
import type { AuditEntry } from '../../src/audit/port.ts';
import type { Database, Sql } from '../../src/database/database.ts';

interface Row {
  readonly id: number;
  readonly at: number;
  readonly who: string;
  readonly what: string;
  readonly object: string;
  readonly outcome: string;
  readonly detail: string;
  readonly hash: Buffer;
}

export const ENTRY: AuditEntry = {
  ...{ at: 1_780_000_000_000, who: '@ana', what: 'terminal.suspended', object: 'terminal 17', outcome: 'done' },
  detail: { why: 'stolen' },
};

const rowsOf = (sql: Sql): Promise<Row[]> => sql.rows<Row>('select * from audit order by id');

/** Ids without holes, and h(n) = SHA-256(h(n−1) ‖ line n) throughout. */
export async function expectChained(sql: Sql): Promise<Row[]> {
  const [log] = await sql.rows<{ id: Buffer }>('select id from audit_log');
  let hash = createHash('sha256').update('retap audit log 1').update(log!.id).digest();
  const rows = await rowsOf(sql);
  for (const [index, { id, at, who, what, object, outcome, detail, hash: stored }] of rows.entries()) {
    expect(id).toBe(index + 1);
    const head = JSON.stringify([id, at, who, what, object, outcome]);
    hash = createHash('sha256')
      .update(hash)
      .update(`${head.slice(0, -1)},${detail}]`)
      .digest();
    expect(stored.toString('hex')).toBe(hash.toString('hex'));
  }
  return rows;
}

export function appendContract(opened: () => Database): void {
  test('an entry is chained to the one before when its SQL transaction commits, and is not there when it does not', async () => {
    const database = opened();
    const before = (await rowsOf(database)).length;
    await database.transaction(async (sql) => {
      await appendAudit(sql, ENTRY);
      await appendAudit(sql, { ...ENTRY, what: 'terminal.resumed', detail: { why: 'found', again: true } });
      expect(await rowsOf(sql)).toHaveLength(before);
    });
    const failed = database.transaction(async (sql) => {
      await appendAudit(sql, ENTRY);
      throw new Error('changed my mind');
    });
    await expect(failed).rejects.toThrow('changed my mind');
    await appendAudit(database, { ...ENTRY, outcome: 'refused', detail: {} });
    const rows = await expectChained(database);
    expect(rows.slice(before).map(({ what, outcome, detail }) => [what, outcome, detail])).toEqual([
      ['terminal.suspended', 'done', '{"why":"stolen"}'],
      ['terminal.resumed', 'done', '{"again":true,"why":"found"}'],
      ['terminal.suspended', 'refused', '{}'],
    ]);
    expect(await database.rows('select from audit_waiting')).toEqual([]);
  });

  test('whatever a stranger may have typed is kept so that it can be read again', async () => {
    const database = opened();
    const nasty = '"\\\n\u0000\u001b\u007f\u2028\ud800é中😀';
    await appendAudit(database, { ...ENTRY, who: nasty, object: 'x'.repeat(1_000), detail: { [nasty]: [nasty, -0] } });
    const { who, object, detail } = (await expectChained(database)).at(-1)!;
    const kept = '"\\\n\ufffd\u001b\u007f\u2028\ufffdé中😀';
    expect(who).toBe(kept);
    expect(object).toBe(`${'x'.repeat(199)}…`);
    expect(JSON.parse(detail)).toEqual({ [kept]: [kept, 0] });
  });

  test.each([
    "update audit set who = '@nobody' where id = 1",
    'delete from audit where id = 1',
    'truncate audit',
    "update audit_log set id = ''",
    'delete from audit_log',
    'truncate audit_log',
    'delete from audit_checkpoint',
    'truncate proposal',
  ])('the log stands: %s', async (statement) => {
    const before = (await expectChained(opened())).length;
    await expect(opened().rows(statement)).rejects.toThrow('never changed');
    expect(await expectChained(opened())).toHaveLength(before);
  });
}
