/** Which terminal holds which version, and who is behind, by how much and since when. */
import type { TerminalNumber, Time } from '@retap/model';
import { LIST_KINDS, type ListKind } from '@retap/protocol';
import type { Sql } from '../database/database.ts';
import type { ListStatus, PublishedList, TerminalLists } from './port.ts';

export async function listStatus(sql: Sql): Promise<ListStatus> {
  const newest = await sql.rows<Omit<PublishedList, 'document'>>(
    `select distinct on (kind) kind::text, version, issued_at as "issuedAt", expires_at as "expiresAt"
     from list_version order by kind, version desc`,
  );
  const newestOf = (kind: ListKind) => {
    const { version, issuedAt, expiresAt } = newest.find((each) => each.kind === kind) ?? {};
    return version === undefined ? null : { version, issuedAt, expiresAt };
  };
  return { newest: byKind(newestOf) as ListStatus['newest'], terminals: await terminalLists(sql) };
}

export async function heardAt(sql: Sql): Promise<Time | null> {
  const [row] = await sql.rows<{ at: Time | null }>(
    'select greatest((select max(seen_at) from terminal_seen), (select max(at) from list_held)) as at',
  );
  return row?.at ?? null;
}

interface HeldRow {
  readonly terminal: TerminalNumber;
  readonly kind: ListKind;
  readonly version: number;
  readonly at: Time | null;
  /** How many are newer. */
  readonly versions: number;
  readonly since: Time | null;
}

async function terminalLists(sql: Sql): Promise<TerminalLists[]> {
  const rows = await sql.rows<HeldRow>(
    // A fleet holds few different versions: what is newer is counted once for each of them, not for each terminal.
    `with who as (select terminal from terminal where state = 'active' and role not in ('person', 'merchant') union select terminal from list_held),
     held as (
       select w.terminal, k.kind, coalesce(h.version, 0) as version, h.at
       from who w cross join unnest($1::list_kind[]) k (kind)
       left join list_held h on h.terminal = w.terminal and h.kind = k.kind),
     newer as (
       select d.kind, d.version, count(v.version)::integer as versions, min(v.issued_at) as since
       from (select distinct kind, version from held) d
       left join list_version v on v.kind = d.kind and v.version > d.version
       group by d.kind, d.version)
     select h.terminal, h.kind::text, h.version, h.at, n.versions, greatest(n.since, t.enrolled) as since
     from held h join newer n on n.kind = h.kind and n.version = h.version
     left join (select terminal, min(since) as enrolled from terminal_key group by terminal) t on t.terminal = h.terminal
     order by h.terminal`,
    [LIST_KINDS],
  );
  const terminals = new Map<TerminalNumber, HeldRow[]>();
  for (const row of rows) terminals.set(row.terminal, [...(terminals.get(row.terminal) ?? []), row]);
  return [...terminals].map(([terminal, own]) => {
    const rowOf = (kind: ListKind) => own.find((row) => row.kind === kind);
    const behind = own.flatMap(({ kind, versions, since }) => (versions > 0 ? [[kind, { versions, since }]] : []));
    return {
      terminal,
      versions: byKind((kind) => rowOf(kind)?.version ?? 0),
      at: own.find(({ at }) => at !== null)?.at ?? null,
      behind: Object.fromEntries(behind),
    };
  });
}

function byKind<Value>(of: (kind: ListKind) => Value): Record<ListKind, Value> {
  return Object.fromEntries(LIST_KINDS.map((kind) => [kind, of(kind)])) as Record<ListKind, Value>;
}
