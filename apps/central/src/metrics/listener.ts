/** Metrics on a socket of their own, which only those who watch over the centre reach. */
import type { Readiness } from '../readiness.ts';
import type { Metrics } from './metrics.ts';

/** Answers `GET /metrics`, `/health` and `/ready`, and nothing else. */
export function metricsFetch(metrics: Metrics, readiness: Readiness): (request: Request) => Promise<Response> {
  return async ({ method, url }) => {
    if (method !== 'GET') return new Response(null, { status: 405, headers: { allow: 'GET' } });
    switch (new URL(url).pathname) {
      case '/metrics':
        return new Response(await metrics.text(), { headers: { 'content-type': metrics.contentType } });
      case '/health':
        return Response.json({ alive: true });
      case '/ready': {
        const unready = await readiness.check();
        return Response.json({ ready: unready === null, code: unready }, { status: unready === null ? 200 : 503 });
      }
      default:
        return Response.json({ code: 'not-found', message: 'there are /metrics, /health and /ready' }, { status: 404 });
    }
  };
}
