/** Records over HTTP: lists, and one by one (docs/console.md). */
import { AGES, type Central } from '@retap/central';
import type { Time } from '@retap/model';
import { z } from 'zod';
import { BadQuestion, refuse } from '../answers.ts';
import type { Api } from '../api/api.ts';
import { limit } from '../api/shapes.ts';
import { plusDays, startOf } from '../zone/days.ts';
import { CURSOR, NUMBER, RECORD_DETAIL, RECORD_FILTERS, RECORD_PAGE, UNVERIFIED_PAGE } from './shapes.ts';

export interface RecordRouteOptions {
  readonly central: Pick<Central, 'records' | 'site'>;
  readonly now: () => Time;
}

export function addRecordRoutes(api: Api, { central, now }: RecordRouteOptions): void {
  api.add(
    {
      method: 'get',
      path: '/records',
      operationId: 'records',
      summary: 'Records as they are asked for, the newest first',
      tag: 'state',
      access: 'see-media',
      query: { ...RECORD_FILTERS, before: CURSOR.optional(), limit: limit(50, 500) },
      answers: {
        200: { description: 'A page', schema: RECORD_PAGE },
      },
    },
    async ({ c, query: { fromDay, toDay, ...query } }) => {
      const days = fromDay || toDay ? await central.site.settings() : null;
      const from = days && fromDay ? startOf(fromDay, days) : query.from;
      const until = days && toDay ? startOf(plusDays(toDay, 1), days) : query.until;
      return c.json(await ofItsList(central.records.records({ ...query, from, until })));
    },
  );
  api.add(
    {
      method: 'get',
      path: '/records/{terminal}/{serial}',
      operationId: 'record',
      summary: 'One record: as it was received, what is concluded of it, and by what',
      tag: 'state',
      access: 'see-media',
      params: { terminal: NUMBER, serial: NUMBER },
      answers: {
        200: { description: 'The record', schema: RECORD_DETAIL },
        404: { description: 'It is not received' },
      },
    },
    async ({ c, params }) => {
      const found = await central.records.record(params);
      if (found !== null) return c.json(found);
      return refuse(c, 404, 'record-unknown', `no record ${params.terminal}-${params.serial} is received`);
    },
  );
  addUnverified(api, { central, now });
}

const AGE_ASKED = z
  .enum(AGES.map(String), { error: `must be one of ${AGES.join(', ')}` })
  .transform(Number)
  .optional()
  .describe('Only what is so many days old, up to the next of the ages');

function addUnverified(api: Api, { central, now }: RecordRouteOptions): void {
  api.add(
    {
      method: 'get',
      path: '/unverified',
      operationId: 'unverified',
      summary: 'What is in doubt, how old it is, and what would settle it',
      tag: 'state',
      access: 'see-media',
      query: { age: AGE_ASKED, terminal: NUMBER.optional(), before: CURSOR.optional(), limit: limit(50, 500) },
      answers: { 200: { description: 'A page', schema: UNVERIFIED_PAGE } },
    },
    async ({ c, query }) => {
      const asOf = now();
      return c.json({ asOf, ...(await ofItsList(central.records.unverified({ ...query, asOf }))) });
    },
  );
}

/** @throws BadQuestion where the cursor is of another list */
async function ofItsList<Page>(page: Promise<Page>): Promise<Page> {
  try {
    return await page;
  } catch (error) {
    if (error instanceof RangeError) throw new BadQuestion(`"before": ${error.message}`);
    throw error;
  }
}
