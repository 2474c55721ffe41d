/** Metrics of what passes through the service, counted as it passes. */
import type { Acknowledgement, ReceivedBatch } from '@retap/central';
import type { Answered } from '../arrival.ts';
import { SIGN_IN_REFUSED, type SignInRefused } from '../people/options.ts';
import type { RateLimit } from '../rate.ts';
import type { UploadState } from '../uploads.ts';
import type { Metrics } from './metrics.ts';

/** Upper bounds in seconds, from what an index answers to what a terminal does not wait for. */
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30];
const METHODS = new Set(['GET', 'POST', 'PUT', 'DELETE']);
const FORMS = ['batch', 'signed'] as const;
const none = {} as const;

export interface ServiceMetrics {
  answered(answered: Answered): void;
  acknowledged(batch: ReceivedBatch, acknowledgement: Acknowledgement, ms: number): void;
  batchRefused(code: string): void;
  limited(limit: RateLimit): void;
  reconciled(ms: number): void;
  reconcileFailed(): void;
  /** @param refused null: somebody has signed in */
  signIn(refused: SignInRefused | null): void;
  certificate(expiresAt: number): void;
}

export interface ServiceState {
  readonly uploads: () => UploadState;
  readonly requests: () => { readonly count: number; readonly bytes: number };
}

export function serviceMetrics(metrics: Metrics, state: ServiceState): ServiceMetrics {
  watchState(metrics, state);
  const requests = metrics.counter({
    ...{ name: 'retap_requests', help: 'Requests answered, by route as declared, method and status' },
    labels: ['route', 'method', 'status'],
  });
  const seconds = metrics.histogram(
    { name: 'retap_request_seconds', help: 'From a request to its answer', labels: ['route'] },
    SECONDS,
  );
  const refusals = metrics.counter({
    ...{ name: 'retap_refusals', help: 'Requests refused, by the code of the answer' },
    labels: ['code'],
  });
  const limited = metrics.counter({
    ...{ name: 'retap_rate_limited', help: 'Requests sent away because somebody asks too often, by whom is counted' },
    labels: ['limit'],
  });
  return {
    answered({ route, method, status, code, ms }) {
      const shown = route ?? 'none';
      requests({ route: shown, method: METHODS.has(method) ? method : 'other', status: String(status) });
      seconds({ route: shown }, ms / 1_000);
      if (code !== null) refusals({ code });
    },
    limited: (limit) => limited({ limit }),
    ...uploadMetrics(metrics),
    ...reconciliationMetrics(metrics),
    signIn: signInMetrics(metrics),
    certificate: certificateMetric(metrics),
  };
}

function uploadMetrics(metrics: Metrics): Pick<ServiceMetrics, 'acknowledged' | 'batchRefused'> {
  const batches = metrics.counter({
    ...{ name: 'retap_batches_acknowledged', help: 'Batches acknowledged, repeats included, by form' },
    labels: ['form'],
  });
  // Where none ever came that is to be seen, too.
  for (const form of FORMS) batches({ form }, 0);
  const bytes = metrics.counter({
    name: 'retap_batch_bytes',
    help: 'Bytes of batches acknowledged, as they were sent',
  });
  const records = metrics.counter({ name: 'retap_batch_records', help: 'Records in batches acknowledged' });
  const quarantined = metrics.counter({
    name: 'retap_batch_records_quarantined',
    help: 'Records in batches acknowledged that could not be read',
  });
  const refused = metrics.counter({
    ...{ name: 'retap_batches_refused', help: 'Batches not taken because of what they are or whose, by code' },
    labels: ['code'],
  });
  const seconds = metrics.histogram(
    {
      name: 'retap_acknowledgement_seconds',
      help: 'From a whole batch to its acknowledgement: verified, waited, durable',
    },
    SECONDS,
  );
  return {
    acknowledged(batch, acknowledgement, ms) {
      batches({ form: batch.form });
      bytes(none, batch.body.length);
      records(none, acknowledgement.accepted);
      quarantined(none, acknowledgement.quarantined.length);
      seconds(none, ms / 1_000);
    },
    batchRefused: (code) => refused({ code }),
  };
}

function reconciliationMetrics(metrics: Metrics): Pick<ServiceMetrics, 'reconciled' | 'reconcileFailed'> {
  const seconds = metrics.histogram(
    { name: 'retap_reconcile_seconds', help: 'Time of a call that reconciled something' },
    SECONDS,
  );
  const faults = metrics.counter({ name: 'retap_reconcile_faults', help: 'Calls of reconciliation that failed' });
  return { reconciled: (ms) => seconds(none, ms / 1_000), reconcileFailed: () => faults(none) };
}

function signInMetrics(metrics: Metrics): ServiceMetrics['signIn'] {
  const done = metrics.counter({ name: 'retap_sign_ins', help: 'Sessions that people began' });
  const notDone = metrics.counter({
    ...{ name: 'retap_sign_ins_refused', help: 'Sign-ins that were refused, by why' },
    labels: ['code'],
  });
  // An increase is seen only of what was there before: the first of them is what a rule waits for.
  for (const code of SIGN_IN_REFUSED) notDone({ code }, 0);
  return (refused) => (refused === null ? done(none) : notDone({ code: refused }));
}

function certificateMetric(metrics: Metrics): (expiresAt: number) => void {
  const expiry = metrics.gauge({
    name: 'retap_certificate_expiry_seconds',
    help: 'When the TLS certificate in use ends, as a Unix time',
  });
  return (expiresAt) => expiry(none, expiresAt / 1_000);
}

function watchState(metrics: Metrics, { uploads, requests }: ServiceState): void {
  const waiting = metrics.gauge({
    name: 'retap_upload_waiting_bytes',
    help: 'Bytes of batches that wait to be made durable',
  });
  const held = metrics.gauge({
    name: 'retap_upload_held_bytes',
    help: 'Those, and the ones being made durable just now',
  });
  const limit = metrics.gauge({
    name: 'retap_upload_limit_bytes',
    help: 'How many bytes may wait, by how fast the database is',
  });
  const bodies = metrics.gauge({ name: 'retap_bodies_in_progress', help: 'Requests with a body under way' });
  const bodyBytes = metrics.gauge({ name: 'retap_bodies_in_progress_bytes', help: 'Bytes of theirs in memory' });
  metrics.beforeEach(async () => {
    const { waitingBytes, heldBytes, limitBytes } = uploads();
    waiting(none, waitingBytes);
    held(none, heldBytes);
    limit(none, limitBytes);
    bodies(none, requests().count);
    bodyBytes(none, requests().bytes);
  });
}
