/** Answers to what cannot be answered: always `{code, message, requestId}`, never a stack trace. */

import { AdmissionError } from '@retap/central';
import { ProtocolError } from '@retap/protocol';
import type { Context } from 'hono';
import { BodyCutOff, BodyTooLarge, UploadsFull } from './body.ts';
import { codeOf, errorFields, type Log } from './log.ts';
import { RateExceeded } from './rate.ts';
import { UploadLate } from './uploads.ts';

/** A question that makes no sense: the message says which part of it, and what would. */
export class BadQuestion extends Error {
  override readonly name = 'BadQuestion';
  readonly code = 'question-malformed';
}

/** Seconds after which to come again at the earliest, when the fault is ours, and at the latest. */
const RETRY_AFTER_S = { least: 2, most: 60 };

/** Everybody later than the one before: a whole fleet that was sent away together would come back together. */
function retryAfter(afterMs: number, random: number): string {
  return String(retryAfterS(afterMs, random));
}

/** @returns seconds */
export function retryAfterS(afterMs: number, random: number): number {
  // s = base + r · max(base, 4),  0 ≤ r < 1
  const base = Math.min(RETRY_AFTER_S.most, Math.max(RETRY_AFTER_S.least, Math.ceil(afterMs / 1_000)));
  return base + Math.floor(random * Math.max(base, 4));
}

type RefusalStatus = 400 | 401 | 403 | 404 | 405 | 409 | 413 | 415 | 500;

export function refuse(c: Context, status: RefusalStatus, code: string, message: string): Response {
  // RFC 9110, 11.6.1: 401 names the way to show who one is.
  if (status === 401) c.header('www-authenticate', code === 'sign-in-needed' ? 'Bearer' : 'COSE-Sign1');
  return c.json(said(c, code, message), status);
}

/** By the id the request is found in the log. */
function said(c: Context, code: string, message: string): object {
  c.set('refusal', code);
  return { code, message, requestId: c.get('requestId') ?? '' };
}

/** Nothing was kept: there is more than we take at a time. */
function congested(c: Context, code: string, message: string, afterMs: number): Response {
  return c.json(said(c, code, message), 429, { 'retry-after': retryAfter(afterMs, Math.random()) });
}

/** Somebody has failed too often. */
export function tooMany(c: Context, waitMs: number): Response {
  const seconds = Math.ceil(waitMs / 1_000);
  const message = `too many attempts failed; try again in ${seconds} s`;
  return c.json(said(c, 'attempts-exceeded', message), 429, { 'retry-after': String(seconds) });
}

/** Nothing was kept: the sender sends the same bytes again later. */
export function unavailable(c: Context, code: string, message: string): Response {
  return c.json(said(c, code, message), 503, { 'retry-after': retryAfter(0, Math.random()) });
}

/** The answer for whatever was thrown on the way. */
export function answerFault(c: Context, error: unknown, log: Log): Response {
  if (error instanceof BadQuestion) return refuse(c, 400, error.code, error.message);
  if (error instanceof ProtocolError) {
    return refuse(c, error.code === 'terminal-mismatch' ? 403 : 400, error.code, error.message);
  }
  if (error instanceof AdmissionError) {
    const isWho = error.code === 'signature-invalid' || error.code === 'batch-unsigned';
    return refuse(c, isWho ? 401 : 403, error.code, error.message);
  }
  if (error instanceof BodyCutOff) return refuse(c, 400, error.code, error.message);
  if (error instanceof BodyTooLarge) return refuse(c, 413, error.code, error.message);
  if (error instanceof UploadsFull) return congested(c, error.code, error.message, error.afterMs);
  if (error instanceof RateExceeded) return congested(c, error.code, error.message, error.afterMs);
  if (error instanceof UploadLate) return unavailable(c, error.code, error.message);
  const code = codeOf(error);
  log('error', 'request-failed', {
    ...{ requestId: c.get('requestId') ?? '', method: c.req.method, route: c.get('route') ?? null },
    ...errorFields(error),
  });
  // An upload must never be lost for a mistake of ours: 503 makes its terminal keep it and send it again.
  if (code !== null || c.req.method === 'POST') {
    return unavailable(c, 'central-unavailable', 'the centre cannot reach its database just now; try again later');
  }
  return refuse(c, 500, 'internal', 'this is a mistake in the centre; its log says more');
}
