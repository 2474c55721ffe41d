/** What check derives of the cards' proofs: each row, and the alerts, by the rules over the whole of a medium's records. */
import { identityOf, isTransaction, type JournalRecord, resolve } from '@retap/model';
import type { ReceivedRecord } from './check.ts';
import type { Sql } from './database/database.ts';
import type { Discrepancy, ProofAlert, ProofJudge } from './port.ts';
import { isUnsettled, type ProofRow, proofAlertsOfMedium, proofRows } from './proof/rules.ts';
import { proofAlertsOf, proofTotalsOf } from './read/proof-alerts.ts';

const MEDIA_A_PAGE = 2_000;

export class ProofCheck {
  readonly #sql: Sql;
  readonly #judge: ProofJudge;
  readonly #judged: number;
  readonly #clockTolerance: number;
  readonly #alerts = new Set<string>();
  #unsettled = 0;
  #rows = 0;

  private constructor(sql: Sql, judge: ProofJudge, judged: number, clockTolerance: number) {
    this.#sql = sql;
    this.#judge = judge;
    this.#judged = judged;
    this.#clockTolerance = clockTolerance;
  }

  /** Null where a centre with other keys has taken over meanwhile: what is stored is no longer what these would say. */
  static async of(sql: Sql, judge: ProofJudge, clockTolerance: number): Promise<ProofCheck | null> {
    const [judging] = await sql.rows<{ judged: number; keys: string }>('select judged, keys from judging');
    return judging?.keys === judge.keys ? new ProofCheck(sql, judge, judging.judged, clockTolerance) : null;
  }

  /** @param reconciled those of the arrivals that accounts and resolutions are made of */
  async *compareMedia(
    arrivals: ReadonlyMap<string, readonly ReceivedRecord[]>,
    reconciled: ReadonlyMap<string, readonly JournalRecord[]>,
  ): AsyncGenerator<Discrepancy> {
    const media = [...arrivals.keys()].filter((medium) => this.#judge.canProve(medium)).sort();
    for (let from = 0; from < media.length; from += MEDIA_A_PAGE) {
      const some = media.slice(from, from + MEDIA_A_PAGE);
      const stored = await this.#storedRows(some);
      for (const medium of some) {
        for (const row of this.#derive(medium, arrivals.get(medium) ?? [], reconciled.get(medium) ?? [])) {
          const identity = identityOf(row);
          const found = stored.get(identity) ?? null;
          stored.delete(identity);
          const derived = { medium, ...row };
          if (JSON.stringify(found) === JSON.stringify(derived)) continue;
          yield { subject: `proof ${identity}`, stored: found, derived };
        }
      }
      for (const [identity, row] of stored) yield { subject: `proof ${identity}`, stored: row, derived: null };
    }
  }

  #derive(medium: string, arrivals: readonly ReceivedRecord[], reconciled: readonly JournalRecord[]): ProofRow[] {
    const judged = arrivals.filter(({ receipt }) => receipt <= this.#judged).map(({ record }) => record);
    const rows = proofRows(judged.filter(isTransaction), this.#judge);
    const { effective } = resolve(reconciled, this.#clockTolerance);
    const identities = new Set([...effective].map(identityOf));
    const isEffective = (identity: string) => identities.has(identity);
    for (const alert of proofAlertsOfMedium(medium, rows, isEffective)) this.#alerts.add(keyOf(alert));
    this.#unsettled += rows.filter((row) => isUnsettled(row, isEffective)).length;
    this.#rows += rows.length;
    return rows;
  }

  async #storedRows(media: readonly string[]): Promise<Map<string, ProofRow & { readonly medium: string }>> {
    const rows = await this.#sql.rows<ProofRow & { readonly medium: string }>(
      `select m.medium, p.terminal, p.serial, p.verdict::text, p.counter, p.medium_serial as "mediumSerial", p.reader,
         p.reader_differs as "readerDiffers", p.settled, p.contradicted
       from medium m join proof p on p.medium_id = m.id where m.medium = any($1::text[])`,
      [media],
    );
    return new Map(rows.map((row) => [identityOf(row), row]));
  }

  async *compareAlerts(): AsyncGenerator<Discrepancy> {
    for (const alert of await proofAlertsOf(this.#sql, { limit: 2 ** 31 - 1 })) {
      if (!this.#alerts.delete(keyOf(alert))) yield { subject: `alert ${alert.kind}`, stored: alert, derived: null };
    }
    for (const key of this.#alerts) {
      const alert = JSON.parse(key) as ProofAlert;
      yield { subject: `alert ${alert.kind}`, stored: null, derived: alert };
    }
    const { unsettled } = await proofTotalsOf(this.#sql);
    const [counted] = await this.#sql.rows<{ rows: number }>('select count(*) as rows from proof');
    const [stored, derived] = [
      { unsettled, rows: counted?.rows },
      { unsettled: this.#unsettled, rows: this.#rows },
    ];
    if (JSON.stringify(stored) !== JSON.stringify(derived)) yield { subject: 'proofs', stored, derived };
  }
}

/** Equal for equal alerts: both sides build them with their keys in one order. */
function keyOf(alert: ProofAlert): string {
  return JSON.stringify(alert);
}
