/** A chart of rates as an SVG file of its own: axes with names, values beside the points, colours for light and dark. */
import { escaped, roundUp } from '../simulate/report/charts.ts';
import { formatCount } from '../text.ts';

/** x as it is given, in any order of size; y in records a second. */
type Point = readonly [x: number, y: number];

export interface Series {
  readonly name: string;
  /** `aim`: a dashed line, without values. `bars`: one at each x. */
  readonly drawn: 'line' | 'bars' | 'aim';
  /** Of the colours that there are: 1 is what it is about. */
  readonly colour: 1 | 2 | 3;
  readonly points: readonly Point[];
}

export interface Chart {
  readonly title: string;
  readonly xName: string;
  /** Even distances from one to ten and from ten to a hundred, or from one to two and from two to three. */
  readonly scale: 'logarithmic' | 'linear';
  /** Where the x axis has a mark. */
  readonly ticks: readonly (readonly [x: number, label: string])[];
  readonly series: readonly Series[];
}

const [WIDTH, HEIGHT] = [720, 380];
const [LEFT, RIGHT, TOP, BOTTOM] = [84, 40, 84, 62];
/** Room for bars and values beyond the first and last x, as a share of the width. */
const MARGIN = 0.08;
const BAR_WIDTH = 70;

const STYLE = `
svg{color-scheme:light dark;--ground:#fff;--text:#1b211d;--quiet:#4c564f;--line:#d5dbd6;--c1:#14532d;--c2:#1d4ed8;--c3:#9f1239}
@media (prefers-color-scheme:dark){svg{--ground:#161b17;--text:#e9eeea;--quiet:#b2beb5;--line:#3b453e;--c1:#86efac;--c2:#93c5fd;--c3:#fda4af}}
text{font:13px system-ui,"DejaVu Sans",sans-serif;fill:var(--quiet)}
.title{font-size:16px;font-weight:600;fill:var(--text)}
.value{font-size:12px;fill:var(--text);paint-order:stroke;stroke:var(--ground);stroke-width:4px}
.ground{fill:var(--ground)}.grid{stroke:var(--line)}
.line{fill:none;stroke-width:2.5}.aim{stroke-dasharray:7 5;stroke-width:2}
.s1{stroke:var(--c1)}.s2{stroke:var(--c2)}.s3{stroke:var(--c3)}
.f1{fill:var(--c1)}.f2{fill:var(--c2)}.f3{fill:var(--c3)}`;

export function chartSvg(chart: Chart): string {
  const all = chart.series.flatMap(({ points }) => points);
  const most = roundUp(Math.max(1, ...all.map(([, y]) => y)));
  const place = placing(chart, most);
  const across = chart.ticks.map(([x, label]) => {
    const at = place.x(x);
    return `<line class="grid" x1="${at}" x2="${at}" y1="${HEIGHT - BOTTOM}" y2="${HEIGHT - BOTTOM + 6}"/>
<text x="${at}" y="${HEIGHT - BOTTOM + 22}" text-anchor="middle">${escaped(label)}</text>`;
  });
  const up = [0, 0.25, 0.5, 0.75, 1].map((share) => {
    const at = place.y(share * most);
    return `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${at}" y2="${at}"/>
<text x="${LEFT - 10}" y="${at + 4}" text-anchor="end">${formatCount(Math.round(share * most))}</text>`;
  });
  const middle = (TOP + HEIGHT - BOTTOM) / 2;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-labelledby="t">
<title id="t">${escaped(chart.title)}</title>
<style>${STYLE}</style>
<rect class="ground" width="${WIDTH}" height="${HEIGHT}"/>
<text class="title" x="${LEFT}" y="28">${escaped(chart.title)}</text>
${legend(chart.series)}
${up.join('\n')}
${across.join('\n')}
<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 14}" text-anchor="middle">${escaped(chart.xName)}</text>
<text transform="translate(18 ${middle}) rotate(-90)" text-anchor="middle">records/s</text>
${chart.series.map((each) => drawn(each, place)).join('\n')}
</svg>
`;
}

interface Placing {
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
}

function placing({ scale, series, ticks }: Chart, most: number): Placing {
  const along = scale === 'linear' ? (value: number) => value : (value: number) => Math.log10(value);
  const places = [...series.flatMap(({ points }) => points.map(([x]) => x)), ...ticks.map(([x]) => x)].map(along);
  const [low, high] = [Math.min(...places), Math.max(...places)];
  const share = (value: number): number =>
    MARGIN + (1 - 2 * MARGIN) * (high > low ? (along(value) - low) / (high - low) : 0.5);
  return {
    x: (value) => tenths(LEFT + share(value) * (WIDTH - LEFT - RIGHT)),
    y: (value) => tenths(HEIGHT - BOTTOM - (value / most) * (HEIGHT - TOP - BOTTOM)),
  };
}

const tenths = (value: number): number => Math.round(value * 10) / 10;

function drawn({ drawn: kind, colour, points }: Series, { x, y }: Placing): string {
  const sorted = [...points].sort(([a], [b]) => a - b);
  const path = sorted.map((point, index) => `${index === 0 ? 'M' : 'L'}${x(point[0])} ${y(point[1])}`).join('');
  if (kind === 'aim') return `<path class="line aim s${colour}" d="${path}"/>`;
  const marks = sorted.map(([px, py]) => {
    const mark =
      kind === 'bars'
        ? `<rect class="f${colour}" x="${x(px) - BAR_WIDTH / 2}" y="${y(py)}" width="${BAR_WIDTH}" height="${tenths(y(0) - y(py))}"/>`
        : `<circle class="f${colour}" cx="${x(px)}" cy="${y(py)}" r="4"/>`;
    return `${mark}<text class="value" x="${x(px)}" y="${y(py) - 9}" text-anchor="middle">${formatCount(Math.round(py))}</text>`;
  });
  const line = kind === 'line' ? `<path class="line s${colour}" d="${path}"/>` : '';
  return `${line}${marks.join('')}`;
}

/** In one line, each name beside a piece of its line. */
function legend(series: readonly Series[]): string {
  let at = LEFT;
  return series
    .map(({ name, drawn: kind, colour }) => {
      const from = at;
      at += 34 + name.length * 6.9 + 18;
      const sample =
        kind === 'bars'
          ? `<rect class="f${colour}" x="${from}" y="46" width="26" height="11"/>`
          : `<path class="line ${kind === 'aim' ? 'aim ' : ''}s${colour}" d="M${from} 52H${from + 26}"/>`;
      return `${sample}<text x="${from + 34}" y="56">${escaped(name)}</text>`;
    })
    .join('\n');
}
