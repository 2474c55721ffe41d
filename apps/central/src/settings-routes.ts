/** What holds for the whole site, over HTTP (docs/console.md, "Settings"). */
import type { Site } from '@retap/central';
import { z } from 'zod';
import { refuse } from './answers.ts';
import type { Api } from './api/api.ts';
import { bySelf } from './people/asker.ts';
import { WHY } from './people/shapes.ts';

/** No currency of ISO 4217 has more. */
const DIGITS_MAX = 4;

const SETTINGS = z.object({
  timeZone: z.string().describe('IANA name, as `Europe/Ljubljana`'),
  dayStart: z.string().describe('When a business day begins, by that time zone, as `04:00`'),
  currency: z.object({
    code: z.string().describe('ISO 4217'),
    digits: z.int().describe('How many digits of an amount are minor units'),
  }),
});

const WANTED = z.strictObject({
  timeZone: z
    .string({ error: 'must be an IANA name, as Europe/Ljubljana' })
    .regex(/^[A-Za-z][A-Za-z0-9_+\-/]{0,63}$/, 'must be an IANA name, as Europe/Ljubljana')
    .refine(isKnownZone, 'must be an IANA name, as Europe/Ljubljana'),
  dayStart: z
    .string({ error: 'must be hour and minute, as 04:00' })
    .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'must be hour and minute, as 04:00'),
  currency: z.strictObject({
    code: z
      .string({ error: 'must be a code of ISO 4217, as EUR' })
      .refine((code) => CURRENCIES.has(code), 'must be a code of ISO 4217, as EUR'),
    digits: z.int().min(0).max(DIGITS_MAX, `must be at most ${DIGITS_MAX}`),
  }),
  why: WHY,
});

const CURRENCIES: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'));

export function addSettingsRoutes(api: Api, site: Site): void {
  api.add(
    {
      ...{ method: 'get', path: '/settings', operationId: 'settings', tag: 'settings', access: 'see-totals' },
      summary: 'How this site writes days and money',
      answers: { 200: { description: 'As they are now', schema: SETTINGS } },
    },
    async ({ c }) => c.json(await site.settings()),
  );
  api.add(
    {
      ...{ method: 'put', path: '/settings', operationId: 'setSettings', tag: 'settings', access: 'manage-people' },
      summary: 'Replace them: how things are written and grouped from now on; nothing that is stored changes',
      fresh: true,
      body: WANTED,
      answers: {
        200: {
          description: 'As they are now',
          schema: z.object({ outcome: z.enum(['set', 'unchanged']), settings: SETTINGS }),
        },
        409: { description: 'The database does not know the time zone' },
      },
    },
    async ({ c, caller, body: { why, ...wanted } }) => {
      const outcome = await site.set(wanted, bySelf(caller, why));
      if (typeof outcome === 'string') return c.json({ outcome, settings: await site.settings() });
      return refuse(c, 409, outcome.refusal, `the database knows no time zone ${wanted.timeZone}; nothing was changed`);
    },
  );
}

function isKnownZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
