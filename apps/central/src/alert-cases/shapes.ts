/** Cases as they are asked and answered. */
import {
  type AnyAlertKind,
  CASE_STATES,
  type CaseState,
  INTEGRITY_ALERT_KINDS,
  PROOF_ALERT_KINDS,
} from '@retap/central';
import { ALERT_KINDS } from '@retap/model';
import { z } from 'zod';
import { ALERT, TIME } from '../api/shapes.ts';

const KINDS = [...ALERT_KINDS, ...PROOF_ALERT_KINDS, ...INTEGRITY_ALERT_KINDS] as const;
export const CASE_KIND: z.ZodType<AnyAlertKind> = z.enum(KINDS, { error: `must be one of ${KINDS.join(', ')}` });
const CASE_STATE = z.enum(CASE_STATES);
/** In one text, with commas between. */
export const CASE_STATES_ASKED = z
  .string()
  .describe(`Of ${CASE_STATES.join(', ')}; several with commas between`)
  .transform((text, context) => {
    const words = text.split(',');
    const unknown = words.find((word) => !CASE_STATE.safeParse(word).success);
    if (unknown !== undefined) {
      const message = `has "${unknown}", which is none of ${CASE_STATES.join(', ')}`;
      context.addIssue({ code: 'custom', message });
    }
    return words as CaseState[];
  });
export const PERSON_NAME = z
  .string({ error: 'must be the name of a person' })
  .regex(/^[a-z0-9][a-z0-9._-]{0,62}$/, 'must be the name of a person, in small letters');

const TEXT_MAX = 2_000;
const text = (what: string) =>
  z.string({ error: `must say ${what}` }).max(TEXT_MAX, `may have at most ${TEXT_MAX} characters`);
export const REASON = text('why it is resolved');
export const COMMENT = text('what there is to say');

const CURE = z.discriminatedUnion('by', [
  z.object({ by: z.literal('record'), terminal: z.int(), serial: z.int(), receipt: z.int() }),
  z.object({ by: z.literal('records'), from: z.int(), to: z.int() }),
  z.object({ by: z.literal('time') }),
  z.object({ by: z.literal('clock') }),
]);

export const CASE = z.object({
  id: z.int(),
  alert: ALERT,
  state: CASE_STATE,
  raisedAt: TIME,
  appearedAt: TIME,
  appearances: z.int().min(1),
  lastAppearance: z.int().describe('Of all cases the newest has the greatest'),
  assignedTo: z.string().nullable(),
  reason: z.string().nullable(),
  curedAt: TIME.nullable(),
  cure: CURE.nullable().describe('What took the alert away: a record, or the receipts of what arrived meanwhile'),
});
export const CASE_WITH_HISTORY = CASE.extend({
  history: z.array(
    z.object({ at: TIME, who: z.string(), what: z.string(), detail: z.record(z.string(), z.unknown()) }),
  ),
});
