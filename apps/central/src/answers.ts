/** Answers to what cannot be answered: always `{code, message}`, never a stack trace. */

import { ProtocolError } from '@retap/protocol';
import type { Context } from 'hono';
import { codeOf, errorFields, type Log } from './log.ts';

/** A question that makes no sense: the message says which part of it, and what would. */
export class BadQuestion extends Error {
  override readonly name = 'BadQuestion';
  readonly code = 'question-malformed';
}

/** Seconds after which to come again, when the fault is ours. */
const RETRY_AFTER_S = '2';

export function refuse(c: Context, status: 400 | 404 | 405 | 413 | 415 | 500, code: string, message: string): Response {
  return c.json({ code, message }, status);
}

/** Nothing was kept: the sender sends the same bytes again later. */
export function unavailable(c: Context, code: string, message: string): Response {
  return c.json({ code, message }, 503, { 'retry-after': RETRY_AFTER_S });
}

/** The answer for whatever was thrown on the way. */
export function answerFault(c: Context, error: unknown, log: Log): Response {
  if (error instanceof BadQuestion) return refuse(c, 400, error.code, error.message);
  if (error instanceof ProtocolError) return refuse(c, 400, error.code, error.message);
  const code = codeOf(error);
  log('error', 'request-failed', { method: c.req.method, path: c.req.path, ...errorFields(error) });
  if (code === 'uploads-full') return unavailable(c, code, (error as Error).message);
  // An upload must never be lost for a mistake of ours: 503 makes its terminal keep it and send it again.
  if (code !== null || c.req.method === 'POST') {
    return unavailable(c, 'central-unavailable', 'the centre cannot reach its database just now; try again later');
  }
  return refuse(c, 500, 'internal', 'this is a mistake in the centre; its log says more');
}
