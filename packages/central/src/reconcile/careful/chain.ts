/** Definitions 1–5 in a neighbourhood: predecessors, who is confirmed, effective, refuted. */
import { isLogged, isRefutedByLog, isRefutedBySibling, isSame, predecessorOf, resolvedStatus } from '@retap/model';
import type { Place } from '../account.ts';
import {
  type Evidence,
  type Fact,
  isDoubt,
  isEvidenceFact,
  isTransactionFact,
  type Moment,
  momentOf,
  readMomentOf,
} from '../fact.ts';
import type { LogRow } from '../store.ts';
import type { Case } from './case.ts';

export interface Settled {
  /** Evidence whose predecessor is new or may have changed. */
  readonly linked: ReadonlySet<Evidence>;
  /** Nodes that were none before. */
  readonly entering: ReadonlySet<Fact>;
  /** Nodes that are none any more: a root superseded by an earlier one, a confirmation that another record took over. */
  readonly leaving: ReadonlySet<Fact>;
}

export async function settleChain(careful: Case, formerRoots: ReadonlyMap<number, Place | null>): Promise<Settled> {
  const { hood, fresh, accounts } = careful;
  await hood.store.writeUncommitted(fresh.filter((fact) => fact.status !== 'successful'));

  const superseded = supersededRoots(careful, formerRoots);
  // A record changes the predecessor of whoever read its time, and perhaps confirms whoever has the time it read.
  const changed: Moment[] = [
    ...fresh.filter((fact) => fact.type !== 'observation').map(momentOf),
    ...superseded.map(({ mediumId, root }) => ({ mediumId, time: root.time })),
  ];
  const read = fresh.filter(isEvidenceFact).map(readMomentOf);
  await hood.loadAt([...changed, ...read]);
  await hood.loadReading([...changed, ...read]);
  const linked = new Set([...fresh.filter(isEvidenceFact), ...changed.flatMap((moment) => hood.reading(moment))]);

  const doubts = new Set([...changed, ...read].flatMap((moment) => hood.committableAt(moment)).filter(isDoubt));
  const told = await applyLogs(careful);
  const entering = new Set<Fact>(fresh.filter((fact) => isTransactionFact(fact) && fact.effective));
  const leaving = new Set<Fact>();
  const effectiveNow = [
    ...[...doubts].map((doubt) => [doubt, doubt.logged || isConfirmed(careful, doubt)] as const),
    ...[...told].filter((doubt) => doubt.logged).map((doubt) => [doubt, true] as const),
  ];
  for (const [doubt, effective] of effectiveNow) {
    if (effective && !doubt.effective) entering.add(doubt);
    if (!effective && doubt.effective) leaving.add(doubt);
    doubt.effective = effective;
  }
  for (const { mediumId, root } of superseded) {
    const former = hood.openAt({ mediumId, time: root.time }, root);
    leaving.add(former);
  }
  for (const account of accounts.values()) {
    const former = formerRoots.get(account.mediumId) ?? null;
    if (account.root && !(former && isSame(former, account.root))) {
      entering.add(hood.openAt({ mediumId: account.mediumId, time: account.root.time }, account.root));
    }
  }
  const resolved = await resolveDoubts(careful, [...doubts, ...told], [...entering, ...leaving]);
  await hood.store.writeUncommitted([...resolved]);
  return { linked, entering, leaving };
}

function supersededRoots({ accounts }: Case, formerRoots: ReadonlyMap<number, Place | null>) {
  return [...accounts.values()].flatMap(({ mediumId, root }) => {
    const former = formerRoots.get(mediumId) ?? null;
    return former && root && !isSame(former, root) ? [{ mediumId, root: former }] : [];
  });
}

/** Definition 2, the chain's half: it is the predecessor of some evidence. */
function isConfirmed({ hood }: Case, doubt: Evidence): boolean {
  const candidates = hood.committableAt(momentOf(doubt));
  return hood.reading(momentOf(doubt)).some((evidence) => predecessorOf(evidence, candidates) === doubt);
}

/**
 * Definition 2, the log's half, and the log's part of definition 4. Both stay true once they are: they are kept with the doubt.
 * @returns the doubts of which a log says something new
 */
async function applyLogs(careful: Case): Promise<Set<Evidence>> {
  const { hood, fresh, accounts } = careful;
  const doubtful = (fact: Fact) => (accounts.get(fact.mediumId)?.doubtLastTime ?? -1) >= 0;
  const freshLogs = await hood.logsOf(fresh.filter((fact) => fact.hasLog && doubtful(fact)));
  const freshDoubts = fresh.filter(isDoubt);
  const logs = [...freshLogs, ...(await hood.logsAround(freshDoubts.map(momentOf)))];
  const told = new Set<Evidence>();
  const ofMedium = new Map<number, LogRow[]>();
  for (const row of logs) ofMedium.set(row.mediumId, [...(ofMedium.get(row.mediumId) ?? []), row]);
  for (const doubt of new Set([...freshDoubts, ...(await hood.doubtsWithin(freshLogs))])) {
    for (const row of ofMedium.get(doubt.mediumId) ?? []) {
      const logged = doubt.logged || isLogged(doubt, row.log);
      const logRefuted = doubt.logRefuted || isRefutedByLog(doubt, row);
      if (logged !== doubt.logged || logRefuted !== doubt.logRefuted) told.add(doubt);
      doubt.logged = logged;
      doubt.logRefuted = logRefuted;
    }
  }
  return told;
}

/** Definitions 4 and 5, for every doubt that changed and every one whose sibling did. */
async function resolveDoubts(
  { hood, fresh, clockTolerance }: Case,
  doubts: readonly Evidence[],
  moved: readonly Fact[],
): Promise<Set<Evidence>> {
  const read = [...fresh, ...moved].filter(isEvidenceFact).map(readMomentOf);
  await hood.loadReading(read);
  const concerned = new Set([...doubts, ...read.flatMap((moment) => hood.reading(moment)).filter(isDoubt)]);
  await hood.loadReading([...concerned].map(readMomentOf));
  for (const doubt of concerned) {
    const siblings = hood.reading(readMomentOf(doubt)).filter((evidence) => evidence !== doubt);
    const refuted =
      doubt.logRefuted || siblings.some((evidence) => isRefutedBySibling(doubt, evidence, clockTolerance));
    if (doubt.status === null) throw new Error(`an observation is no doubt: ${doubt.terminal}-${doubt.serial}`);
    doubt.resolved = resolvedStatus(doubt.status, doubt.effective, refuted);
  }
  return concerned;
}
