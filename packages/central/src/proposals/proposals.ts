/** Proposals in the database. */
import type { Time } from '@retap/model';
import type { Database } from '../database/database.ts';
import { decide, expireDue } from './decide.ts';
import type { AnyKind } from './kind.ts';
import { PROPOSAL_KINDS, type Proposals } from './port.ts';
import { proposalOf, proposalRows } from './row.ts';

/** @throws Error where a kind is missing, or two have one name: our own mistake */
export function proposalsOf(database: Database, kinds: readonly AnyKind[], now: () => Time): Proposals {
  const known = new Map<string, AnyKind>(kinds.map((kind) => [kind.kind, kind]));
  if (known.size < PROPOSAL_KINDS.length || known.size < kinds.length) {
    throw new Error('a kind of proposal is missing, or two have one name');
  }
  const kindOf = (kind: string): AnyKind => {
    const found = known.get(kind);
    if (!found) throw new Error(`no kind of proposal is called ${kind}; it was proposed by another Retap`);
    return found;
  };
  return {
    async list(query) {
      return (await proposalRows(database, query, now())).map((row) => proposalOf(row, kindOf(row.kind)));
    },
    async find(id) {
      const [row] = await proposalRows(database, { id }, now());
      return row ? proposalOf(row, kindOf(row.kind)) : null;
    },
    approve: (id, decider) => decide(database, id, 'approved', decider, kindOf, now()),
    reject: (id, decider) => decide(database, id, 'rejected', decider, kindOf, now()),
    withdraw: (id, reason) => decide(database, id, 'withdrawn', { ...reason, may: () => true }, kindOf, now()),
    expire: () => expireDue(database, now()),
  };
}
