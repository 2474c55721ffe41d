/** Reports over HTTP: figures over days, also as a table to take away, and what is owed (docs/console.md, "Reports"). */
import { type Central, type DayLine, type DaysQuery, REPORT_PARTS, type ReportPart } from '@retap/central';
import { type Time, TRANSACTION_TYPES } from '@retap/model';
import { z } from 'zod';
import { BadQuestion } from '../answers.ts';
import type { Api } from '../api/api.ts';
import { TIME } from '../api/shapes.ts';
import { AGE, DAY, NUMBER } from '../records/shapes.ts';
import { type Day, type Days, dayOf, plusDays, startOf, textOf } from '../zone/days.ts';
import { tableOf } from './table.ts';

export interface ReportRouteOptions {
  readonly central: Central;
  readonly now: () => Time;
}

/** Of what is answered at once; a table of more is streamed. */
const DAYS_MAX = 62;
const TABLE_DAYS_MAX = 3_660;
const LINES_MAX = 5_000;

const TYPES = ['open', ...TRANSACTION_TYPES] as const;
const PARTS = z
  .string()
  // A day alone has to be said by something: an empty text counts as nothing said.
  .transform((text) => text.split(',').filter((part) => part !== 'day'))
  .pipe(z.array(z.enum(REPORT_PARTS, { error: `must be of day, ${REPORT_PARTS.join(', ')}, with commas between` })));

const QUERY = {
  from: DAY.describe('The first day; default: yesterday'),
  to: DAY.describe('The last day; default: the first'),
  terminal: NUMBER.optional(),
  type: z.enum(TYPES, { error: `must be one of ${TYPES.join(', ')}` }).optional(),
  product: z.string().max(64, 'must be at most 64 characters').optional().describe('Its code'),
};

const LINE = z.object({
  day: z.string().describe('As the site counts days'),
  terminal: z.int().nullable(),
  type: z.enum(TYPES).nullable(),
  product: z.string().nullable().describe('Code of the product bought or checked in with'),
  count: z.int().min(0).describe('What counts: openings, and effective transactions'),
  amount: z.int().describe('Whole minor units, signed'),
  inDoubt: z.int().min(0).describe('What is in doubt beside'),
  inDoubtAmount: z.int(),
});

const COUNTED = { media: z.int(), amount: z.int() };
const LIABILITIES = z.object({
  asOf: TIME,
  media: z.int(),
  owed: z.int().describe('Sum of balances above zero, in whole minor units'),
  overdrawn: z.int().describe('Sum of balances below zero'),
  unopened: z.object(COUNTED).describe('Of these: media whose opening is not received'),
  synchronization: z
    .array(z.object({ kind: z.enum(['gap', 'fork', 'mismatch']), count: z.int(), amount: z.int() }))
    .describe('Credit moved that is not explained'),
  ages: z.array(AGE).describe('In doubt'),
  pendingValidations: z.int(),
});

/** Sums over all media, as `/totals` shows them to the same people: no account can be seen in them. */
export function addReportRoutes(api: Api, options: ReportRouteOptions): void {
  const { central, now } = options;
  const common = { method: 'get', tag: 'state', access: 'see-totals' } as const;
  api.add(
    {
      ...{ ...common, path: '/reports/days', operationId: 'reportDays' },
      summary: 'Transactions and amounts by day, terminal, type and product',
      query: {
        ...QUERY,
        by: PARTS.default(['type']).describe(`Of day, ${REPORT_PARTS.join(', ')}, with commas between; always by day`),
      },
      answers: {
        200: {
          description: `Up to ${LINES_MAX} lines, by day`,
          schema: z.object({
            ...{ timeZone: z.string(), dayStart: z.string(), from: z.string(), to: z.string() },
            lines: z.array(LINE),
            isCut: z.boolean().describe('There are more lines: ask for fewer days, or for the table'),
          }),
        },
      },
    },
    async ({ c, query: { from, to, by, ...filters } }) => {
      const site = await central.site.settings();
      const range = rangeOf({ from, to }, { site, now: now(), most: DAYS_MAX });
      const lines: z.output<typeof LINE>[] = [];
      let isCut = false;
      for await (const line of central.reports.days({
        ...filters,
        by: by as ReportPart[],
        starts: startsOf(range, site),
      })) {
        isCut = lines.length === LINES_MAX;
        if (isCut) break;
        lines.push({ ...line, day: textOf(dayOf(line.day, site)) });
      }
      const { timeZone, dayStart } = site;
      return c.json({ timeZone, dayStart, from: textOf(range.from), to: textOf(range.to), lines, isCut });
    },
  );
  api.add(
    {
      ...{ ...common, path: '/reports/days.csv', operationId: 'reportDaysTable' },
      summary: 'The same as a table, with filters and time zone in it; streamed, day by day',
      query: { ...QUERY, by: PARTS.default([...REPORT_PARTS]) },
      answers: { 200: { description: 'RFC 4180', type: 'text/csv' } },
    },
    async ({ c, query: { from, to, by, ...filters } }) => {
      const site = await central.site.settings();
      const asOf = now();
      const range = rangeOf({ from, to }, { site, now: asOf, most: TABLE_DAYS_MAX });
      const query: DaysQuery = { ...filters, by: by as ReportPart[], starts: startsOf(range, site) };
      const lines: AsyncIterable<DayLine> = central.reports.days(query);
      const name = `days-${textOf(range.from)}-${textOf(range.to)}.csv`;
      return c.body(tableOf(lines, { query, site, asOf }), 200, {
        'content-type': 'text/csv; charset=utf-8; header=present',
        'content-disposition': `attachment; filename="${name}"`,
      });
    },
  );
  api.add(
    {
      ...{ ...common, path: '/reports/liabilities', operationId: 'liabilities' },
      summary: 'What is owed to passengers, and how sure that is',
      answers: { 200: { description: 'As of now', schema: LIABILITIES } },
    },
    async ({ c }) => {
      const asOf = now();
      return c.json({ asOf, ...(await central.reports.liabilities(asOf)) });
    },
  );
}

interface DayRange {
  readonly from: Day;
  readonly to: Day;
}

/** @throws BadQuestion */
function rangeOf(
  asked: { readonly from: Day | undefined; readonly to: Day | undefined },
  { site, now, most }: { readonly site: Days; readonly now: Time; readonly most: number },
): DayRange {
  const from = asked.from ?? asked.to ?? plusDays(dayOf(now, site), -1);
  const to = asked.to ?? from;
  const days = daysBetween(from, to);
  if (days < 1) throw new BadQuestion('"to" must not be before "from"');
  if (days > most) throw new BadQuestion(`"to": ask for at most ${most} days at a time, not ${days}`);
  return { from, to };
}

function daysBetween(from: Day, to: Day): number {
  const number = ({ year, month, day }: Day): number => Date.UTC(year, month - 1, day) / 86_400_000;
  return number(to) - number(from) + 1;
}

function startsOf({ from, to }: DayRange, site: Days): Time[] {
  return Array.from({ length: daysBetween(from, to) + 1 }, (_, index) => startOf(plusDays(from, index), site));
}
