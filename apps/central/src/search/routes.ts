/** The search box over HTTP: what was typed, and what there is of it that the caller may see (docs/console.md, "Search"). */
import { type Capability, type Central, may } from '@retap/central';
import type { Time } from '@retap/model';
import { z } from 'zod';
import type { Api } from '../api/api.ts';
import type { Caller } from '../api/caller.ts';
import { LINE } from '../records/shapes.ts';
import { dayOf, plusDays, textOf } from '../zone/days.ts';
import { type Lookup, parseSearch, type SearchFilters } from './parse.ts';

export interface SearchRouteOptions {
  readonly central: Central;
  readonly now: () => Time;
}

const TEXT_MAX = 200;
const MEDIA_SHOWN = 8;

const HIT = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('medium'), medium: z.string() }),
  z.object({ kind: z.literal('terminal'), terminal: z.int() }),
  z.object({ kind: z.literal('record'), terminal: z.int(), serial: z.int(), line: LINE }),
  z.object({ kind: z.literal('batch'), receipt: z.int() }),
  z.object({ kind: z.literal('alert'), id: z.int(), alert: z.looseObject({ kind: z.string() }), state: z.string() }),
  z.object({
    kind: z.literal('records'),
    search: z.string().describe('As `/records` is asked for them'),
    text: z.string().describe('As it was typed'),
  }),
]);
type Hit = z.output<typeof HIT>;

/** What one must be allowed to see it. */
const NEEDS: Readonly<Record<Hit['kind'], Capability>> = {
  ...{ medium: 'see-media', record: 'see-media', records: 'see-media' },
  ...{ terminal: 'see-terminals', batch: 'see-alerts', alert: 'see-alerts' },
};

export function addSearchRoute(api: Api, { central, now }: SearchRouteOptions): void {
  api.add(
    {
      method: 'get',
      path: '/search',
      operationId: 'search',
      summary: 'What there is under a name, a number, an amount or a day, as far as the caller may see it',
      tag: 'state',
      access: 'see-totals',
      query: {
        q: z
          .string({ error: 'must say what is looked for' })
          .max(TEXT_MAX, `must be at most ${TEXT_MAX} characters`)
          .describe('Such as `17-4711`, `batch 12`, `5.00 yesterday`, `status:unverified terminal:17 amount>5`'),
      },
      answers: {
        200: {
          description: 'What was found, the nearest first',
          schema: z.object({ hits: z.array(HIT), notUnderstood: z.array(z.string()) }),
        },
      },
    },
    async ({ c, caller, query: { q } }) => {
      const days = await central.site.settings();
      const { digits } = days.currency;
      const parsed = parseSearch(q, { today: dayOf(now(), days), digits });
      const hits: Hit[] = [];
      for (const lookup of parsed.lookups) {
        if (maySee(caller, lookup.kind)) hits.push(...(await found(central, lookup)));
      }
      const search = questionOf(parsed.filters);
      if (search !== '' && maySee(caller, 'records')) hits.push({ kind: 'records', search, text: parsed.filterText });
      return c.json({ hits, notUnderstood: parsed.notUnderstood });
    },
  );
}

function maySee(caller: Caller, kind: Hit['kind']): boolean {
  // Where nobody signs in, whoever may ask at all may look.
  return caller.kind === 'everybody' || may(caller.roles, NEEDS[kind]);
}

async function found(central: Central, lookup: Lookup): Promise<Hit[]> {
  const { kind } = lookup;
  switch (kind) {
    case 'medium':
      return (await central.media({ prefix: lookup.prefix, limit: MEDIA_SHOWN })).map((medium) => ({ kind, medium }));
    case 'terminal': {
      const { terminal } = lookup;
      const isThere =
        (await central.registry.terminal(terminal)) !== null ||
        (await central.records.records({ terminal, limit: 1 })).records.length > 0;
      return isThere ? [{ kind, terminal }] : [];
    }
    case 'record': {
      const line = await central.records.line(lookup);
      return line ? [{ kind, terminal: line.terminal, serial: line.serial, line }] : [];
    }
    case 'batch':
      return (await central.records.hasBatch(lookup.receipt)) ? [{ kind, receipt: lookup.receipt }] : [];
    case 'alert': {
      const one = await central.alertWork.case(lookup.id);
      return one ? [{ kind, id: one.id, alert: { ...one.alert }, state: one.state }] : [];
    }
  }
}

/** As `/records` is asked for them. */
function questionOf({ days, ...filters }: SearchFilters): string {
  const [from, until] = days ?? [null, null];
  const asked = { ...filters, fromDay: from && textOf(from), toDay: until && textOf(plusDays(until, -1)) };
  const question = new URLSearchParams();
  for (const [name, value] of Object.entries(asked)) {
    if (value !== null && value !== undefined) question.set(name, String(value));
  }
  return question.toString();
}
