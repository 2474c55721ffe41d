/** What check derives of signed batches: that each is still what its terminal signed, and where hash chains break. */
import { inflateRawSync } from 'node:zlib';
import { openSignedBatch, readBody } from '@retap/protocol';
import type { Sql } from './database/database.ts';
import type { Discrepancy } from './port.ts';
import { brokenChains, type ChainClaim, chainBreaks, chainClaimsOf } from './registry/chain.ts';
import type { VerifySignature } from './registry/port.ts';

const BATCHES_A_PAGE = 50;

interface StoredSigned {
  readonly receipt: number;
  readonly body: Buffer;
}

/** @param sql one snapshot of the database @param verifySignature without it signatures are not looked at */
export async function* checkSigned(
  sql: Sql,
  verifySignature: VerifySignature | undefined,
): AsyncGenerator<Discrepancy> {
  const keys = await keysOf(sql);
  const claims: ChainClaim[] = [];
  const [progress] = await sql.rows<{ recorded: number }>('select recorded from progress');
  for (let after = 0; ; ) {
    const page = await sql.rows<StoredSigned>(
      `select receipt, body from batch where form = 'signed' and receipt > $1 order by receipt limit $2`,
      [after, BATCHES_A_PAGE],
    );
    for (const { receipt, body } of page) {
      const bytes = inflateRawSync(body);
      if (verifySignature) yield* differenceOfSignature(receipt, bytes, keys, verifySignature);
      if (receipt <= (progress?.recorded ?? 0)) claims.push(...chainClaimsOf(readBody('signed', bytes)));
    }
    const last = page.at(-1);
    if (!last) break;
    after = last.receipt;
  }
  yield* differenceOfBreaks(sql, claims);
}

/** Every key that each terminal ever had. */
async function keysOf(sql: Sql): Promise<Map<number, Buffer[]>> {
  const rows = await sql.rows<{ terminal: number; key: Buffer }>(
    'select terminal, public_key as key from terminal_key order by terminal, since',
  );
  const keys = new Map<number, Buffer[]>();
  for (const { terminal, key } of rows) keys.set(terminal, [...(keys.get(terminal) ?? []), key]);
  return keys;
}

function* differenceOfSignature(
  receipt: number,
  bytes: Uint8Array,
  keys: ReadonlyMap<number, readonly Buffer[]>,
  verifySignature: VerifySignature,
): Generator<Discrepancy> {
  const { terminal, toBeSigned, signature } = openSignedBatch(bytes);
  const isSigned = (keys.get(terminal) ?? []).some((key) => verifySignature(key, toBeSigned, signature));
  if (isSigned) return;
  yield { subject: `batch ${receipt}`, stored: `signed by terminal ${terminal}`, derived: 'signature-invalid' };
}

async function* differenceOfBreaks(sql: Sql, claims: readonly ChainClaim[]): AsyncGenerator<Discrepancy> {
  const derived = new Set(chainBreaks(claims).map((alert) => JSON.stringify(alert)));
  for (const { kind, terminal, serial } of await brokenChains(sql, 2 ** 31 - 1)) {
    const alert = { kind, terminal, serial };
    if (!derived.delete(JSON.stringify(alert))) yield { subject: `alert ${kind}`, stored: alert, derived: null };
  }
  for (const text of derived) {
    const alert: unknown = JSON.parse(text);
    yield { subject: 'alert journal-chain-broken', stored: null, derived: alert };
  }
}
