/** What is counted and measured of this process, as Prometheus reads it (OpenMetrics). Any part of the service may add its own. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, type OpenMetricsContentType, Registry } from 'prom-client';

/** Values of a label; the names are those declared with the metric. */
export type Labels<Name extends string> = Readonly<Record<Name, string>>;

/** Distinct values of one label, beyond which all others are `other`: a mistake in a label must not fill memory, here and at the reader's. */
const VALUES_MAX = 100;
/** A part that takes longer to look up is left out of this answer, in milliseconds. Prometheus waits for 10 s. */
const LOOK_MS = 3_000;

export interface Metric<Name extends string> {
  /** `retap_…`, units last, without `_total`: that is added to counters. */
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly Name[];
}

export class Metrics {
  readonly #registry = new Registry<OpenMetricsContentType>();
  readonly #looks: (() => Promise<void>)[] = [];
  #hasProcess = false;

  readonly contentType = Registry.OPENMETRICS_CONTENT_TYPE;

  constructor() {
    this.#registry.setContentType(this.contentType);
  }

  /** @returns counts */
  counter<Name extends string = never>(metric: Metric<Name>): (labels: Labels<Name>, by?: number) => void {
    const counter = new Counter({ ...this.#of(metric), labelNames: metric.labels ?? [] });
    const bounded = boundedBy(metric.labels);
    // Without labels there is a value from the start: 0 is something else than not known.
    return (labels, by = 1) => counter.inc(bounded(labels), by);
  }

  /** @returns sets; null: it is not known any more */
  gauge<Name extends string = never>(metric: Metric<Name>): (labels: Labels<Name>, value: number | null) => void {
    const gauge = new Gauge({ ...this.#of(metric), labelNames: metric.labels ?? [] });
    gauge.reset();
    if (!metric.labels) gauge.remove();
    const bounded = boundedBy(metric.labels);
    return (labels, value) => {
      if (value === null) gauge.remove(bounded(labels));
      else gauge.set(bounded(labels), value);
    };
  }

  /** @param buckets upper bounds, ascending @returns observes */
  histogram<Name extends string = never>(
    metric: Metric<Name>,
    buckets: readonly number[],
  ): (labels: Labels<Name>, value: number) => void {
    const histogram = new Histogram({ ...this.#of(metric), labelNames: metric.labels ?? [], buckets: [...buckets] });
    const bounded = boundedBy(metric.labels);
    return (labels, value) => histogram.observe(bounded(labels), value);
  }

  /** Looked up before each answer; a look that fails or takes too long spoils no other. */
  beforeEach(look: () => Promise<void>): void {
    this.#looks.push(look);
  }

  /** All of it, in OpenMetrics text. */
  async text(): Promise<string> {
    // Not before somebody asks: watching the garbage collection costs something.
    if (!this.#hasProcess) collectDefaultMetrics({ register: this.#registry as unknown as Registry });
    this.#hasProcess = true;
    await Promise.all(this.#looks.map((look) => within(LOOK_MS, look)));
    return this.#registry.metrics();
  }

  #of({ name, help }: Metric<string>) {
    return { name, help, registers: [this.#registry] };
  }
}

/** Labels with no more than so many values each. */
function boundedBy<Name extends string>(names: readonly Name[] = []): (labels: Labels<Name>) => Record<Name, string> {
  const seen = new Map(names.map((name) => [name, new Set<string>()]));
  return (labels) => {
    const bounded: Record<string, string> = {};
    for (const [name, values] of seen) {
      const value = labels[name];
      if (values.size < VALUES_MAX) values.add(value);
      bounded[name] = values.has(value) ? value : 'other';
    }
    return bounded as Record<Name, string>;
  };
}

async function within(ms: number, look: () => Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([look().catch(() => {}), late]);
  clearTimeout(timer);
}
