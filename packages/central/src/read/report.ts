/** The report, read from the tables in its order, a page at a time: memory does not grow with the number of accounts. */
import {
  type Account,
  bySynchronization,
  type Configuration,
  type ResolvedTransaction,
  type SynchronizationRow,
  ZERO,
} from '@retap/model';
import type { Database, Sql } from '../database/database.ts';
import type { Report } from '../port.ts';
import { allAlerts } from './alerts.ts';

const ACCOUNTS_A_PAGE = 2_000;
const TRANSACTIONS_A_PAGE = 20_000;

export function reportOf(database: Database, asOf: number, configuration: Configuration): Report {
  let snapshot: ReturnType<Database['snapshot']> | undefined;
  // One moment for all parts, so that they agree while records go on arriving. The embedded database has one user and one
  // connection: there a snapshot would only stand in that user's way.
  const source = async (): Promise<Sql> => {
    if (database.engine === 'embedded') return database;
    snapshot ??= database.snapshot();
    return (await snapshot).sql;
  };
  return {
    asOf,
    async *accounts() {
      yield* accounts(await source());
    },
    async *transactions() {
      yield* transactions(await source());
    },
    async *alerts() {
      yield* allAlerts(await source(), { asOf, configuration });
    },
    async close() {
      // One that was never opened holds nothing, and who asked for it has been told why.
      const held = await snapshot?.catch(() => undefined);
      snapshot = undefined;
      await held?.release();
    },
  };
}

interface AccountLine {
  readonly id: number;
  readonly medium: string;
  readonly opens: number;
  readonly tip_balance: number;
  readonly tip_time: number | null;
  readonly tip_terminal: number | null;
}

async function* accounts(sql: Sql): AsyncGenerator<Account> {
  let after = '';
  for (;;) {
    const lines = await sql.rows<AccountLine>(
      `select m.id, m.medium, a.opens, a.tip_balance, a.tip_time, a.tip_terminal
       from medium m join account a on a.medium_id = m.id where m.medium > $1 order by m.medium limit $2`,
      [after, ACCOUNTS_A_PAGE],
    );
    yield* await completed(sql, lines);
    const last = lines.at(-1);
    if (!last) return;
    after = last.medium;
  }
}

export async function accountsNamed(sql: Sql, media: readonly string[]): Promise<Account[]> {
  const lines = await sql.rows<AccountLine>(
    `select m.id, m.medium, a.opens, a.tip_balance, a.tip_time, a.tip_terminal
     from medium m join account a on a.medium_id = m.id where m.medium = any($1::text[])`,
    [media],
  );
  return completed(sql, lines);
}

async function completed(sql: Sql, lines: readonly AccountLine[]): Promise<Account[]> {
  const ids = [`{${lines.map((line) => line.id).join(',')}}`];
  const synchronization = await sql.rows<SynchronizationRow & { id: number }>(
    'select medium_id as id, time, amount, kind from synchronization where medium_id = any($1::integer[])',
    ids,
  );
  const products = await sql.rows<{ id: number; product: string; uses: number }>(
    `select medium_id as id, product_id as product, uses from product where medium_id = any($1::integer[]) order by product_id`,
    ids,
  );
  const pending = await sql.rows<{ id: number; terminal: number; serial: number; productId: string }>(
    `select medium_id as id, terminal, serial, product_id as "productId" from pending_validation
     where medium_id = any($1::integer[]) order by terminal, serial`,
    ids,
  );
  const [ofSynchronization, ofProducts, ofPending] = [byId(synchronization), byId(products), byId(pending)];
  return lines.map((line) => ({
    medium: line.medium,
    opened: line.opens > 0,
    balance: (line.tip_time === null ? ZERO : line.tip_balance) as Account['balance'],
    lastTime: line.tip_time,
    lastTerminal: line.tip_terminal,
    synchronization: (ofSynchronization.get(line.id) ?? [])
      .map(({ time, amount, kind }) => ({ time, amount, kind }))
      .sort(bySynchronization),
    products: (ofProducts.get(line.id) ?? []).map(({ product, uses }) => ({ id: product, uses })),
    pendingValidations: (ofPending.get(line.id) ?? []).map(({ terminal, serial, productId }) => ({
      terminal,
      serial,
      productId,
    })),
  }));
}

function byId<Row extends { readonly id: number }>(rows: readonly Row[]): Map<number, Row[]> {
  const groups = new Map<number, Row[]>();
  for (const row of rows) {
    const group = groups.get(row.id);
    if (group) group.push(row);
    else groups.set(row.id, [row]);
  }
  return groups;
}

async function* transactions(sql: Sql): AsyncGenerator<ResolvedTransaction> {
  let after = { terminal: 0, serial: 0 };
  for (;;) {
    const rows = await sql.rows<ResolvedTransaction>(
      `select r.terminal, r.serial, m.medium, coalesce(u.resolved, r.status)::text as status
       from record r join medium m on m.id = r.medium_id
       left join uncommitted u on u.terminal = r.terminal and u.serial = r.serial
       where (r.terminal, r.serial) > ($1, $2) and r.type not in ('open', 'observation')
         and r.receipt <= (select p.reconciled from partition p where p.id = partition_of(r.medium_id))
       order by r.terminal, r.serial limit $3`,
      [after.terminal, after.serial, TRANSACTIONS_A_PAGE],
    );
    yield* rows;
    const last = rows.at(-1);
    if (!last) return;
    after = last;
  }
}
