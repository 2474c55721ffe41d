/** A rule tried on taps that are past (docs/console.md, "Dry run"). */
import { type DryRunRule, type Lists, may } from '@retap/central';
import { isList, LIMIT_NAMES } from '@retap/protocol';
import { z } from 'zod';
import { refuse } from '../answers.ts';
import type { Api } from '../api/api.ts';
import { MEDIUM, TIME } from '../api/shapes.ts';
import { tariffsIn } from './tariff-file.ts';

const DAYS_MAX = 31;
/** Each is an object in memory until it is judged: 100 MB at most. */
const RECORDS_MAX = 500_000;
const MEDIA_MAX = 1_000;
const TARIFF_BYTES_MAX = 2 ** 20;

/** What depends on when a terminal was heard, and in no record is. */
const NOT_JUDGED = ['unsentRecordsMax', 'unsentAmountMax', 'unsentAgeMax'] as const;

const BODY = z.strictObject({
  days: z.int().min(1).max(DAYS_MAX, `must be at most ${DAYS_MAX}`).default(7).describe('Back from now'),
  limits: z.strictObject(Object.fromEntries(LIMIT_NAMES.map((name) => [name, z.int().optional()]))).optional(),
  deny: z.array(MEDIUM).min(1).max(MEDIA_MAX, `must be at most ${MEDIA_MAX} media`).optional(),
  tariff: z.looseObject({}).optional().describe('As `retap lists tariff set` takes it; its last tariff is tried'),
});

const SUM = z.object({
  count: z.int(),
  amount: z.int().describe('Value that would have been refused; of a tariff what would have been taken more'),
});
const ANSWER = z.object({
  since: TIME,
  until: TIME,
  examined: z.int().describe(`Records read, the newest, at most ${RECORDS_MAX}`),
  isWhole: z.boolean().describe('Whether they are all since then'),
  examinedFrom: TIME.nullable().describe('When the oldest that was read was received'),
  taps: z.int().describe('Transactions among them that took place, or may have'),
  affected: SUM,
  unknown: z.int().describe('Of which nobody can say what they would have cost'),
  reasons: z.record(z.string(), SUM),
  days: z.array(SUM.extend({ day: z.string().describe('Business day, as `2026-03-29`') })),
  terminals: z.array(SUM.extend({ terminal: z.int() })).describe('With the most, at most 20'),
  samples: z
    .array(
      z.object({
        ...{ terminal: z.int(), serial: z.int(), time: TIME, type: z.string(), amount: z.int() },
        ...{ reason: z.string(), difference: z.int() },
        medium: z.string().nullable().describe('Null for whoever may not see media'),
      }),
    )
    .describe('The newest, at most 20'),
  notJudged: z.array(z.string()).describe('Limits that no record shows'),
});

export function addDryRunRoute(api: Api, lists: Lists): void {
  api.add(
    {
      ...{ method: 'post', path: '/lists/dry-run', operationId: 'dryRun', tag: 'lists', access: 'see-lists' },
      summary: 'What limits, a denial or a tariff would have made of the taps of the last days; changes nothing',
      body: BODY,
      bodyBytesMax: TARIFF_BYTES_MAX,
      answers: {
        200: { description: 'What would have been otherwise', schema: ANSWER },
        400: { description: 'Not exactly one rule, or none that a terminal could keep to' },
        409: { description: 'One is under way' },
      },
    },
    async ({ c, caller, body: { days, ...asked } }) => {
      const rule = ruleIn(asked);
      if (typeof rule === 'string') return refuse(c, 400, 'rule-malformed', rule);
      const found = await lists.dryRun({ rule, days, recordsMax: RECORDS_MAX });
      if (found === null) return refuse(c, 409, 'dry-run-under-way', 'one is under way; ask again in a moment');
      const seesMedia = caller.kind === 'person' && may(caller.roles, 'see-media');
      const samples = found.samples.map((sample) => (seesMedia ? sample : { ...sample, medium: null }));
      const limits = 'limits' in rule ? rule.limits : {};
      return c.json({ ...found, samples, notJudged: NOT_JUDGED.filter((name) => limits[name] !== undefined) });
    },
  );
}

/** @returns what is wrong with it, where it is none */
function ruleIn({ limits, deny, tariff }: Omit<z.output<typeof BODY>, 'days'>): DryRunRule | string {
  if ([limits, deny, tariff].filter((each) => each !== undefined).length !== 1) {
    return 'name exactly one of limits, deny and tariff';
  }
  if (limits) {
    const given = Object.fromEntries(Object.entries(limits).filter(([, limit]) => limit !== undefined));
    const isKept = isList({ kind: 'limits', version: 1, issuedAt: 0, expiresAt: 0, entries: given });
    return isKept ? { limits: given } : 'give numbers that a terminal can keep to';
  }
  if (deny) return { deny };
  const read = tariffsIn(tariff);
  if ('faults' in read) return read.faults.slice(0, 20).join('\n');
  return read.tariffs.length > 0 ? { tariffs: read.tariffs } : 'the file has no tariff to be tried';
}
