/** The figures as a person reads them. */
import { formatCount, tableLines } from '../text.ts';
import type { Result } from './result.ts';
import { TARGETS } from './targets.ts';

export function resultTable(results: readonly Result[]): string {
  const columns = [
    { title: 'figure' },
    { title: 'value', numeric: true },
    { title: 'unit' },
    { title: 'target', numeric: true },
    { title: '' },
    { title: 'runs' },
  ];
  const rows = results.map((result) => {
    const { id, value, unit, target, runs } = result;
    const aim = target === null ? '' : `${'atMost' in TARGETS[id] ? '≤' : '≥'} ${shown(target)}`;
    const verdict = target === null ? '' : isMet(result) ? 'met' : 'missed';
    return [id, shown(value), unit, aim, verdict, runs.map(shown).join('  ')];
  });
  return `${tableLines(columns, rows).join('\n')}\n`;
}

function isMet({ id, value, target }: Result): boolean {
  if (target === null) return true;
  return 'atMost' in TARGETS[id] ? value <= target : value >= target;
}

function shown(value: number): string {
  return Number.isInteger(value) ? formatCount(value) : String(value);
}
