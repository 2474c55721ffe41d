/** What `retap whatif` found, for a person: each formula beside what it comes to. */
import { amountOf } from '@retap/model';
import {
  type Check,
  type Estimate,
  type Halved,
  isRefuted,
  KNOBS,
  type Loss,
  type SourceCheck,
  type SourceLoss,
  type Step,
} from '@retap/simulator/whatif';
import { formatAmount, formatCount, tableLines } from '../text.ts';
import { valueText } from './knobs.ts';
import { meanText } from './units.ts';

const UNBOUNDED = 'unbounded';

const LETTERS = [
  '',
  'f fare; rates of taps: c of a copy, h of the medium itself, r of a terminal; latencies: U upload, R from the alert to the block,',
  'L of the list, each Σᵢ pᵢ · mᵢ with and without a link; e between publications; B balance copied, Bmax and m balance limits',
];

/** A mean of money is a fraction of a minor unit; shown is the nearest whole one. */
function money(amount: number | null): string {
  return amount === null ? UNBOUNDED : formatAmount(amountOf(Math.round(amount)));
}

export function estimateLines(found: Estimate): string[] {
  const { plan, sources, moneyInDoubt, halved } = found;
  const city = `${formatCount(plan.tapsPerDay)} taps a day, ${formatCount(plan.media)} media, ${formatCount(plan.terminals)} terminals`;
  return [
    `What a ${plan.period} costs: ${city}`,
    '',
    ...lossLines(found),
    '',
    'expected λ · E[X], deviation √(λ · E[X²]), of λ events that cost X each; 95 % bound: of their sum, by Panjer’s recursion',
    `worst: the most that the limits leave possible, of as many events as one ${plan.period} in a thousand exceeds`,
    `in doubt at any moment, of torn taps that will be settled yet: ${moneyInDoubt === null ? UNBOUNDED : money(moneyInDoubt)}`,
    ...LETTERS,
    ...sources.flatMap(sourceLines),
    '',
    'What half of it saves',
    ...halvedLines(halved),
  ];
}

function lossLines({ sources, total }: Estimate): string[] {
  const columns = [
    { title: 'source' },
    ...['events', 'one event', 'expected', 'deviation', '95 % bound', 'worst'].map((title) => ({
      title,
      numeric: true,
    })),
  ];
  const row = (name: string, events: string, one: string, loss: Loss): string[] => [
    ...[name, events, one, money(loss.expected), money(loss.deviation), money(loss.bound), money(loss.worst)],
  ];
  const rows = sources.map((loss) => {
    const { source, perEvent } = loss;
    return row(source.source, source.events.mean.toFixed(2), money(perEvent), loss);
  });
  return tableLines(columns, [...rows, row('total', '', '', total)]);
}

function sourceLines({ source, eventsWorst, worst }: SourceLoss): string[] {
  const steps = [
    ...source.steps.map((step) => [stepText(step), step.formula]),
    [money(worst), `worst of the period: ${formatCount(eventsWorst)} events`],
  ];
  const width = Math.max(...steps.map(([value = '']) => value.length));
  return [
    '',
    `${source.source}: ${source.meaning}`,
    ...steps.map(([value = '', formula = '']) => `  ${value.padStart(width)}  ${formula}`),
    ...source.assumptions.map((assumption) => `  assumed: ${assumption}`),
  ];
}

function stepText({ value, unit }: Step): string {
  if (value === null) return UNBOUNDED;
  if (unit === 'amount') return money(value);
  return unit === 'duration' ? meanText(value) : value.toFixed(2);
}

function halvedLines(halved: readonly Halved[]): string[] {
  const columns = ['knob', 'from', 'to', 'expected', 'worst'].map((title, at) => ({ title, numeric: at > 0 }));
  const rows = halved.map(({ knob, from, to, expected, worst }) => [
    ...[
      knob,
      valueText(KNOBS[knob], from),
      valueText(KNOBS[knob], to),
      money(expected),
      worst === null ? '?' : money(worst),
    ],
  ]);
  return tableLines(columns, rows);
}

export function checkLines(checked: Check, seed: string): string[] {
  const columns = [
    { title: 'checked' },
    ...['formula', 'simulated', '± 95 %', 'errors', 'highest', 'worst', 'found'].map((title) => ({
      title,
      numeric: true,
    })),
    { title: '' },
  ];
  const share = (100 * checked.boundHeld).toFixed(1);
  return [
    '',
    `Against ${formatCount(checked.sources[0]?.stories ?? 0)} simulated events of each kind, seed ${seed}`,
    ...tableLines(columns, checked.sources.map(checkRow)),
    `95 % bound of the total: held in ${share} % of ${formatCount(checked.periods)} periods put together from these events`,
    'in minor units, of one event; of torn taps and refunds, of one torn tap. One formula in twenty lies outside ± 95 % by chance, none beyond 4 errors.',
  ];
}

function checkRow(checked: SourceCheck): string[] {
  const { source, formula, simulated, within, errors, highest, worst, flagged, stories } = checked;
  const minor = (amount: number): string => formatCount(Math.round(amount));
  const verdict = isRefuted(checked)
    ? 'REFUTED'
    : Math.abs(formula - simulated) <= within
      ? 'inside'
      : 'by chance outside';
  return [
    ...[source, formula.toFixed(1), simulated.toFixed(1), within.toFixed(1), errors.toFixed(2)],
    ...[
      minor(highest),
      worst === null ? UNBOUNDED : minor(worst),
      flagged === null ? '' : `${flagged} of ${stories}`,
      verdict,
    ],
  ];
}

/** Amounts in minor units, durations in milliseconds. */
export function jsonOf(found: Estimate, checked: Check | null): unknown {
  const { plan, sources, total, moneyInDoubt, halved } = found;
  return {
    plan,
    sources: sources.map(({ source, ...loss }) => {
      const { source: name, meaning, events, worstEvent, steps, assumptions } = source;
      return { source: name, meaning, events: events.mean, ...loss, worstEvent, steps, assumptions };
    }),
    total,
    moneyInDoubt,
    halved,
    ...(checked && { check: checked }),
  };
}
