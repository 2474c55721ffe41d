/** Metrics of the centre and its database, looked up when somebody asks; what is dear to look up, now and then. */

import {
  type Central,
  type Fleet,
  INTEGRITY_ALERT_KINDS,
  OPEN_CASE_STATES,
  PROOF_ALERT_KINDS,
  type Standing,
  type Totals,
} from '@retap/central';
import { ALERT_KINDS } from '@retap/model';
import type { Readiness } from '../readiness.ts';
import type { Metrics } from './metrics.ts';

const none = {} as const;
const TERMINAL_STATES = ['invited', 'active', 'suspended', 'revoked'] as const;
const DAY_MS = 86_400_000;
/** From when on a terminal is silent, a licence ending, a clock off. */
export const FLEET = { silentMs: DAY_MS, endingMs: 3 * DAY_MS, clockOffMs: 60_000 };

export interface CentreMetricsOptions {
  readonly central: Pick<Central, 'operations'>;
  readonly totals: () => Promise<Totals>;
  readonly readiness: Readiness;
  /** A clock that only goes forward, in milliseconds. */
  readonly elapsed: () => number;
  readonly version: string;
}

export function watchCentre(metrics: Metrics, options: CentreMetricsOptions): void {
  const { central, readiness, elapsed, version } = options;
  const build = metrics.gauge({
    name: 'retap_build_info',
    help: 'Always 1; which version runs',
    labels: ['version', 'node'],
  });
  build({ version, node: process.version }, 1);
  const ready = metrics.gauge({ name: 'retap_ready', help: '1 where the centre can take uploads, as /ready says' });
  metrics.beforeEach(async () => ready(none, (await readiness.check()) === null ? 1 : 0));
  watchDatabase(metrics, central);
  watchRounds(metrics, central);
  const age = metrics.gauge({
    name: 'retap_totals_age_seconds',
    help: 'How old the totals and the counts of terminals are',
  });
  const cost = metrics.gauge({ name: 'retap_totals_cost_seconds', help: 'How long they took to look up' });
  const setTotals = totalsGauges(metrics);
  const setFleet = fleetGauges(metrics);
  const setStanding = standingGauges(metrics);
  const dear = new Dear(async () => {
    const [totals, fleet] = [await options.totals(), await central.operations.fleet(FLEET)];
    const standing = await central.operations.standing();
    setTotals(totals);
    setFleet(fleet);
    setStanding(standing);
  }, elapsed);
  metrics.beforeEach(async () => {
    await dear.look();
    age(none, dear.ageMs === null ? null : dear.ageMs / 1_000);
    cost(none, dear.costMs === null ? null : dear.costMs / 1_000);
  });
}

/** Looked up at most every 30 s, and seldom enough to cost the database no more than a twentieth of its time. */
export class Dear {
  readonly #look: () => Promise<void>;
  readonly #elapsed: () => number;
  #underWay: Promise<void> | null = null;
  #startedAt = 0;
  #doneAt: number | null = null;
  #costMs: number | null = null;

  constructor(look: () => Promise<void>, elapsed: () => number) {
    this.#look = look;
    this.#elapsed = elapsed;
  }

  get ageMs(): number | null {
    return this.#doneAt === null ? null : this.#elapsed() - this.#doneAt;
  }

  get costMs(): number | null {
    return this.#costMs;
  }

