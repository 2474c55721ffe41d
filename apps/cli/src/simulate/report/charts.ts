/** Charts as SVG: titled, described, drawn in colours that the page sets for light and dark. Their numbers stand in a table beside them. */

export interface ChartText {
  /** Of the page: identifiers in it are unique. */
  readonly id: string;
  readonly title: string;
  readonly description: string;
}

export interface Bar {
  readonly label: string;
  readonly value: number;
  /** Class of its colour. */
  readonly className: string;
  /** Whether its label is written below it: there is no room for all. */
  readonly isLabelled: boolean;
}

export interface Tick {
  /** 0 … 1 along the axis. */
  readonly at: number;
  readonly label: string;
}

export interface Curve {
  readonly name: string;
  readonly className: string;
  /** x and y from 0 to 1, in order of x. */
  readonly points: readonly (readonly [number, number])[];
}

const WIDTH = 760;
const HEIGHT = 300;
const LEFT = 72;
const RIGHT = 16;
const TOP = 22;
const BOTTOM = 44;
const INNER_WIDTH = WIDTH - LEFT - RIGHT;
const INNER_HEIGHT = HEIGHT - TOP - BOTTOM;

export function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
}

const x = (share: number): number => Math.round((LEFT + share * INNER_WIDTH) * 10) / 10;
const y = (share: number): number => Math.round((TOP + (1 - share) * INNER_HEIGHT) * 10) / 10;

function svg({ id, title, description }: ChartText, content: string): string {
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="${id}-t ${id}-d">
<title id="${id}-t">${escaped(title)}</title><desc id="${id}-d">${escaped(description)}</desc>
${content}</svg>`;
}

function horizontalLines(ticks: readonly Tick[]): string {
  return ticks
    .map(
      ({ at, label }) =>
        `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(at)}" y2="${y(at)}"/>` +
        `<text class="tick" x="${LEFT - 8}" y="${y(at) + 4}" text-anchor="end">${escaped(label)}</text>`,
    )
    .join('\n');
}

function labelsBelow(ticks: readonly Tick[]): string {
  return ticks
    .map(
      ({ at, label }) =>
        `<line class="grid" x1="${x(at)}" x2="${x(at)}" y1="${y(0)}" y2="${y(0) + 5}"/>` +
        `<text class="tick" x="${x(at)}" y="${HEIGHT - 22}" text-anchor="middle">${escaped(label)}</text>`,
    )
    .join('\n');
}

/** @param line a figure to compare the bars with */
export function barChart(
  text: ChartText,
  bars: readonly Bar[],
  formatted: (value: number) => string,
  line: { readonly value: number; readonly label: string } | null,
): string {
  const most = roundUp(Math.max(1, line?.value ?? 0, ...bars.map(({ value }) => value)));
  const step = INNER_WIDTH / Math.max(1, bars.length);
  const columns = bars.map(({ label, value, className, isLabelled }, index) => {
    const left = LEFT + index * step;
    const top = y(value / most);
    const bar = `<rect class="${className}" x="${(left + step * 0.12).toFixed(1)}" y="${top}" width="${(step * 0.76).toFixed(1)}" height="${(y(0) - top).toFixed(1)}"><title>${escaped(`${label}: ${formatted(value)}`)}</title></rect>`;
    const below = `<text class="tick" x="${(left + step / 2).toFixed(1)}" y="${HEIGHT - 22}" text-anchor="middle">${escaped(label)}</text>`;
    return isLabelled ? bar + below : bar;
  });
  const compared = line
    ? `<line class="mark" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(line.value / most)}" y2="${y(line.value / most)}"/>` +
      `<text class="mark-text" x="${WIDTH - RIGHT}" y="${TOP - 7}" text-anchor="end">${escaped(`– – ${line.label}`)}</text>`
    : '';
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((at) => ({ at, label: formatted(at * most) }));
  return svg(text, `${horizontalLines(ticks)}\n${columns.join('\n')}\n${compared}`);
}

export function curveChart(
  text: ChartText,
  curves: readonly Curve[],
  across: readonly Tick[],
  up: readonly Tick[],
): string {
  const drawn = curves.map(({ name, className, points }) => {
    const path = points.map(([px, py], index) => `${index === 0 ? 'M' : 'L'}${x(px)} ${y(py)}`).join('');
    return `<path class="curve ${className}" d="${path}"><title>${escaped(name)}</title></path>`;
  });
  return svg(text, `${horizontalLines(up)}\n${labelsBelow(across)}\n${drawn.join('\n')}`);
}

/** The next number that a person would write at the end of an axis. */
export function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 1e-9)));
  const step = [1, 1.2, 1.6, 2, 2.4, 3, 4, 5, 6, 8, 10].find((each) => each * power >= value) ?? 10;
  return step * power;
}
