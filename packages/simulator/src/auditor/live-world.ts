/** Lives the world of one seed beside a centre, and audits it. Knows no command line: tests and the bug zoo call it as it is. */
import type { Time } from '@retap/model';
import { City } from '../city.ts';
import type { Fraud } from '../truth.ts';
import { Audit, configurationOf } from './audit.ts';
import { beliefOf } from './believe.ts';
import { type Breach, breachOf } from './breach.ts';
import type { AuditedCentral, OpenAudited } from './central.ts';
import { drawWorld, type WorldPlan } from './draw.ts';
import { Reception } from './reception.ts';
import { storyOf } from './story.ts';
import { Witness } from './witness.ts';

export interface LiveOptions {
  /** Opens an empty centre; asked twice, for the second receives the same in another order. */
  readonly openCentral: OpenAudited;
  /** Instead of what the seed draws: the same world made smaller. */
  readonly world?: WorldPlan;
  /** Taps of a drawn world, at least; default 5,000. */
  readonly taps?: number;
  /** Asked on the way; once it says yes, the world ends early and nothing is said of it. */
  readonly stop?: () => boolean;
}

export interface WorldCounts {
  readonly taps: number;
  readonly torn: number;
  readonly deliveries: number;
  /** That arrived, each once. */
  readonly records: number;
  readonly alerts: number;
}

export interface WorldViolation extends Breach {
  /** Lines about the medium concerned; empty where it is no medium's. */
  readonly story: readonly string[];
}

export interface LivedWorld {
  readonly seed: number | string;
  readonly world: WorldPlan;
  readonly violation: WorldViolation | null;
  /** Of everything that arrived and was believed: equal for equal worlds. */
  readonly digest: string;
  readonly counts: WorldCounts;
}

export async function liveWorld(seed: number | string, options: LiveOptions): Promise<LivedWorld> {
  const world = options.world ?? drawWorld(seed, options.taps);
  const configuration = configurationOf(world);
  let now: () => Time = () => world.city.start ?? 0;
  let frauds: () => readonly Fraud[] = () => [];
  const witness = new Witness(
    () => now(),
    () => frauds(),
  );
  const central = await options.openCentral({ clockTolerance: configuration.clockTolerance });
  const reception = new Reception(central, witness, configuration, () => now());
  try {
    const city = await City.found(world.city, witness, reception);
    now = () => city.now;
    frauds = () => city.frauds;
    const audit = new Audit({ plan: world, city, witness, reception, open: options.openCentral, configuration });
    const breach = await audit.run(options.stop ?? (() => false)).catch((error: unknown) => thrown(error, city.now));
    const violation = breach && {
      ...breach,
      story: await story(breach, witness, reception.central, city.now, configuration),
    };
    const { torn, deliveries } = city.counts;
    const counts = { taps: witness.taps, torn, deliveries, records: reception.records, alerts: audit.alerts };
    return { seed, world, violation, digest: audit.digest, counts };
  } finally {
    await reception.central.close();
  }
}

function thrown(error: unknown, at: Time): Breach {
  const says = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return breachOf('nothing-throws', at, {}, says);
}

async function story(
  { medium, at }: Breach,
  { insight }: Witness,
  central: AuditedCentral,
  now: Time,
  configuration: Parameters<AuditedCentral['report']>[1],
): Promise<readonly string[]> {
  if (medium === null) return [];
  const belief = await beliefOf(central, Math.max(at, now), configuration).catch(() => null);
  return storyOf(insight, medium, belief);
}
