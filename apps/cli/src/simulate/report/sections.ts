/** The parts of the report beside the comparison: pictures, and the tables of their numbers. */
import type { DayKind } from '@retap/simulator';
import { barChart, type Curve, curveChart, escaped, roundUp, type Tick } from './charts.ts';
import type { Figures } from './figures.ts';
import { folded, type Print, table } from './print.ts';
import { fill } from './words.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export function section(id: string, title: string, lead: string, content: string): string {
  return `<section aria-labelledby="${id}"><h2 id="${id}">${escaped(title)}</h2>
<p class="quiet">${escaped(lead)}</p>
${content}</section>`;
}

/** A picture that is wider than a phone is scrolled. */
function picture(label: string, svg: string): string {
  return `<div class="scroll" tabindex="0" role="group" aria-label="${escaped(label)}">${svg}</div>`;
}

export function figure8(figures: Figures, print: Print, id: string): string {
  const { text, dayKinds } = print.words;
  const { days, scale, compareWith } = figures;
  const bars = days.map(({ date, kind, successful }, index) => ({
    ...{ label: date.slice(8).replace(/^0/, ''), value: successful / scale, className: kind },
    isLabelled: days.length <= 16 || index % 2 === 0,
  }));
  const line = compareWith === 'urbana-2015' ? { value: 200_000, label: text.paperLine } : null;
  const most = days.reduce((best, day) => (day.successful > best.successful ? day : best), days[0] as (typeof days)[0]);
  const description = `${text.figure8Lead} ${print.date(most.date)}: ${print.count(most.successful / scale)}.`;
  const chart = barChart({ id, title: text.figure8, description }, bars, (value) => print.count(value), line);
  const kinds = [...new Set(days.map(({ kind }) => kind))];
  const rows = days.map(({ date, kind, successful, torn, batches, cutOff }) => [
    ...[print.date(date), dayKinds[kind], print.count(successful / scale), print.count(successful)],
    ...[print.count(torn), print.count(batches), print.count(cutOff)],
  ]);
  const head = [text.date, text.dayKind, text.scaled, text.counted, text.torn, text.batches, text.cutOff];
  return (
    picture(text.figure8, chart) +
    legend(
      kinds.map((kind) => ({
        label: dayKinds[kind as DayKind],
        mark: `<rect class="${kind}" width="32" height="12"/>`,
      })),
    ) +
    folded(text.showTable, table({ caption: text.figure8, head, rows, numbersFrom: 2 }))
  );
}

function legend(entries: readonly { readonly label: string; readonly mark: string }[]): string {
  const items = entries.map(
    ({ label, mark }) => `<li><svg viewBox="0 0 32 12" aria-hidden="true">${mark}</svg>${escaped(label)}</li>`,
  );
  return `<ul class="legend">${items.join('')}</ul>`;
}

/** Along the axis of times to settle, which is logarithmic. */
const TIMES = [
  [SECOND, '1 s'],
  [MINUTE, '1 min'],
  [10 * MINUTE, '10 min'],
  [HOUR, '1 h'],
  [6 * HOUR, '6 h'],
  [DAY, '1 d'],
  [10 * DAY, '10 d'],
  [31 * DAY, '31 d'],
] as const;
const FIRST = Math.log(SECOND);
const LAST = Math.log(45 * DAY);
const along = (ms: number): number => Math.min(1, Math.max(0, (Math.log(Math.max(ms, 1)) - FIRST) / (LAST - FIRST)));

/** Share of the torn taps that are settled by then. */
function settledWithin(delays: readonly number[], limit: number, torn: number): number {
  return torn === 0 ? 0 : delays.filter((delay) => delay <= limit).length / torn;
}

export function settlingCurves({ settling }: Figures, print: Print, id: string): string {
  const { text, evidence } = print.words;
  const steps = Object.entries(settling.delaysMs) as [keyof typeof evidence, readonly number[]][];
  const curves: Curve[] = steps.map(([step, delays]) => {
    // A point for each of 200 places of the picture: a point for each of 5,000 taps would show no more.
    const points = Array.from({ length: 201 }, (_, place) => {
      const limit = Math.exp(FIRST + ((LAST - FIRST) * place) / 200);
      return [place / 200, settledWithin(delays, limit, settling.torn)] as const;
    });
    return { name: evidence[step], className: step, points };
  });
  const across: Tick[] = TIMES.map(([ms, label]) => ({ at: along(ms), label }));
  const up = [0, 0.25, 0.5, 0.75, 1].map((at) => ({ at, label: print.percent(at, 0) }));
  const words = steps.map(
    ([step, delays]) => `${evidence[step]}: ${print.percent(settledWithin(delays, DAY, settling.torn))}`,
  );
  const description = `${text.settlingLead} ${fill(text.within, { time: '1 d' })}: ${words.join('; ')}.`;
  const rows = steps.map(([step, delays]) => [
    evidence[step],
    ...TIMES.slice(1).map(([ms]) => print.percent(settledWithin(delays, ms, settling.torn))),
  ]);
  const head = [text.evidence, ...TIMES.slice(1).map(([, label]) => fill(text.within, { time: label }))];
  return (
    picture(text.settling, curveChart({ id, title: text.settling, description }, curves, across, up)) +
    legend(steps.map(([step]) => ({ label: evidence[step], mark: `<path class="curve ${step}" d="M0 6H32"/>` }))) +
    folded(text.showTable, table({ caption: `${text.settling} (${text.ofTorn})`, head, rows }))
  );
}

export function doubtCurve({ doubt }: Figures, print: Print, id: string): string {
  const { text } = print.words;
  const most = roundUp(Math.max(100, ...doubt.map(({ amount }) => amount)));
  const from = doubt[0]?.at ?? 0;
  const length = Math.max(1, (doubt.at(-1)?.at ?? 1) - from);
  const points = doubt.map(({ at, amount }) => [(at - from) / length, amount / most] as const);
  const places = [0, 0.25, 0.5, 0.75, 1];
  const across = places.map((at) => ({ at, label: print.moment(from + at * length).split(/,? (?=\d\d:)/)[0] ?? '' }));
  const up = places.map((at) => ({ at, label: print.amount(at * most) }));
  const peak = doubt.reduce((best, point) => (point.amount > best.amount ? point : best), {
    at: 0,
    count: 0,
    amount: 0,
  });
  const description = `${text.doubtLead} ${print.moment(peak.at)}: ${print.amount(peak.amount)}.`;
  const chart = curveChart(
    { id, title: text.doubt, description },
    [{ name: text.doubt, className: 'doubt', points }],
    across,
    up,
  );
  const rows = doubt.map(({ at, amount, count }) => [print.moment(at), print.amount(amount), print.count(count)]);
  return (
    picture(text.doubt, chart) +
    folded(text.showTable, table({ caption: text.doubt, head: [text.date, text.amount, text.tapsInDoubt], rows }))
  );
}
