/** Causes of alerts as they are asked and answered. */
import { type GroupPlace, OPEN_CASE_STATES, type OpenCaseState } from '@retap/central';
import { z } from 'zod';
import { TIME } from '../api/shapes.ts';

export const CAUSE = z
  .string()
  .regex(
    /^(terminal:[1-9]\d{0,9}|(?!terminal:)[a-z][a-z-]{1,39}:[0-9A-Za-z._-]{1,64})$/,
    'must be "terminal:" and a number, or the kind of an alert, a colon and a medium',
  );

/** Where the page before ended, as the centre gave it. */
export const PLACE = z
  .string()
  .regex(/^\d{1,15}-\d{1,15}$/, 'must be the "next" of the page before')
  .transform((text) => {
    const [cases, lastAppearance] = text.split('-').map(Number);
    return { cases, lastAppearance } as GroupPlace;
  });

const OPEN_STATE = z.enum(OPEN_CASE_STATES);
/** In one text, with commas between. */
export const OPEN_STATES_ASKED = z
  .string()
  .describe(`Of ${OPEN_CASE_STATES.join(', ')}; several with commas between`)
  .transform((text, context) => {
    const words = text.split(',');
    const unknown = words.find((word) => !OPEN_STATE.safeParse(word).success);
    if (unknown !== undefined) {
      const message = `has "${unknown}", which is none of ${OPEN_CASE_STATES.join(', ')}`;
      context.addIssue({ code: 'custom', message });
    }
    return words as OpenCaseState[];
  });

const COUNT = z.int().min(0);
const STATES = z.object({ new: COUNT, acknowledged: COUNT, assigned: COUNT });
export const SILENCE = z.object({ until: TIME, at: TIME, who: z.string(), why: z.string() });

export const GROUP = z.object({
  cause: z.string().describe('`terminal:17`, or the kind of the alerts and their medium: `cloned-medium:04a1`'),
  terminal: z.int().nullable(),
  medium: z.string().nullable(),
  cases: COUNT,
  states: STATES,
  kinds: z.array(z.object({ kind: z.string(), cases: COUNT })).describe('The most frequent first'),
  assigned: z.array(z.object({ person: z.string(), cases: COUNT })),
  oldest: TIME.describe('When the first of them began to stand'),
  newest: TIME.describe('When the last of them did'),
  lastAppearance: z.int().describe('Of the newest; `through` of an act on all that was seen'),
  atRisk: z
    .int()
    .nullable()
    .describe('Gaps that wait for this terminal, or that this medium has, without their signs, in minor units'),
  silence: SILENCE.nullable(),
});

export const OPEN_CASES = z.object({
  cases: STATES,
  causes: COUNT,
  silenced: z.object({ cases: COUNT, causes: COUNT }).describe('Counted nowhere else'),
});

export const WORKED = z.object({
  done: COUNT.describe('Cases that were changed'),
  left: COUNT.describe('Cases for which the same is to be asked again'),
});

const TOOK = z.object({ count: COUNT, median: z.int().nullable(), p90: z.int().nullable() });
export const WORK_TIMES = z.object({
  acknowledge: TOOK.describe('Milliseconds from when an alert began to stand until somebody saw to it'),
  resolve: TOOK.describe('… until somebody resolved it'),
  cure: TOOK.describe('… until it was gone'),
  examined: COUNT.describe('Steps looked at, the newest first'),
});
