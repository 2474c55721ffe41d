/** Work on alerts in the database. */
import type { Configuration, Time } from '@retap/model';
import type { Database } from '../database/database.ts';
import { move } from './moves.ts';
import type { AlertWork } from './port.ts';
import { casesOf, caseWithHistory } from './read.ts';
import { watch } from './watch.ts';

export function alertWorkOf(database: Database, configuration: Configuration, now: () => Time): AlertWork {
  return {
    watch: (asOf) => watch(database, asOf, configuration),
    cases: (query) => casesOf(database, query),
    case: (id) => caseWithHistory(database, id),
    acknowledge: (id, who) => move(database, { id, what: 'acknowledged', who, detail: {} }, now()),
    assign: (id, to, who) => move(database, { id, what: 'assigned', who, detail: { to } }, now()),
    resolve: (id, { who, why }) => move(database, { id, what: 'resolved', who, detail: { reason: why } }, now()),
    comment: (id, text, who) => move(database, { id, what: 'commented', who, detail: { text } }, now()),
  };
}
