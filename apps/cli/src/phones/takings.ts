/** `retap phones takings`: what phones were paid, what they gave back and cashed out, and what is in doubt. */
import type { Takings } from '@retap/central';
import type { TerminalNumber } from '@retap/model';
import type { DatabaseOption } from '../database.ts';
import type { Shell } from '../shell.ts';
import { type Column, formatAmount, tableLines } from '../text.ts';
import { withCentral } from './phones.ts';

export interface TakingsOptions extends DatabaseOption {
  readonly format: 'text' | 'json';
}

const COLUMNS: readonly Column[] = [
  { title: 'phone', numeric: true },
  { title: 'taken', numeric: true },
  { title: 'of it unbacked', numeric: true },
  { title: 'refunded', numeric: true },
  { title: 'cashed out, paid', numeric: true },
  { title: 'to be paid', numeric: true },
  { title: 'payments in doubt', numeric: true },
];

/** @param terminal of this phone alone */
export async function takings(
  terminal: TerminalNumber | undefined,
  options: TakingsOptions,
  shell: Shell,
): Promise<void> {
  const all = await withCentral(options, shell, ({ transfers }) => transfers.takings(terminal));
  if (options.format === 'json') {
    for (const each of all) shell.stdout.write(`${JSON.stringify(each)}\n`);
    return;
  }
  if (all.length === 0) {
    shell.stdout.write('no phone has been paid, or has cashed out\n');
    return;
  }
  shell.stdout.write(`${tableLines(COLUMNS, all.map(rowOf)).join('\n')}\n`);
}

function rowOf({ terminal, taken, unbacked, refunded, cashOut, awaited }: Takings): string[] {
  const sums = [taken, unbacked, refunded, cashOut.paid, cashOut.unpaid, awaited];
  return [String(terminal), ...sums.map(({ amount }) => formatAmount(amount))];
}
