/** Text for a person: amounts, times, counts, aligned tables. */
import type { Amount, Time } from '@retap/model';

/** Minor units with two decimals, by integer arithmetic alone: a division would round some balances wrong. */
export function formatAmount(amount: Amount): string {
  const minor = BigInt(amount);
  const size = minor < 0n ? -minor : minor;
  const cents = String(size % 100n).padStart(2, '0');
  return `${minor < 0n ? '-' : ''}${grouped(size / 100n)}.${cents}`;
}

export function formatCount(count: number): string {
  return grouped(BigInt(count));
}

/** `1 record`, `1,000 records`. */
export function formatCounted(count: number, one: string, several = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : several}`;
}

function grouped(whole: bigint): string {
  return String(whole).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** ISO 8601, UTC; what no date can be, as the number it is. */
export function formatTime(time: Time): string {
  return Math.abs(time) <= 8.64e15 ? new Date(time).toISOString() : String(time);
}

/** How long ago, in the largest unit of which there are two: `90 s`, `3 h`, `12 d`. */
export function formatAge(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  for (const [unit, length] of [
    ['d', 86_400],
    ['h', 3_600],
    ['min', 60],
  ] as const) {
    if (seconds >= 2 * length) return `${Math.floor(seconds / length)} ${unit}`;
  }
  return `${seconds} s`;
}

/** Text from outside as it may stand on a screen: control characters could move the cursor or change colours. */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, (found) => {
    return `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

export interface Column {
  readonly title: string;
  /** Numbers are aligned at their end. */
  readonly numeric?: boolean;
}

/** Lines of a table with aligned columns. */
export function tableLines(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const cells = [columns.map(({ title }) => title), ...rows.map((row) => row.map(printable))];
  const widths = columns.map((_, index) => Math.max(...cells.map((row) => (row[index] ?? '').length)));
  return cells.map((row) =>
    columns
      .map(({ numeric }, index) => {
        const text = row[index] ?? '';
        return numeric ? text.padStart(widths[index] ?? 0) : text.padEnd(widths[index] ?? 0);
      })
      .join('  ')
      .trimEnd(),
  );
}
