/** Whether the centre is well, and what can be asked of it. */
import { z } from 'zod';
import { unavailable } from './answers.ts';
import type { Api } from './api/api.ts';
import type { Metrics } from './metrics/metrics.ts';
import { type Readiness, UNREADY_WORDS } from './readiness.ts';

export interface ServiceRouteOptions {
  readonly readiness: Readiness;
  readonly metrics: Metrics;
}

export function addServiceRoutes(api: Api, { readiness, metrics }: ServiceRouteOptions): void {
  api.add(
    {
      method: 'get',
      path: '/health',
      operationId: 'health',
      summary: 'Whether the process answers at all; asks nothing of the database',
      tag: 'service',
      access: 'anyone',
      unmetered: true,
      answers: { 200: { description: 'It does', schema: z.object({ alive: z.literal(true) }) } },
    },
    ({ c }) => c.json({ alive: true }),
  );
  api.add(
    {
      method: 'get',
      path: '/ready',
      operationId: 'ready',
      summary: 'Whether it can take uploads and answer questions just now',
      tag: 'service',
      access: 'anyone',
      unmetered: true,
      answers: { 200: { description: 'It can', schema: z.object({ ready: z.literal(true) }) } },
    },
    async ({ c }) => {
      const unready = await readiness.check();
      return unready === null ? c.json({ ready: true }) : unavailable(c, unready, UNREADY_WORDS[unready]);
    },
  );
  api.add(
    {
      method: 'get',
      path: '/metrics',
      operationId: 'metrics',
      summary: 'Counts and measures of this process and its centre, for Prometheus',
      tag: 'service',
      access: 'read-metrics',
      answers: { 200: { description: 'OpenMetrics text', type: 'application/openmetrics-text' } },
    },
    async ({ c }) => c.body(await metrics.text(), 200, { 'content-type': metrics.contentType }),
  );
  api.add(
    {
      method: 'get',
      path: '/openapi.json',
      operationId: 'describeApi',
      summary: 'This description, as OpenAPI 3.1',
      tag: 'service',
      access: 'anyone',
      answers: { 200: { description: 'An OpenAPI document', schema: z.looseObject({ openapi: z.string() }) } },
    },
    ({ c }) => c.body(api.description(), 200, { 'content-type': 'application/json' }),
  );
}
