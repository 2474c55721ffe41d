/** The lists in the database. */
import type { MediumName, Time } from '@retap/model';
import { notingRefusal } from '../audit/refused.ts';
import type { Database } from '../database/database.ts';
import type { Change } from '../proposals/change.ts';
import type { Reason, VerifySignature } from '../registry/port.ts';
import { actionStates } from './actions.ts';
<<<<<<< HEAD
import { acknowledge, heldLists } from './held.ts';
import { DENY, LIMIT, ORDER, UNDENY } from './kinds.ts';
import type { Lists } from './port.ts';
import { newestList, newestVersion, publish } from './publish.ts';
import { listHistory, workingEntries } from './working.ts';
=======
import { acknowledge } from './held.ts';
import type { Lists } from './port.ts';
import { newestList, newestVersion, publish } from './publish.ts';
import { listStatus } from './status.ts';
import { denyIn, limitIn, listHistory, orderIn, setTariffsIn, undenyIn, workingEntries } from './working.ts';
>>>>>>> 74138ee (Tariffs as a fourth list: what terminals sell and for how much, each from its moment on, by their own clock and without a network)

export function listsOf(database: Database, change: Change, verifySignature: VerifySignature, now: () => Time): Lists {
  const tried = <Answer>(what: string, medium: MediumName, { who, why }: Reason, answer: Promise<Answer>) =>
    notingRefusal(database, answer, { at: now(), who, what, object: `medium ${medium}`, detail: { why } });
  return {
<<<<<<< HEAD
    deny: (medium, reason) => tried('deny.added', medium, reason, change(DENY, medium, reason)),
    undeny: (medium, reason) => tried('deny.removed', medium, reason, change(UNDENY, medium, reason)),
    order: (action, reason) => change(ORDER, action, reason),
    limit: (limits, reason) => change(LIMIT, limits, reason),
=======
    deny: (medium, reason) => database.transaction((sql) => denyIn(sql, medium, reason, now())),
    undeny: (medium, reason) => database.transaction((sql) => undenyIn(sql, medium, reason, now())),
    order: (action, reason) => database.transaction((sql) => orderIn(sql, action, reason, now())),
    limit: (limits, reason) => database.transaction((sql) => limitIn(sql, limits, reason, now())),
    setTariffs: (tariffs, reason) => database.transaction((sql) => setTariffsIn(sql, tariffs, reason, now())),
>>>>>>> 74138ee (Tariffs as a fourth list: what terminals sell and for how much, each from its moment on, by their own clock and without a network)
    async working() {
      return {
        deny: await workingEntries(database, 'deny'),
        actions: await workingEntries(database, 'actions'),
        limits: await workingEntries(database, 'limits'),
        tariff: await workingEntries(database, 'tariff'),
      };
    },
    actions: () => actionStates(database),
    history: (kind) => listHistory(database, kind),
    publish: (kind, publication) => publish(database, kind, publication, now()),
    newest: (kind) => newestList(database, kind),
    version: (kind) => newestVersion(database, kind),
    acknowledge: async (statement) => acknowledge(database, statement, verifySignature, now()),
    status: () => listStatus(database),
  };
}
