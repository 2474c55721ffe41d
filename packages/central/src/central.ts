/** The centre: receive → verify → record → reconcile → alert, over one database. */
import { ALERT_KINDS, type Alert, type Configuration, DEFAULT_CONFIGURATION } from '@retap/model';
import { openStateQuestion } from '@retap/protocol';
import { alertGroupsOf } from './alert-groups/alert-groups.ts';
import { alertWorkOf } from './alert-work/alert-work.ts';
import { auditLogOf } from './audit/log.ts';
import { Strangers } from './audit/strangers.ts';
import { batchesPort } from './batches/batches.ts';
import { checkState } from './check.ts';
import { checkSigned } from './check-signed.ts';
import { openDatabase } from './database/database.ts';
import { fixClockTolerance, migrate } from './database/schema.ts';
import { eventsOf } from './events/events.ts';
import { LIST_PROPOSALS } from './lists/kinds.ts';
import { listsOf } from './lists/lists.ts';
import { operationsOf, Rounds } from './operations/operations.ts';
import { peopleOf } from './people/people.ts';
import { RECOVER } from './people/recovery.ts';
import { phonesOf } from './phones/phones.ts';
import type { Central, CentralOptions, OpenCentral, Progress, Report } from './port.ts';
import { adoptKeys, judgeBehind } from './proof/judging.ts';
import { changesOf } from './proposals/change.ts';
import { proposalsOf } from './proposals/proposals.ts';
import { alertsOf } from './read/alerts.ts';
import { chainOf } from './read/chain.ts';
import { mediaStartingWith, terminalsOf } from './read/lists.ts';
import { proofAlertsOf, proofTotalsOf } from './read/proof-alerts.ts';
import { accountsNamed, reportOf } from './read/report.ts';
import { totalsOf, waitingOf } from './read/totals.ts';
import { catchUp, forgetAll } from './rebuild.ts';
import { receive } from './receive/receive.ts';
import { receivedWithin } from './receive/received.ts';
import { reconcileRound } from './reconcile/round.ts';
import { endStandstill } from './reconcile/standstill.ts';
import { recordsPort } from './records/records.ts';
import { Gate } from './registry/gate.ts';
import { integrityAlertsOf, integrityTotalsOf } from './registry/integrity.ts';
import { REPLACE_KEY } from './registry/invitation.ts';
import { registryOf } from './registry/registry.ts';
import { settlementOf } from './registry/settlement.ts';
import { Remembered } from './remembered.ts';
import { reportsPort } from './reports/reports.ts';
import { siteOf } from './site/settings.ts';
import { terminalStandingsOf } from './terminal-standing/terminal-standing.ts';
import { todayOf } from './today/today.ts';
import { transfersOf } from './transfers/transfers.ts';
import { webhooksOf } from './webhooks/webhooks.ts';

