/** Tables as text (RFC 4180), which a spreadsheet opens without doing what a cell says. */
const NEWLINE = '\r\n';

/** A number that is written as it is. */
export interface Decimal {
  readonly decimal: string;
}
export type CsvCell = string | number | Decimal | null;

/** With a mark in front, by which spreadsheets know that it is UTF-8. */
export const BYTE_ORDER_MARK = '\uFEFF';

export function csvLine(cells: readonly CsvCell[]): string {
  return cells.map(cellText).join(',') + NEWLINE;
}

function cellText(cell: CsvCell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  if (typeof cell === 'object') return cell.decimal;
  // What begins so is taken for a formula (OWASP, CSV injection).
  const text = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** An amount of minor units as a number with its point, for a program: `-5.00`. */
export function decimal(amount: number, digits: number): Decimal {
  const text = String(Math.abs(amount)).padStart(digits + 1, '0');
  const [whole, fraction] = [text.slice(0, text.length - digits), text.slice(text.length - digits)];
  return { decimal: `${amount < 0 ? '-' : ''}${whole}${digits === 0 ? '' : `.${fraction}`}` };
}
