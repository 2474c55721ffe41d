/** Causes of alerts in the database. */
import type { Time } from '@retap/model';
import type { Database } from '../database/database.ts';
import { casesOfCause, groupsOf, openCasesOf } from './groups.ts';
import type { AlertGroups } from './port.ts';
import { silence, unsilence } from './silence.ts';
import { timesOf } from './times.ts';
import { workOnGroup } from './work.ts';

export function alertGroupsOf(database: Database, now: () => Time): AlertGroups {
  return {
    groups: (query) => groupsOf(database, query, now()),
    async group(cause) {
      const [found] = await groupsOf(database, { cause, silenced: null, limit: 1 }, now());
      return found ?? null;
    },
    cases: (cause, page) => casesOfCause(database, cause, page),
    open: () => openCasesOf(database, now()),
    work: (cause, act, work) => workOnGroup(database, cause, act, work, now()),
    silence: (cause, until, reason) => silence(database, cause, until, reason, now()),
    unsilence: (cause, who) => unsilence(database, cause, who, now()),
    times: (since) => timesOf(database, since),
  };
}