export const openCentral: OpenCentral = async (options: CentralOptions): Promise<Central> => {
  const { processors = 1, proofs: judge, verifySignature = () => false, deadlines, connections } = options;
  if (!Number.isSafeInteger(processors) || processors < 1)
    throw new RangeError(`${processors} is no number of processors`);
  const remembered = new Remembered();
  const database = await openDatabase(options.database, {
    onBroken: () => remembered.forget(),
    ...(deadlines && { deadlines }),
    ...(connections !== undefined && { connections }),
  });
  let clockTolerance: number;
  try {
    await migrate(database);
    if (judge) await adoptKeys(database, judge);
    clockTolerance = await fixClockTolerance(database, options.clockTolerance, DEFAULT_CONFIGURATION.clockTolerance);
  } catch (error) {
    await database.close();
    throw error;
  }
  const rounds = new Rounds();
  const round = { clockTolerance, processors, ...(deadlines && { statementMs: deadlines.roundMs }) };
  const change = changesOf(database, options.now);
  const gate = new Gate(verifySignature);
  const reports = new Set<Report>();
  const live: Configuration = { ...DEFAULT_CONFIGURATION, clockTolerance };

  const reconcile = async () => {
    while ((await catchUp(database, judge)) > 0);
    for (;;) {
      const done = await reconcileRound(database, round, remembered);
      if (done !== null) rounds.note(done);
      // Nothing for the media claimed is not yet nothing: 0 would let the caller pause while others' records wait.
      if (done !== null && done.records === 0) continue;
      if (done === null) await endStandstill(database);
      // With new keys all is judged anew: a little at a time, so that accounts need not wait for it.
      if (judge) while ((await judgeBehind(database, judge)) > 0 && done === null);
      return done?.records ?? 0;
    }
  };
  const drain = async (onProgress?: (progress: Progress) => void) => {
    while ((await catchUp(database, judge)) > 0);
    const { records: total, waiting: left } = await waitingOf(database);
    for (let remaining = left; ; ) {
      onProgress?.({ done: Math.min(total, total - remaining), total });
      const done =
        (await reconcileRound(database, round, remembered)) ??
        (await reconcileRound(database, { ...round, patient: true }, remembered));
      if (done === null) break;
      remaining = Math.max(0, remaining - done.records);
    }
    if (judge) while ((await judgeBehind(database, judge)) > 0);
  };
  const strangers = new Strangers();
  return {
    clockTolerance,
    audit: auditLogOf(database, options.now),
    alertGroups: alertGroupsOf(database, options.now),
    alertWork: alertWorkOf(database, live, options.now),
    events: eventsOf(database),
    webhooks: webhooksOf(database, options.now),
    today: todayOf(database),
    operations: operationsOf(database, rounds, options.now),
    proposals: proposalsOf(database, [...LIST_PROPOSALS, REPLACE_KEY, RECOVER], options.now),
    records: recordsPort(database, clockTolerance),
    batches: batchesPort(database),
    reports: reportsPort(database),
    registry: registryOf(database, change, verifySignature, strangers, options.now),
    terminalStandings: terminalStandingsOf(database, live, options.now),
    lists: listsOf(database, change, verifySignature, options.now),
    transfers: transfersOf(database, options.now),
    site: siteOf(database, options.now),
    people: peopleOf(database, change, strangers, options.now),
    phones: phonesOf(database, verifySignature, strangers, options.now),
    verify: (batch) => gate.verify(database, batch, options.now()),
    receive: (batches) => receive(database, batches, { now: options.now(), gate, judge, remembered }),
    async received(bytes) {
      const { question, toBeSigned, signature } = openStateQuestion(bytes);
      const { terminal } = question;
      await gate.admitQuestion(database, { terminal, toBeSigned, signature }, options.now());
      return receivedWithin(database, terminal, question);
    },
    reconcile,
    drain,
    async totals(asOf) {
      const totals = await totalsOf(database, asOf, live);
      const proofs = judge ? { proofs: await proofTotalsOf(database) } : {};
      const isEnrolled = (await settlementOf(database))?.admission === 'enrolled';
      return {
        ...totals,
        ...proofs,
        ...(isEnrolled ? { integrity: await integrityTotalsOf(database, { asOf, configuration: live }) } : {}),
      };
    },
    account: async (medium) => (await accountsNamed(database, [medium]))[0] ?? null,
    chain: (medium, page) => chainOf(database, medium, page),
    async alerts(asOf, { medium, kind, limit }) {
      const alerts: Alert[] = [];
      for (const each of kind ? [kind] : ALERT_KINDS) {
        const query = { asOf, configuration: live, medium, limit: limit - alerts.length };
        if (query.limit > 0) alerts.push(...(await alertsOf(database, each, query)));
      }
      return alerts;
    },
    proofAlerts: (query) => proofAlertsOf(database, query),
    integrityAlerts: ({ asOf = options.now(), limit }) =>
      integrityAlertsOf(database, { asOf, configuration: live, limit }),
    media: ({ prefix, limit }) => mediaStartingWith(database, prefix, limit),
    terminals: () => terminalsOf(database),
    report(asOf, configuration) {
      const report = reportOf(database, asOf, { ...configuration, clockTolerance });
      reports.add(report);
      const close = async () => {
        reports.delete(report);
        await report.close();
      };
      return { ...report, close };
    },
    async *check(asOf, configuration, onProgress) {
      await drain();
      const snapshot = await database.snapshot();
      try {
        yield* checkState(snapshot.sql, asOf, { ...configuration, clockTolerance }, judge, onProgress);
        yield* checkSigned(snapshot.sql, options.verifySignature);
      } finally {
        await snapshot.release();
      }
    },
    async rebuild(onProgress) {
      await forgetAll(database);
      await drain(onProgress);
    },
    async close() {
      for (const report of reports) await report.close();
      await database.close();
    },
  };
};
