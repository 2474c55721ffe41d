/** The log as a file that an outsider verifies (docs/audit.md, "The export"): a line each, newest last. */
import type { Database } from '../database/database.ts';
import { settlementOf } from '../registry/settlement.ts';
import { checkpointsFrom } from './checkpoint.ts';

const ENTRIES_A_PAGE = 1_000;

interface Row {
  readonly id: number;
  readonly line: string;
  readonly hash: Buffer;
}

/**
 * @param count entries at most @throws RangeError where the log has no entry `from`, and not even the one before
 */
export async function* exportLines(
  database: Database,
  from: number,
  count = Number.MAX_SAFE_INTEGER,
): AsyncGenerator<string> {
  const [log] = await database.rows<{ id: Buffer; size: number }>(
    'select id, coalesce((select max(id) from audit), 0) as size from audit_log',
  );
  if (!log) throw new Error('the audit log has no name');
  if (from < 1 || from > log.size + 1) throw new RangeError(`the audit log has ${log.size} entries, none is ${from}`);
  const centre = hexOf((await settlementOf(database))?.centre ?? new Uint8Array());
  const head = { retap: 'audit log 1', log: hexOf(log.id), centre, from, before: await hashBefore(database, from) };
  yield `${JSON.stringify(head)}\n`;
  const end = Math.min(log.size, from - 1 + count);
  for (let next = from; next <= end; next += ENTRIES_A_PAGE) {
    const last = Math.min(next + ENTRIES_A_PAGE - 1, end);
    const checkpoints = await checkpointsFrom(database, next, last);
    for (const { id, line, hash } of await linesOf(database, next, last)) {
      yield `{"entry":${line},"hash":"${hexOf(hash)}"}\n`;
      while (checkpoints[0] && checkpoints[0].size <= id) {
        yield `{"checkpoint":"${hexOf(checkpoints[0].document)}"}\n`;
        checkpoints.shift();
      }
    }
  }
}

/** As the columns say it now: what somebody changed in them no longer fits its hash. */
async function linesOf(database: Database, first: number, last: number): Promise<Row[]> {
  const rows = await database.rows<{
    readonly id: number;
    readonly at: number;
    readonly who: string;
    readonly what: string;
    readonly object: string;
    readonly outcome: string;
    readonly detail: string;
    readonly hash: Buffer;
  }>(
    `select id, at, who, what, object, outcome::text, detail, hash from audit where id between $1 and $2 order by id`,
    [first, last],
  );
  return rows.map(({ id, at, who, what, object, outcome, detail, hash }) => {
    const columns = JSON.stringify([id, at, who, what, object, outcome]);
    return { id, line: `${columns.slice(0, -1)},${detail}]`, hash };
  });
}

async function hashBefore(database: Database, from: number): Promise<string> {
  if (from === 1) return '';
  const [row] = await database.rows<{ hash: Buffer }>('select hash from audit where id = $1', [from - 1]);
  return hexOf(row?.hash ?? new Uint8Array());
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex').toUpperCase();
}
