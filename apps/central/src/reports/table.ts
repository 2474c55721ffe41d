/** The table of a report: written as it is read, so that ten years need no more memory than a day. */
import type { DayLine, DaysQuery, SiteSettings } from '@retap/central';
import type { Time } from '@retap/model';
import { dayOf, textOf } from '../zone/days.ts';
import { BYTE_ORDER_MARK, csvLine, decimal } from './csv.ts';

/** The last ones are the same in every line: what the table is of travels with it, wherever its lines are copied to. */
const HEADER = [
  ...['day', 'terminal', 'type', 'product', 'count', 'amount', 'in_doubt', 'in_doubt_amount'],
  ...['currency', 'time_zone', 'day_start', 'summed_by', 'filter', 'as_of'],
];

/** Characters sent at a time. */
const PIECE = 16_384;

export interface TableOf {
  readonly query: DaysQuery;
  readonly site: SiteSettings;
  readonly asOf: Time;
}

export function tableOf(lines: AsyncIterable<DayLine>, { query, site, asOf }: TableOf): ReadableStream<Uint8Array> {
  const { code, digits } = site.currency;
  const { terminal, type, product } = query;
  const filter = Object.entries({ terminal, type, product }).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}:${value}`],
  );
  const summedBy = ['day', ...query.by].join(' ');
  const same = [code, site.timeZone, site.dayStart, summedBy, filter.join(' '), new Date(asOf).toISOString()];
  const lineOf = ({ day, terminal, type, product, count, amount, inDoubt, inDoubtAmount }: DayLine): string =>
    csvLine([
      ...[textOf(dayOf(day, site)), terminal, type, product],
      ...[count, decimal(amount, digits), inDoubt, decimal(inDoubtAmount, digits), ...same],
    ]);
  const encoder = new TextEncoder();
  const rest = lines[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>({
    start(stream) {
      stream.enqueue(encoder.encode(BYTE_ORDER_MARK + csvLine(HEADER)));
    },
    async pull(stream) {
      let text = '';
      while (text.length < PIECE) {
        const { value, done } = await rest.next();
        if (!done) text += lineOf(value);
        else if (text === '') return stream.close();
        else break;
      }
      stream.enqueue(encoder.encode(text));
    },
    async cancel() {
      await rest.return?.();
    },
  });
}
