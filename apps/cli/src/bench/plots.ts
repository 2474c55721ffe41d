/** The plots of docs/performance.md, from the figures of one run. */
import { formatCount } from '../text.ts';
import { type Chart, chartSvg, type Series } from './chart.ts';
import type { Result } from './result.ts';
import type { Rate } from './suite.ts';
import { type ResultId, TARGETS } from './targets.ts';

export interface Plot {
  /** Name of the file. */
  readonly name: string;
  readonly svg: string;
}

/** @param history rates by what was stored before; none where that was not measured @returns of what was measured */
export function plotsOf(results: readonly Result[], history: readonly Rate[]): Plot[] {
  const values = new Map(results.map(({ id, value }) => [id, value]));
  const charts: Readonly<Record<string, Chart | null>> = {
    'batch-size.svg': byBatch(values),
    'exceptional.svg': byExceptional(values),
    'history.svg': byHistory(values, history),
    'processors.svg': byProcessors(values),
  };
  return Object.entries(charts).flatMap(([name, chart]) => (chart ? [{ name, svg: chartSvg(chart) }] : []));
}

type Values = ReadonlyMap<ResultId, number>;
type Places = readonly (readonly [x: number, id: ResultId])[];

function points(values: Values, places: Places): (readonly [number, number])[] {
  return places.flatMap(([x, id]) => {
    const value = values.get(id);
    return value === undefined ? [] : [[x, value] as const];
  });
}

/** What would just meet the targets: each ratio times what raw COPY did beside it. */
function aims(values: Values, places: readonly (readonly [x: number, rate: ResultId, ratio: ResultId])[]): Series {
  const found = places.flatMap(([x, rateId, ratioId]) => {
    const [rate, ratio, target] = [values.get(rateId), values.get(ratioId), TARGETS[ratioId].target];
    return rate === undefined || ratio === undefined || target === null ? [] : [[x, (target * rate) / ratio] as const];
  });
  return { name: 'target', drawn: 'aim', colour: 3, points: found };
}

function byBatch(values: Values): Chart | null {
  const full: Places = [
    ...([
      [100, 'full-100'],
      [1_000, 'full-1000'],
    ] as const),
    ...([
      [10_000, 'full-10000'],
      [50_000, 'full-50000'],
    ] as const),
  ];
  const copied: Places = [
    [100, 'raw-copy-100'],
    [1_000, 'raw-copy-1000'],
  ];
  const [processed, copy] = [points(values, full), points(values, copied)];
  if (processed.length < 2) return null;
  const inOneGo = values.get('raw-copy');
  return {
    title: 'Full processing by size of batch',
    xName: 'records a batch, with uploads in flight',
    scale: 'logarithmic',
    ticks: full.map(([x]) => [x, formatCount(x)]),
    series: [
      { name: 'full processing', drawn: 'line', colour: 1, points: processed },
      ...(copy.length > 0 ? [{ name: 'raw COPY, by commit', drawn: 'line', colour: 2, points: copy } as const] : []),
      ...(inOneGo ? [level('raw COPY, all at once', 2, [100, 50_000], inOneGo)] : []),
      aims(values, [
        [100, 'full-100', 'full-100-ratio'],
        [1_000, 'full-1000', 'full-1000-ratio'],
        [50_000, 'full-50000', 'full-50000-ratio'],
      ]),
    ],
  };
}

function level(name: string, colour: Series['colour'], [from, to]: readonly [number, number], value: number): Series {
  return {
    ...{ name, drawn: 'aim', colour },
    points: [
      [from, value],
      [to, value],
    ],
  };
}

function byExceptional(values: Values): Chart | null {
  const found = points(values, [
    [1, 'full-1000'],
    [10, 'exceptional-10'],
    [30, 'exceptional-30'],
  ]);
  if (found.length < 2) return null;
  return {
    title: 'Full processing by share of exceptional records',
    xName: 'late, torn or forked records, in %; batches of 1,000 in flight',
    scale: 'linear',
    ticks: [1, 10, 20, 30].map((x) => [x, `${x} %`]),
    series: [
      { name: 'full processing', drawn: 'line', colour: 1, points: found },
      aims(values, [
        [1, 'full-1000', 'full-1000-ratio'],
        [10, 'exceptional-10', 'exceptional-10-ratio'],
        [30, 'exceptional-30', 'exceptional-30-ratio'],
      ]),
    ],
  };
}

/** Points with a value beside them; more would lie on each other. */
const POINTS_MAX = 9;

function byHistory(values: Values, history: readonly Rate[]): Chart | null {
  const last = history.at(-1);
  if (last === undefined || history.length < 2) return null;
  const every = Math.ceil((history.length - 1) / (POINTS_MAX - 1));
  const some = history.filter(
    (rate, index) => rate === last || (index % every === 0 && index + every / 2 < history.length),
  );
  const copy = values.get('history-raw-copy');
  const ends: [number, number] = [0, last.stored];
  const millions = (x: number): string => `${Number((x / 1e6).toPrecision(2))}`;
  return {
    title: 'Full processing by length of history',
    xName: 'records stored before, in millions; batches of 50,000',
    scale: 'linear',
    ticks: [0, 0.25, 0.5, 0.75, 1].map((share) => [share * last.stored, millions(share * last.stored)]),
    series: [
      {
        name: 'full processing',
        drawn: 'line',
        colour: 1,
        points: some.map(({ stored, perSecond }) => [stored, perSecond]),
      },
      ...(copy ? [level('raw COPY on all of it', 2, ends, copy)] : []),
      level('target', 3, ends, TARGETS['history-full'].target),
    ],
  };
}

function byProcessors(values: Values): Chart | null {
  const found = points(values, [
    [1, 'processors-1'],
    [2, 'processors-2'],
  ]);
  const one = values.get('processors-1');
  if (found.length < 2 || one === undefined) return null;
  return {
    title: 'Full processing by number of processors',
    xName: 'processes on one database; batches of 1,000 in flight',
    scale: 'linear',
    ticks: [
      [0.5, ''],
      [1, '1'],
      [2, '2'],
      [2.5, ''],
    ],
    series: [
      { name: 'full processing', drawn: 'bars', colour: 1, points: found },
      level('target for two', 3, [0.5, 2.5], one * TARGETS['processors-ratio'].target),
    ],
  };
}
