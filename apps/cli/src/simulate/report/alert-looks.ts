/** Asks the centre for its alerts every so often in virtual time, and holds them to what was planted. */
import type { Central } from '@retap/central';
import type { Alert, Time } from '@retap/model';
import { type Fraud, isGranted, type Truth } from '@retap/simulator';

/** More than a month at full scale has; a look that reached it would be cut off, and say so. */
const LIMIT = 1_000_000;

export interface FraudLatency {
  readonly kind: Fraud['kind'];
  readonly planted: number;
  /** Of these, named by an alert. */
  readonly named: number;
  /** From the fraud to the first look at which an alert named it, in milliseconds, in order. */
  readonly latenciesMs: readonly number[];
}

export interface AlertFigures {
  readonly looks: number;
  /** Different alerts that ever stood at a look. */
  readonly different: number;
  readonly byKind: Readonly<Record<string, number>>;
  /** Those with no fraud and no broken equipment behind them. */
  readonly unexplained: readonly { readonly at: Time; readonly alert: Alert }[];
  readonly latencies: readonly FraudLatency[];
}

export class AlertLooks {
  readonly #central: Central;
  readonly #firstSeen = new Map<string, { readonly at: Time; readonly alert: Alert }>();
  looks = 0;

  constructor(central: Central) {
    this.#central = central;
  }

  async look(asOf: Time): Promise<void> {
    this.looks += 1;
    for (const alert of await this.#central.alerts(asOf, { limit: LIMIT })) {
      const key = keyOf(alert);
      if (!this.#firstSeen.has(key)) this.#firstSeen.set(key, { at: asOf, alert });
    }
  }

  figures({ frauds, grants }: Truth): AlertFigures {
    const seen = [...this.#firstSeen.values()];
    const byKind: Record<string, number> = {};
    for (const { alert } of seen) byKind[alert.kind] = (byKind[alert.kind] ?? 0) + 1;
    return {
      looks: this.looks,
      different: seen.length,
      byKind,
      unexplained: seen.filter(({ alert }) => !isGranted(alert, grants)),
      latencies: this.#latencies(frauds),
    };
  }

  #latencies(frauds: readonly Fraud[]): FraudLatency[] {
    const firstNamed = new Map<string, Time[]>();
    for (const { at, alert } of this.#firstSeen.values()) {
      for (const name of namesOf(alert)) firstNamed.set(name, [...(firstNamed.get(name) ?? []), at]);
    }
    const kinds = [...new Set(frauds.map(({ kind }) => kind))].sort();
    return kinds.map((kind) => {
      const ofKind = frauds.filter((fraud) => fraud.kind === kind);
      const latenciesMs = ofKind
        .flatMap((fraud) => {
          const times = namesOf(fraud).flatMap((name) => (firstNamed.get(name) ?? []).filter((at) => at >= fraud.at));
          return times.length === 0 ? [] : [Math.min(...times) - fraud.at];
        })
        .sort((a, b) => a - b);
      return { kind, planted: ofKind.length, named: latenciesMs.length, latenciesMs };
    });
  }
}

/** Media and terminals that a fraud concerns, or an alert names. */
function namesOf(subject: Fraud | Alert): string[] {
  const { medium, terminal, successor } = subject as {
    readonly medium?: string;
    readonly terminal?: number;
    readonly successor?: number;
  };
  return [
    ...(medium === undefined ? [] : [`medium ${medium}`]),
    ...[terminal, successor].flatMap((number) => (number === undefined ? [] : [`terminal ${number}`])),
  ];
}

/** A clone's alert grows with every use of the medium; it is one all the same. */
function keyOf(alert: Alert): string {
  return alert.kind === 'cloned-medium' ? `${alert.kind} ${alert.medium}` : JSON.stringify(alert);
}
