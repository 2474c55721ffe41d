/** Taps a minute as two lines: told apart by dashes as well as colour, and as a table below. */
import { useEffect, useRef } from 'react';
import UPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { useTheme } from '../../layout/theme.ts';
import { useForms } from '../../words/forms.tsx';
import { useSay } from '../../words/language.tsx';
import { hourly, rates, SMOOTHED, type TodayAnswer } from './figures.ts';
import { WORDS } from './words.ts';

const HEIGHT = 240;
const STEP_S = SMOOTHED * 60;

export function TapChart({ taps }: { readonly taps: NonNullable<TodayAnswer['taps']> }) {
  const say = useSay(WORDS);
  const { clock, number } = useForms();
  const { theme } = useTheme();
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot | null>(null);
  const data = dataOf(taps);
  const latest = useRef(data);
  latest.current = data;

  // biome-ignore lint/correctness/useExhaustiveDependencies: drawn anew where the colours are others
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const color = (name: string) => getComputedStyle(element).getPropertyValue(name);
    const made = new UPlot(
      {
        width: element.clientWidth,
        height: HEIGHT,
        legend: { show: false },
        cursor: { drag: { x: false, y: false } },
        scales: { y: { range: (_, __, max) => [0, Math.max(1, max * 1.1)] } },
        axes: [
          {
            stroke: () => resolved('--quiet'),
            grid: { stroke: () => resolved('--line'), width: 1 },
            values: (_, times) => times.map((time) => clock(time * 1_000)),
          },
          {
            stroke: () => resolved('--quiet'),
            grid: { stroke: () => resolved('--line'), width: 1 },
            values: (_, counts) => counts.map((count) => number(count)),
          },
        ],
        series: [
          {},
          { label: say('chartToday'), stroke: () => resolved('--accent'), width: 2.5, points: { show: false } },
          {
            label: say('chartBefore'),
            stroke: () => resolved('--quiet'),
            width: 1.5,
            dash: [6, 5],
            points: { show: false },
          },
        ],
      },
      latest.current,
      element,
    );
    plot.current = made;
    const observer = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: HEIGHT }));
    observer.observe(element);
    // `light-dark()` is no colour to a canvas: an element's own colour is.
    function resolved(name: string): string {
      const probe = document.createElement('span');
      probe.style.color = color(name) || `var(${name})`;
      element?.append(probe);
      const found = getComputedStyle(probe).color;
      probe.remove();
      return found;
    }
    return () => {
      observer.disconnect();
      made.destroy();
    };
  }, [say, clock, number, theme]);
  useEffect(() => plot.current?.setData(data), [data]);

  return (
    <figure className="card">
      <figcaption className="title-row">
        <h2>{say('chart')}</h2>
        <span className="legend">
          <span className="line-today">{say('chartToday')}</span>{' '}
          <span className="line-before">{say('chartBefore')}</span>
        </span>
      </figcaption>
      <div ref={place} className="chart" role="img" aria-label={say('chart')} />
      <details>
        <summary>{say('chartTable')}</summary>
        <table>
          <thead>
            <tr>
              <th scope="col">{say('hour')}</th>
              <th scope="col" className="number">
                {say('chartToday')}
              </th>
              <th scope="col" className="number">
                {say('chartBefore')}
              </th>
            </tr>
          </thead>
          <tbody>
            {rowsOf(taps).map(({ from, today, before }) => (
              <tr key={from}>
                <td>{clock(from)}</td>
                <td className="number">{today === null ? '' : number(today)}</td>
                <td className="number">{number(before)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </figure>
  );
}

/** Both over the clock of the day that is: the week before lies under it. */
function dataOf({ today, before }: NonNullable<TodayAnswer['taps']>): UPlot.AlignedData {
  const [now, then] = [rates({ counts: today.counts.slice(0, -1) }), rates(before)];
  const length = Math.max(now.length, then.length);
  const times = Array.from({ length }, (_, i) => today.from / 1_000 + (i + 1) * STEP_S);
  const padded = (values: readonly number[]) => times.map((_, i) => values[i] ?? null);
  return [times, padded(now), padded(then)];
}

function rowsOf({ today, before }: NonNullable<TodayAnswer['taps']>) {
  const now = hourly(today);
  return hourly(before).map(({ count }, i) => ({
    from: today.from + i * 3_600_000,
    today: now[i]?.count ?? null,
    before: count,
  }));
}
