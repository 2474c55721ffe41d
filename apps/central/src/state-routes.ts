/** What the centre knows: totals, alerts, accounts and chains. */
import { type Central, may } from '@retap/central';
import type { Time } from '@retap/model';
import { z } from 'zod';
import { refuse } from './answers.ts';
import type { Api } from './api/api.ts';
import {
  ACCOUNT,
  ALERT,
  ALERT_KIND,
  CHAIN_CURSOR,
  CHAIN_PAGE,
  limit,
  MEDIUM,
  MEDIUM_ORDERS,
  PREFIX,
  PROOF_ALERT_KIND,
  TIME,
  TOTALS,
} from './api/shapes.ts';
import type { Refused } from './refused.ts';

export interface StateRouteOptions {
  readonly central: Central;
  readonly now: () => Time;
  readonly refused: Refused;
}

export function addStateRoutes(api: Api, options: StateRouteOptions): void {
  addTotals(api, options);
  addAlerts(api, options);
  addMedia(api, options);
}

function addTotals(api: Api, { central, now }: StateRouteOptions): void {
  api.add(
    {
      method: 'get',
      path: '/totals',
      operationId: 'totals',
      summary: 'Counts and sums over all that was received',
      tag: 'state',
      access: 'see-totals',
      answers: { 200: { description: 'As of now', schema: TOTALS } },
    },
    async ({ c }) => c.json(await central.totals(now())),
  );
}

function addAlerts(api: Api, { central, now, refused }: StateRouteOptions): void {
  api.add(
    {
      method: 'get',
      path: '/alerts',
      operationId: 'alerts',
      summary: 'The specification’s alerts that hold now',
      tag: 'state',
      access: 'see-alerts',
      query: { medium: MEDIUM.optional(), kind: ALERT_KIND.optional(), limit: limit(100, 10_000) },
      answers: {
        200: { description: 'In the order of their kinds', schema: z.object({ asOf: TIME, alerts: z.array(ALERT) }) },
      },
    },
    async ({ c, query: { medium, kind, limit } }) => {
      const asOf = now();
      const alerts = await central.alerts(asOf, { ...(medium && { medium }), ...(kind && { kind }), limit });
      return c.json({ asOf, alerts });
    },
  );
  api.add(
    {
      method: 'get',
      path: '/proofs',
      operationId: 'proofAlerts',
      summary: 'Alerts that the cards’ own proofs give',
      tag: 'state',
      access: 'see-alerts',
      query: { medium: MEDIUM.optional(), kind: PROOF_ALERT_KIND.optional(), limit: limit(100, 10_000) },
      answers: { 200: { description: 'In the order of their kinds', schema: z.object({ alerts: z.array(ALERT) }) } },
    },
    async ({ c, query: { medium, kind, limit } }) => {
      const alerts = await central.proofAlerts({ ...(medium && { medium }), ...(kind && { kind }), limit });
      return c.json({ alerts });
    },
  );
  api.add(
    {
      method: 'get',
      path: '/integrity',
      operationId: 'integrityAlerts',
      summary:
        'Broken chains, clocks that are off, phones that contradict each other, and how many batches were refused',
      tag: 'state',
      access: 'see-alerts',
      query: { limit: limit(100, 10_000) },
      answers: {
        200: {
          description: 'Alerts by terminal and serial; refused batches by code, since this process was started',
          schema: z.object({ alerts: z.array(ALERT), refused: z.record(z.string(), z.int()) }),
        },
      },
    },
    async ({ c, query: { limit } }) =>
      c.json({ alerts: await central.integrityAlerts({ limit }), refused: refused.counts }),
  );
}

function addMedia(api: Api, { central }: StateRouteOptions): void {
  api.add(
    {
      method: 'get',
      path: '/media',
      operationId: 'findMedia',
      summary: 'Media whose name begins so',
      tag: 'state',
      access: 'see-media',
      query: { prefix: PREFIX, limit: limit(20, 1_000) },
      answers: { 200: { description: 'By name', schema: z.object({ media: z.array(z.string()) }) } },
    },
    async ({ c, query }) => c.json({ media: await central.media(query) }),
  );
  api.add(
    {
      method: 'get',
      path: '/media/{medium}',
      operationId: 'account',
      summary: 'The account copy of a medium',
      tag: 'state',
      access: 'see-media',
      params: { medium: MEDIUM },
      answers: {
        200: { description: 'What the records received come to', schema: ACCOUNT },
        404: { description: 'No record names it' },
      },
    },
    async ({ c, params: { medium } }) => {
      const account = await central.account(medium);
      if (account !== null) return c.json(account);
      return refuse(c, 404, 'medium-unknown', `no record received names medium ${medium}`);
    },
  );
  api.add(
    {
      method: 'get',
      path: '/media/{medium}/chain',
      operationId: 'chain',
      summary: 'A page of a medium’s records, newest first, with what was concluded of each',
      tag: 'state',
      access: 'see-media',
      params: { medium: MEDIUM },
      query: { before: CHAIN_CURSOR.optional(), limit: limit(100, 1_000) },
      answers: { 200: { description: 'The page', schema: CHAIN_PAGE } },
    },
    async ({ c, params: { medium }, query: { before, limit } }) =>
      c.json(await central.chain(medium, { ...(before && { before }), limit })),
  );
  api.add(
    {
      method: 'get',
      path: '/media/{medium}/orders',
      operationId: 'mediumOrders',
      summary:
        'Whether it is denied, what is ordered for its next tap, and, to those who may see proposals, what waits for a second person',
      tag: 'state',
      access: 'see-media',
      params: { medium: MEDIUM },
      answers: { 200: { description: 'As it stands', schema: MEDIUM_ORDERS } },
    },
    async ({ c, caller, params: { medium } }) => {
      const orders = await central.lists.ordersOf(medium);
      // An inspector sees whether a medium is denied, and not who has proposed what about its passenger, and why.
      const seesProposals = caller.kind !== 'person' || may(caller.roles, 'see-proposals');
      return c.json(seesProposals ? orders : { ...orders, proposals: [] });
    },
  );
}
