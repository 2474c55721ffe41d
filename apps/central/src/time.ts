/** What time it is at the centre, for terminals: signed for those that are enrolled (docs/protocol.md, "The time"). */
import type { Central } from '@retap/central';
import type { Time } from '@retap/model';
import { encodeTimeAnswer, TIME_BYTES_MAX, TIME_CONTENT_TYPE } from '@retap/protocol';
import type { Context } from 'hono';
import { z } from 'zod';
import type { Api } from './api/api.ts';
import { TIME } from './api/shapes.ts';
import type { Held } from './body.ts';
import type { LicenceSigner } from './enrolment.ts';
import type { Refused } from './refused.ts';

export interface TimeRouteOptions {
  readonly registry: Pick<Central['registry'], 'hearTimeQuestion'>;
  /** The centre's own key; without it nobody could trust an answer. */
  readonly signer: LicenceSigner | undefined;
  readonly held: Held;
  readonly refused: Refused;
  readonly clientOf: (c: Context) => string;
  readonly now: () => Time;
}

export function addTimeRoutes(api: Api, options: TimeRouteOptions): void {
  const { now } = options;
  api.add(
    {
      method: 'get',
      path: '/time',
      operationId: 'time',
      summary: 'The centre’s time, which anybody in between could change: to look at, and not to set a clock by',
      tag: 'service',
      access: 'anyone',
      answers: {
        200: {
          description: 'When it was asked, and answered',
          schema: z.object({ receivedAt: TIME, answeredAt: TIME }),
        },
      },
    },
    ({ c }) => {
      const receivedAt = now();
      return c.json({ receivedAt, answeredAt: now() });
    },
  );
  if (options.signer) addSignedTime(api, { ...options, signer: options.signer });
}

function addSignedTime(
  api: Api,
  { registry, signer, held, refused, clientOf, now }: TimeRouteOptions & { readonly signer: LicenceSigner },
): void {
  api.add(
    {
      method: 'post',
      path: '/time',
      operationId: 'askTime',
      summary: 'A terminal asks the time, and says how its own clock stands',
      tag: 'terminals',
      access: 'terminal',
      takes: [TIME_CONTENT_TYPE],
      answers: {
        200: { description: 'Signed by the centre, over the question’s nonce', type: TIME_CONTENT_TYPE },
        401: { description: 'Its signature is not good' },
        403: { description: 'Its terminal may not speak' },
        413: { description: 'Too large' },
      },
    },
    async ({ c }) => {
      const receivedAt = now();
      try {
        const { nonce } = await held.during(c.req.raw, TIME_BYTES_MAX, (body) => registry.hearTimeQuestion(body));
        // How long the database took is between the two times, and counts for no round trip. A clock set back meanwhile tells no lie.
        const times = { receivedAt, answeredAt: Math.max(receivedAt, now()) };
        const answer = await encodeTimeAnswer({ nonce, ...times }, (bytes) => signer.sign(bytes));
        return c.body(answer, 200, { 'content-type': TIME_CONTENT_TYPE });
      } catch (error) {
        refused.note(error, clientOf(c));
        throw error;
      }
    },
  );
}
