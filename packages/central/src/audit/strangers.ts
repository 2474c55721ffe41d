/**
 * What strangers tried is noted sparingly: somebody with many addresses must not fill the audit log for good. People who
 * are known have no part in this bound, so that no stranger can use up what would have noted them.
 */
import type { Time } from '@retap/model';
import type { Sql } from '../database/database.ts';
import { appendAudit } from './append.ts';
import type { AuditEntry } from './port.ts';

/** Who acts where nothing shows who it is. */
export const STRANGER = 'stranger';

const PERIOD_MS = 60_000;
/** Of all strangers together in a period, in one process. */
const NOTED_MAX = 60;

export class Strangers {
  #since = Number.NEGATIVE_INFINITY;
  #noted = 0;
  #left = 0;

  /** Notes it, with how many before were left out; or leaves it out, too. `detail.leftOut`: of these, others for which it stands. */
  async note(sql: Sql, entry: Omit<AuditEntry, 'who' | 'outcome'>): Promise<void> {
    const others = Number(entry.detail.leftOut ?? 0);
    if (this.#isOver(entry.at)) {
      this.#left += 1 + others;
      return;
    }
    const leftOut = this.#left + others;
    this.#left = 0;
    const detail = leftOut === 0 ? entry.detail : { ...entry.detail, leftOut };
    await appendAudit(sql, { ...entry, who: STRANGER, outcome: 'refused', detail });
  }

  #isOver(at: Time): boolean {
    if (at - this.#since >= PERIOD_MS || at < this.#since) {
      this.#since = at;
      this.#noted = 0;
    }
    if (this.#noted >= NOTED_MAX) return true;
    this.#noted += 1;
    return false;
  }
}
