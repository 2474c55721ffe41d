/** A small city lived to its end under a witness, with what F makes of all that arrived: true in everything, until a test changes it. */
import { centralState, firstReceived, type JournalRecord } from '@retap/model';
import { parseBatch } from '@retap/protocol';
import type { Breach } from '../../src/auditor/breach.ts';
import { type Belief, Sight, type Terms } from '../../src/auditor/sight.ts';
import { Witness } from '../../src/auditor/witness.ts';
import { City } from '../../src/city.ts';
import { type Frauds, faultsOf, fraudsOf } from '../../src/faults.ts';
import { HARSH, HOUR } from '../lived.ts';

const CLOCK_TOLERANCE = 120_000;

export interface Scene {
  readonly city: City;
  readonly witness: Witness;
  readonly belief: Belief;
  readonly terms: Terms;
}

/** @param frauds planted; the city is honest without */
export async function sceneOf(frauds: Partial<Frauds> = {}): Promise<Scene> {
  let now = (): number => 0;
  const witness = new Witness(
    () => now(),
    () => [],
  );
  const world = { faults: faultsOf(HARSH), frauds: fraudsOf(frauds) };
  const city = await City.found({ seed: 11, days: 3, media: 40, terminals: 20, ...world }, witness);
  now = () => city.now;
  const arrivals: JournalRecord[] = [];
  for await (const event of city.events()) {
    if (event.kind !== 'delivery' || event.isCut) continue;
    witness.insight.arrived(event.bytes, new Set(), event.at);
    for (const { record } of parseBatch(event.bytes).records) arrivals.push(record);
  }
  const asOf = city.now + 1000 * HOUR;
  const configuration = { maxDelay: 72 * HOUR, clockTolerance: CLOCK_TOLERANCE, minimumBalance: 0 as never };
  const belief = centralState(
    firstReceived(arrivals, () => true),
    asOf,
    configuration,
  );
  const { maxDelay, clockTolerance } = configuration;
  const terms = { maxDelay, clockTolerance, frauds: city.truth().frauds, grants: city.truth().grants };
  return { city, witness, belief, terms };
}

/** What an invariant says where the centre believes something else than in the scene. */
export function seenBy(
  invariant: (sight: Sight) => Iterable<Breach>,
  { witness, belief, terms }: Scene,
  change: (belief: Draft) => void = () => {},
): readonly Breach[] {
  const draft = structuredClone(belief) as unknown as Draft;
  change(draft);
  return [...invariant(new Sight(witness.insight, draft as unknown as Belief, terms, true))];
}

/** A belief that a test may write into. */
export type Draft = Writable<Belief>;
type Writable<Value> = Value extends number
  ? number
  : Value extends object
    ? { -readonly [Key in keyof Value]: Writable<Value[Key]> }
    : Value;

/** The one that the test is about, or the test is about nothing. */
export function oneOf<Item>(items: Iterable<Item>, is: (item: Item) => boolean): Item {
  for (const item of items) if (is(item)) return item;
  throw new Error('the scene has none');
}
