/** The lists in the database. */
import type { MediumName, Time } from '@retap/model';
import { notingRefusal } from '../audit/refused.ts';
import type { Database } from '../database/database.ts';
import type { Change } from '../proposals/change.ts';
import type { Reason, VerifySignature } from '../registry/port.ts';
import { siteSettingsOf } from '../site/settings.ts';
import { actionStates } from './actions.ts';
import { deltaFrom } from './deltas.ts';
import { listDifference } from './difference.ts';
import { dryRun } from './dry-run.ts';
import { acknowledge } from './held.ts';
import { DENY, LIMIT, ORDER, TARIFF, UNDENY } from './kinds.ts';
import { ordersOf } from './of-medium.ts';
import type { Lists } from './port.ts';
import { newestList, newestVersion, publish } from './publish.ts';
import { heardAt, listStatus } from './status.ts';
import { listVersions } from './versions.ts';
import { listHistory, workingEntries } from './working.ts';

export function listsOf(database: Database, change: Change, verifySignature: VerifySignature, now: () => Time): Lists {
  const tried = <Answer>(what: string, medium: MediumName, { who, why }: Reason, answer: Promise<Answer>) =>
    notingRefusal(database, answer, { at: now(), who, what, object: `medium ${medium}`, detail: { why } });
  let isTrying = false;
  return {
    deny: (medium, reason) => tried('deny.added', medium, reason, change(DENY, medium, reason)),
    undeny: (medium, reason) => tried('deny.removed', medium, reason, change(UNDENY, medium, reason)),
    order: (action, reason) => tried('actions.added', action.medium, reason, change(ORDER, action, reason)),
    limit: (limits, reason) => change(LIMIT, limits, reason),
    setTariffs: (tariffs, reason) => change(TARIFF, tariffs, reason),
    async working() {
      return {
        deny: await workingEntries(database, 'deny'),
        actions: await workingEntries(database, 'actions'),
        limits: await workingEntries(database, 'limits'),
        tariff: await workingEntries(database, 'tariff'),
      };
    },
    actions: () => actionStates(database),
    ordersOf: (medium) => ordersOf(database, medium, now()),
    history: (kind, limit) => listHistory(database, kind, limit),
    publish: (kind, publication) => publish(database, kind, publication, now()),
    newest: (kind) => newestList(database, kind),
    delta: (kind, from) => deltaFrom(database, kind, from),
    version: (kind) => newestVersion(database, kind),
    acknowledge: async (statement) => acknowledge(database, statement, verifySignature, now()),
    versions: (kind, page) => listVersions(database, kind, page),
    difference: (kind, from, to) => listDifference(database, kind, from, to),
    async dryRun(query) {
      if (isTrying) return null;
      isTrying = true;
      try {
        return await dryRun(database, query, await siteSettingsOf(database), now());
      } finally {
        isTrying = false;
      }
    },
    heardAt: () => heardAt(database),
    status: () => listStatus(database),
  };
}
