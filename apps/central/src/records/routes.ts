/** Records over HTTP: lists, and one by one (docs/console.md). */
import type { Records } from '@retap/central';
import { BadQuestion, refuse } from '../answers.ts';
import type { Api } from '../api/api.ts';
import { limit } from '../api/shapes.ts';
import { CURSOR, NUMBER, RECORD_DETAIL, RECORD_FILTERS, RECORD_PAGE } from './shapes.ts';

export function addRecordRoutes(api: Api, { records }: { readonly records: Records }): void {
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
    async ({ c, query }) => {
      try {
        return c.json(await records.records(query));
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        throw new BadQuestion(`"before": ${error.message}`);
      }
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
      const found = await records.record(params);
      if (found !== null) return c.json(found);
      return refuse(c, 404, 'record-unknown', `no record ${params.terminal}-${params.serial} is received`);
    },
  );
}
