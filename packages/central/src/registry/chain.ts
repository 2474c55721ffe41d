/**
 * The hash chain of a terminal's journal, as its signed batches tell it. A batch says which link stands before its first
 * record, and its records say which stands after the last. Two that say different things of one place cannot be of one
 * journal: somebody changed, dropped or added a record, or the device lives on with an old copy of its journal. It is a function
 * of the set of batches: order and repeats change nothing.
 */
import { hash } from 'node:crypto';
import type { TerminalNumber } from '@retap/model';
import { type ParsedBody, type ParsedSignedBatch, RECORD_BYTES_MAX, writeRecord } from '@retap/protocol';
import { touchTerminals } from '../alert-work/touch.ts';
import type { Sql } from '../database/database.ts';
import { columnsOf } from '../database/literal.ts';
import type { IntegrityAlert } from '../port.ts';

/** What stands before the record of a serial, as 64 upper-case hexadecimal digits. */
export interface ChainClaim {
  readonly terminal: TerminalNumber;
  readonly serial: number;
  readonly link: string;
}

export type BrokenChain = Extract<IntegrityAlert, { readonly kind: 'journal-chain-broken' }>;

/** None of an unsigned body, which has no chain. */
export function chainClaimsOf(body: ParsedBody): ChainClaim[] {
  return 'before' in body ? claimsOf(body as ParsedSignedBatch) : [];
}

function claimsOf(batch: ParsedSignedBatch): ChainClaim[] {
  const { terminal, from, to, before } = batch;
  const claims = [{ terminal, serial: from, link: before }];
  // h(0) = SHA-256("retap journal" ‖ terminal)
  if (from === 1) claims.push({ terminal, serial: 1, link: sha256(`retap journal${terminal}`) });
  const link = linkAfter(batch);
  if (link !== null) claims.push({ terminal, serial: to + 1, link });
  return claims;
}

/** h(n) = SHA-256(h(n−1) ‖ record n as its canonical line); null after a record that has no line. */
function linkAfter({ before, records, rejected, lines }: ParsedSignedBatch): string | null {
  let link: string | null = before;
  if (rejected.length > 0) {
    for (const line of lines()) link = link === null || line === null ? null : sha256(link + line);
    return link;
  }
  for (const { record } of records) {
    ROOM.write(link, 0, 'latin1');
    link = sha256(ROOM.subarray(0, writeRecord(record, ROOM, LINK_DIGITS)));
  }
  return link;
}

const LINK_DIGITS = 64;
/** For one link and the line of one record. Written and read from within one call, so that all share it. */
const ROOM = Buffer.alloc(LINK_DIGITS + RECORD_BYTES_MAX);

function sha256(text: string | Buffer): string {
  return hash('sha256', text, 'hex').toUpperCase();
}

/** The places of which several links are claimed, by (terminal, serial). */
export function chainBreaks(claims: Iterable<ChainClaim>): BrokenChain[] {
  const links = new Map<string, string>();
  const broken = new Map<string, BrokenChain>();
  for (const { terminal, serial, link } of claims) {
    const place = `${terminal}-${serial}`;
    const first = links.get(place);
    if (first === undefined) links.set(place, link);
    else if (first !== link) broken.set(place, { kind: 'journal-chain-broken', terminal, serial });
  }
  return [...broken.values()].sort((a, b) => a.terminal - b.terminal || a.serial - b.serial);
}

/** @param sql a transaction that holds the lock of `progress`: two that kept claims side by side would not see each other's */
export async function keepClaims(sql: Sql, claims: readonly ChainClaim[]): Promise<void> {
  if (claims.length === 0) return;
  const columns = columnsOf(
    claims,
    (c) => c.terminal,
    (c) => c.serial,
    (c) => c.link,
  );
  await sql.rows(
    `insert into chain_link select t, s, decode(l, 'hex') from unnest($1::integer[], $2::bigint[], $3::text[]) u (t, s, l)
     on conflict do nothing`,
    columns,
  );
  const broken = await sql.rows<{ terminal: TerminalNumber }>(
    `insert into chain_break
     select c.terminal, c.serial from chain_link c
     where (c.terminal, c.serial) in (select * from unnest($1::integer[], $2::bigint[]))
     group by c.terminal, c.serial having count(*) > 1
     on conflict do nothing returning terminal`,
    columns.slice(0, 2),
  );
  await touchTerminals(
    sql,
    broken.map(({ terminal }) => terminal),
  );
}

export async function brokenChains(sql: Sql, limit: number): Promise<BrokenChain[]> {
  const rows = await sql.rows<{ terminal: number; serial: number }>(
    'select terminal, serial from chain_break order by terminal, serial limit $1',
    [limit],
  );
  return rows.map((row) => ({ kind: 'journal-chain-broken', ...row }));
}
