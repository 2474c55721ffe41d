/** Batches that terminals send. */
import type { Acknowledgement, Central, ReceivedBatch } from '@retap/central';
import type { Time } from '@retap/model';
import { BATCH_CONTENT_TYPE, SIGNED_BATCH_CONTENT_TYPE, STATE_QUESTION_BYTES_MAX } from '@retap/protocol';
import type { Context } from 'hono';
import { z } from 'zod';
import { refuse, unavailable } from './answers.ts';
import type { Api } from './api/api.ts';
import { ACKNOWLEDGEMENT, RECEIVED } from './api/shapes.ts';
import { BodyCutOff, BodyTooLarge, type Held } from './body.ts';
import type { Rates } from './rate.ts';
import type { Refused } from './refused.ts';
import type { Uploads } from './uploads.ts';
import { formOf, sentAtOf, verify } from './verify.ts';

/** Largest upload, in bytes: about 70,000 records. */
export const UPLOAD_BYTES_MAX = 16 * 2 ** 20;

export interface UploadRouteOptions {
  readonly central: Central;
  readonly now: () => Time;
  readonly uploads: Uploads;
  readonly stopping: () => boolean;
  readonly held: Held;
  readonly refused: Refused;
  readonly rates: Rates;
  readonly clientOf: (c: Context) => string;
}

/** The one way of a batch, whatever brought it. @returns resolves when it is durable @throws whatever says why it is not */
export function takingOf({
  central,
  uploads,
  refused,
  rates,
}: Pick<UploadRouteOptions, 'central' | 'uploads' | 'refused' | 'rates'>) {
  return async (batch: ReceivedBatch, client: string): Promise<Acknowledgement> => {
    try {
      uploads.admit();
      const terminal = await verify(central, batch);
      // Counted only now: else whoever names a terminal could use up what it may send.
      if (terminal !== null) rates.take('terminal', String(terminal));
      return await uploads.offer(batch);
    } catch (error) {
      refused.note(error, client, batch.form);
      throw error;
    }
  };
}

export function addUploadRoutes(api: Api, options: UploadRouteOptions): void {
  const { central, now, uploads, stopping, held, refused, clientOf } = options;
  const taken = takingOf(options);
  const tooLarge = `a batch may have at most ${UPLOAD_BYTES_MAX} bytes; send its records in several batches`;
  // So that a terminal learns how its clock stands, whatever the answer.
  const tellTime = (c: Context): void => c.header('retap-time', String(now()));
  api.hono.use('/batches/*', async (c, next) => {
    await next();
    if (!c.res.headers.has('retap-time')) tellTime(c);
  });
  api.add(
    {
      method: 'post',
      path: '/batches',
      operationId: 'sendBatch',
      summary: 'A batch of one terminal’s records; answered when it is durable, a repeat alike',
      tag: 'uploads',
      access: 'terminal',
      unmetered: true,
      takes: [BATCH_CONTENT_TYPE, SIGNED_BATCH_CONTENT_TYPE],
      answers: {
        200: { description: 'The batch is durable', schema: ACKNOWLEDGEMENT },
        401: { description: 'Its signature is not good, or it has none' },
        403: { description: 'Its terminal may not speak; nothing of the batch was kept' },
        413: { description: 'Too large' },
        415: { description: 'Of no form that is taken' },
      },
    },
    async ({ c }) => {
      if (stopping()) return unavailable(c, 'stopping', 'the centre is stopping; send the batch again later');
      const form = formOf(c.req.header('content-type'));
      if (form === null) {
        const types = 'application/json, or a signed one as application/cose; cose-type="cose-sign1"';
        return refuse(c, 415, 'content-type-unknown', `send a batch as content-type ${types}`);
      }
      uploads.admit();
      const sentAt = sentAtOf(c.req.header('retap-sent-at'));
      try {
        const offer = (body: Uint8Array) => taken({ form, body, ...sentAt }, clientOf(c));
        const acknowledgement = await held.during(c.req.raw, UPLOAD_BYTES_MAX, offer);
        // Not added to an answer that is made: see `arrivals`.
        tellTime(c);
        return c.json(acknowledgement);
      } catch (error) {
        if (error instanceof BodyTooLarge) return refuse(c, 413, 'batch-too-large', tooLarge);
        if (!(error instanceof BodyCutOff)) throw error;
        return refuse(c, 400, 'batch-malformed', 'the body was cut off; send the whole batch again');
      }
    },
  );
  api.add(
    {
      method: 'post',
      path: '/batches/state',
      operationId: 'askReceived',
      summary: 'What the centre has of the records that a terminal still keeps, to its signed question',
      tag: 'uploads',
      access: 'terminal',
      takes: [SIGNED_BATCH_CONTENT_TYPE],
      answers: {
        200: {
          description: 'What is missing of the serials asked for; null where it is not known just now',
          schema: z.object({ received: RECEIVED.nullable() }),
        },
        401: { description: 'Its signature is not good' },
        403: { description: 'Its terminal may not speak' },
        413: { description: 'Too large' },
      },
    },
    async ({ c }) => {
      try {
        const answer = (body: Uint8Array) => central.received(body);
        return c.json({ received: await held.during(c.req.raw, STATE_QUESTION_BYTES_MAX, answer) });
      } catch (error) {
        refused.note(error, clientOf(c));
        throw error;
      }
    },
  );
}