  /** Waits only for the first. @throws what the first look throws */
  async look(): Promise<void> {
    const pauseMs = Math.max(30_000, 20 * (this.#costMs ?? 0));
    const isDue = this.#costMs === null || this.#elapsed() - this.#startedAt >= pauseMs;
    if (this.#underWay === null && isDue) {
      this.#startedAt = this.#elapsed();
      this.#underWay = this.#run();
      // Whoever waits for the first is told. A later one that fails is in `retap_database_faults`, and is looked again when due.
      this.#underWay.catch(() => {});
    }
    if (this.#doneAt === null) await this.#underWay;
  }

  async #run(): Promise<void> {
    try {
      await this.#look();
      this.#doneAt = this.#elapsed();
    } finally {
      // One that failed was dear, too: a database that is slow must not be asked the more.
      this.#costMs = this.#elapsed() - this.#startedAt;
      this.#underWay = null;
    }
  }
}

function watchDatabase(metrics: Metrics, { operations }: Pick<Central, 'operations'>): void {
  const connections = metrics.gauge({
    ...{ name: 'retap_database_connections', help: 'Connections to the database: busy or idle' },
    labels: ['state'],
  });
  const max = metrics.gauge({ name: 'retap_database_connections_max', help: 'How many there may be' });
  const waiting = metrics.gauge({
    name: 'retap_database_questions_waiting',
    help: 'Questions that wait for a free connection',
  });
  const faults = metrics.counter({
    ...{ name: 'retap_database_faults', help: 'Questions that ended with a fault of the database, by code' },
    labels: ['code'],
  });
  const counted = new Map<string, number>();
  metrics.beforeEach(async () => {
    const { open, idle, waiting: questions, max: most } = operations.connections();
    connections({ state: 'busy' }, open - idle);
    connections({ state: 'idle' }, idle);
    max(none, most);
    waiting(none, questions);
    for (const code of ['database-unreachable', 'database-slow']) {
      const now = operations.faults()[code] ?? 0;
      faults({ code }, now - (counted.get(code) ?? 0));
      counted.set(code, now);
    }
  });
}

function watchRounds(metrics: Metrics, { operations }: Pick<Central, 'operations'>): void {
  const counters = {
    rounds: metrics.counter({ name: 'retap_rounds', help: 'Rounds of reconciliation of this process' }),
    records: metrics.counter({ name: 'retap_reconciled_records', help: 'Records reconciled by this process' }),
    careful: metrics.counter({
      name: 'retap_reconciled_records_careful',
      help: 'Of these, decided on the careful path',
    }),
  };
  const batches = metrics.gauge({ name: 'retap_waiting_batches', help: 'Batches received and not reconciled yet' });
  const oldest = metrics.gauge({
    name: 'retap_oldest_waiting_seconds',
    help: 'How long ago the first of them was received; 0: none waits',
  });
  let counted = { rounds: 0, records: 0, careful: 0 };
  metrics.beforeEach(async () => {
    const now = operations.rounds();
    for (const each of ['rounds', 'records', 'careful'] as const) counters[each](none, now[each] - counted[each]);
    counted = now;
    for (const gauge of [batches, oldest]) gauge(none, null); // what is not known is not said
    const backlog = await operations.backlog();
    batches(none, backlog.batches);
    oldest(none, (backlog.oldestMs ?? 0) / 1_000);
  });
}

function totalsGauges(metrics: Metrics): (totals: Totals) => void {
  const of = (name: string, help: string) => metrics.gauge({ name: `retap_${name}`, help });
  const gauges = {
    batches: of('batches', 'Batches ever received'),
    records: of('records', 'Records ever received'),
    quarantined: of('quarantined_records', 'Records that could not be read, ever'),
    media: of('media', 'Media known'),
    inDoubt: of('in_doubt', 'Transactions resolved unverified'),
    outOfSync: of('out_of_sync', 'Media with unexplained credit'),
    waiting: of('waiting_records', 'Records received and not reconciled yet'),
  };
  const alerts = metrics.gauge({
    ...{ name: 'retap_alerts', help: 'Alerts that stand, by kind; counted to 10,000' },
    labels: ['kind'],
  });
  return (totals) => {
    for (const each of Object.keys(gauges) as (keyof typeof gauges)[]) gauges[each](none, totals[each]);
    for (const kind of ALERT_KINDS) alerts({ kind }, totals.alerts[kind] ?? 0);
    if (totals.proofs) for (const kind of PROOF_ALERT_KINDS) alerts({ kind }, totals.proofs.alerts[kind] ?? 0);
    if (totals.integrity)
      for (const kind of INTEGRITY_ALERT_KINDS) alerts({ kind }, totals.integrity.alerts[kind] ?? 0);
  };
}

function fleetGauges(metrics: Metrics): (fleet: Fleet) => void {
  const terminals = metrics.gauge({ name: 'retap_terminals', help: 'Terminals, by state', labels: ['state'] });
  const wrong = metrics.gauge({
    ...{ name: 'retap_terminals_wrong', help: 'Active terminals, by what is wrong; one may have several' },
    labels: ['what'],
  });
  const offset = metrics.gauge({
    name: 'retap_clock_offset_max_seconds',
    help: 'Largest difference of an active terminal’s clock from ours',
  });
  const behind = metrics.gauge({
    ...{ name: 'retap_lists_behind', help: 'Active terminals that hold an older version than the newest, by list' },
    labels: ['list'],
  });
  return (fleet) => {
    for (const state of TERMINAL_STATES) terminals({ state }, fleet.terminals[state] ?? 0);
    wrong({ what: 'silent' }, fleet.silent);
    wrong({ what: 'licence-expired' }, fleet.licenceExpired);
    wrong({ what: 'licence-ending' }, fleet.licenceEnding);
    wrong({ what: 'clock-off' }, fleet.clockOff);
    wrong({ what: 'records-missing' }, fleet.withMissing);
    offset(none, fleet.clockOffsetMax === null ? null : fleet.clockOffsetMax / 1_000);
    for (const [list, count] of Object.entries(fleet.behind)) behind({ list }, count);
  };
}

function standingGauges(metrics: Metrics): (standing: Standing) => void {
  const sessions = metrics.gauge({ name: 'retap_sessions', help: 'Open sessions of people; counted to 10,000' });
  const cases = metrics.gauge({
    ...{ name: 'retap_alert_cases_open', help: 'Alert cases neither resolved nor cured, by state; counted to 10,000' },
    labels: ['state'],
  });
  const disabled = metrics.gauge({ name: 'retap_webhooks_disabled', help: 'Webhooks that are sent nothing' });
  const failing = metrics.gauge({
    name: 'retap_webhooks_failing',
    help: 'Enabled webhooks whose last attempt failed',
  });
  const waiting = metrics.gauge({
    name: 'retap_webhook_deliveries_waiting',
    help: 'Events that enabled webhooks have still to be sent; counted to 10,000',
  });
  return (standing) => {
    sessions(none, standing.sessions);
    for (const state of OPEN_CASE_STATES) cases({ state }, standing.cases[state]);
    disabled(none, standing.webhooksDisabled);
    failing(none, standing.webhooksFailing);
    waiting(none, standing.deliveriesWaiting);
  };
}
