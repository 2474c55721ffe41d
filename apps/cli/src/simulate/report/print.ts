/** Numbers and tables of the page, as its language writes them. */
import type { Amount } from '@retap/model';
import { escaped } from './charts.ts';
import type { ReportWords } from './words.ts';

export class Print {
  readonly words: ReportWords;
  readonly #utcOffsetMs: number;

  constructor(words: ReportWords, utcOffsetHours: number) {
    this.words = words;
    this.#utcOffsetMs = utcOffsetHours * 3_600_000;
  }

  count(value: number): string {
    return this.#number(Math.round(value), 0);
  }

  decimal(value: number, digits = 1): string {
    return this.#number(value, digits);
  }

  percent(share: number, digits = 1): string {
    return `${this.#number(share * 100, digits)} %`;
  }

  /** With its sign. */
  difference(share: number): string {
    const shown = this.percent(Math.abs(share));
    return `${share < 0 ? '−' : '+'}${shown}`;
  }

  /** Minor units with two decimals. */
  amount(amount: Amount | number): string {
    return this.#number(amount / 100, 2);
  }

  /** `YYYY-MM-DD` of an operating day. */
  date(date: string): string {
    return new Intl.DateTimeFormat(this.words.locale, {
      ...{ timeZone: 'UTC', weekday: 'short', day: 'numeric', month: 'numeric' },
    }).format(new Date(`${date}T12:00:00Z`));
  }

  /** Of a moment, local. */
  moment(time: number): string {
    return new Intl.DateTimeFormat(this.words.locale, {
      ...{ timeZone: 'UTC', day: 'numeric', month: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
    }).format(new Date(time + this.#utcOffsetMs));
  }

  #number(value: number, digits: number): string {
    return new Intl.NumberFormat(this.words.locale, {
      ...{ minimumFractionDigits: digits, maximumFractionDigits: digits },
    }).format(value);
  }
}

interface Cell {
  readonly text: string;
  /** Stands out: something is not as it should be. */
  readonly isOff?: boolean;
}

export interface TableOptions {
  readonly caption: string;
  readonly head: readonly string[];
  /** The first cell names the row. */
  readonly rows: readonly (readonly (string | Cell)[])[];
  /** Columns from this one on are numbers; default: 1. */
  readonly numbersFrom?: number;
}

export function table({ caption, head, rows, numbersFrom = 1 }: TableOptions): string {
  const numeric = (column: number): string => (column >= numbersFrom ? ' class="n"' : '');
  const heads = head.map((text, column) => `<th scope="col"${numeric(column)}>${escaped(text)}</th>`).join('');
  const lines = rows.map((row) => {
    const cells = row.map((cell, column) => {
      const { text, isOff = false } = typeof cell === 'string' ? { text: cell } : cell;
      const content = isOff ? `<span class="off">${escaped(text)}</span>` : escaped(text);
      return column === 0 ? `<th scope="row">${content}</th>` : `<td${numeric(column)}>${content}</td>`;
    });
    return `<tr>${cells.join('')}</tr>`;
  });
  // Wider than a phone: it is scrolled, also by keys.
  return `<div class="scroll" tabindex="0" role="region" aria-label="${escaped(caption)}"><table><caption>${escaped(caption)}</caption>
<thead><tr>${heads}</tr></thead><tbody>
${lines.join('\n')}
</tbody></table></div>`;
}

export function folded(summary: string, content: string): string {
  return `<details><summary>${escaped(summary)}</summary>${content}</details>`;
}
