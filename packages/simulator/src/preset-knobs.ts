/** Every knob of a preset: its path in the JSON file, what it may be, and what it means. Documents and refusals are made of it. */
import { DAY_KINDS } from './calendar.ts';
import { FAULT_KNOBS, FRAUD_KNOBS } from './faults.ts';
import { HABITS, MEDIUM_KINDS, SAMPLINGS } from './life.ts';

export type PresetKnob = { readonly path: string; readonly meaning: string } & (
  | { readonly form: 'text' | 'date' | 'dates' | 'flag' }
  | { readonly form: 'choice'; readonly of: readonly string[] }
  | { readonly form: 'number' | 'integer'; readonly min: number; readonly max: number }
  /** A list of numbers; of exactly `length` where it is given. */
  | { readonly form: 'numbers'; readonly min: number; readonly max: number; readonly length?: number }
);

const share = { form: 'number', min: 0, max: 1 } as const;
const factor = { form: 'number', min: 0, max: 100 } as const;
const hour = { form: 'number', min: 0, max: 24 } as const;

const DAY_KIND_WORDS = {
  workday: 'an ordinary workday',
  schoolHoliday: 'a workday in school holidays',
  saturday: 'a Saturday',
  sunday: 'a Sunday',
  publicHoliday: 'a public holiday',
} as const;

/** What a preset is compared with: figures that were published, and nothing else. */
export const COMPARISONS = ['nothing', 'urbana-2015'] as const;

/** In the order of the file. `[]` in a path: of each entry of a list. */
export const PRESET_KNOBS: readonly PresetKnob[] = [
  { path: 'name', form: 'text', meaning: 'The name, as the report has it.' },
  { path: 'description', form: 'text', meaning: 'What it is about, in a sentence.' },
  {
    path: 'compareWith',
    form: 'choice',
    of: COMPARISONS,
    meaning: 'Published figures that the report sets beside its own.',
  },
  { path: 'city.accounts', form: 'integer', min: 1, max: 10_000_000, meaning: 'Accounts at scale 1.' },
  { path: 'city.terminals', form: 'integer', min: 1, max: 1_000_000, meaning: 'Terminals at scale 1.' },
  { path: 'city.salesShare', ...share, meaning: 'Of the terminals: sell and top up.' },
  { path: 'city.inspectionShare', ...share, meaning: 'Of the terminals: carried by inspectors.' },
  { path: 'city.gatesMax', form: 'integer', min: 1, max: 100, meaning: 'Gates side by side at a station, at most.' },
  { path: 'calendar.firstDay', form: 'date', meaning: 'First operating day, local.' },
  { path: 'calendar.days', form: 'integer', min: 1, max: 3660, meaning: 'Operating days.' },
  {
    path: 'calendar.utcOffsetHours',
    form: 'number',
    min: -12,
    max: 14,
    meaning: 'Local time less UTC: where the operating day begins.',
  },
  { path: 'calendar.publicHolidays', form: 'dates', meaning: 'Days off for everybody.' },
  { path: 'calendar.schoolHolidays', form: 'dates', meaning: 'Workdays without school.' },
  ...DAY_KINDS.toReversed().map((kind) => ({
    path: `calendar.demand.${kind}`,
    ...factor,
    meaning: `Travel on ${DAY_KIND_WORDS[kind]}, against an ordinary workday.`,
  })),
  ...DAY_KINDS.toReversed().map((kind) => ({
    path: `calendar.hurry.${kind}`,
    ...factor,
    meaning: `Torn taps of so many taps on ${DAY_KIND_WORDS[kind]}, against an ordinary workday.`,
  })),
  { path: 'day.morningHour', ...hour, meaning: 'Middle of the morning peak.' },
  { path: 'day.morningSpreadHours', ...hour, meaning: 'Half the width of the morning peak.' },
  { path: 'day.eveningHour', ...hour, meaning: 'Middle of the peak of the ways home.' },
  { path: 'day.eveningSpreadHours', ...hour, meaning: 'Half the width of that peak.' },
  {
    path: 'day.hourWeights',
    form: 'numbers',
    min: 0,
    max: 1000,
    length: 24,
    meaning: 'How many other ways out begin in each hour, 0 to 23, against the other hours.',
  },
  { path: 'day.stayMinutesMin', form: 'integer', min: 1, max: 1440, meaning: 'Shortest stay before the way back.' },
  { path: 'day.stayMinutesMax', form: 'integer', min: 1, max: 1440, meaning: 'Longest stay before the way back.' },
  { path: 'riders[].name', form: 'text', meaning: 'Name of a class of people who travel alike.' },
  { path: 'riders[].share', ...share, meaning: 'Of the people: in this class. All classes together are 1.' },
  { path: 'riders[].travelChance', ...share, meaning: 'That one of them travels on an ordinary workday.' },
  { path: 'riders[].commuteShare', ...share, meaning: 'Of their workdays: by the two peaks; else by `hourWeights`.' },
  { path: 'riders[].returnShare', ...share, meaning: 'Of the ways out: with a way back on the same day.' },
  { path: 'riders[].eveningShare', ...share, meaning: 'Of the days on which they travel: out again in the evening.' },
  { path: 'riders[].isActive', form: 'flag', meaning: 'Travels on one day at least, drawn by demand.' },
  { path: 'media[].kind', form: 'choice', of: MEDIUM_KINDS, meaning: 'What is held to the terminal.' },
  { path: 'media[].share', ...share, meaning: 'Of the people: carry this kind. All kinds together are 1.' },
  {
    path: 'media[].tapMs',
    form: 'integer',
    min: 1,
    max: 60_000,
    meaning: 'How long a tap takes the terminal, on average.',
  },
  { path: 'media[].tapSpreadMs', form: 'integer', min: 0, max: 60_000, meaning: 'How far a tap may differ from that.' },
  { path: 'media[].walkOffFactor', ...factor, meaning: 'Torn taps of so many taps, against `tornShare`.' },
  ...HABITS.map((habit) => ({
    path: `payment.habits.${habit}`,
    form: 'number' as const,
    min: 0,
    max: 1000,
    meaning: `How many people pay by ${habit}, against the other ways.`,
  })),
  {
    path: 'payment.fares',
    form: 'numbers',
    min: 1,
    max: 100_000,
    meaning: 'Fares, one of which each person pays, in minor units.',
  },
  {
    path: 'opening.eveHours',
    form: 'integer',
    min: 0,
    max: 72,
    meaning: 'So long before the first day media are opened and first products sold; 0: in the first night.',
  },
  {
    path: 'opening.deposits',
    form: 'numbers',
    min: 0,
    max: 50_000,
    meaning: 'What a medium is opened with, one of these.',
  },
  { path: 'inspection.share', ...share, meaning: 'Of the people: read by an inspector, each day.' },
  {
    path: 'uploads.periodMinutes',
    form: 'number',
    min: 1,
    max: 10_080,
    meaning: 'How often a terminal uploads what it has.',
  },
  { path: 'uploads.fromHour', ...hour, meaning: 'Uploads begin, by the hour of the operating day.' },
  { path: 'uploads.toHour', ...hour, meaning: 'Uploads end; what comes later waits for the morning.' },
  { path: 'uploads.recordsMax', form: 'integer', min: 1, max: 1000, meaning: 'Records in a batch, at most.' },
  {
    path: 'uploads.carriedEveryDays',
    form: 'integer',
    min: 0,
    max: 366,
    meaning: 'Batches are carried by hand once in so many days; 0: there is a network.',
  },
  { path: 'uploads.carriedHour', ...hour, meaning: 'When on that day.' },
  { path: 'outages[].day', form: 'integer', min: 1, max: 3660, meaning: 'Day of an outage of the network, from 1.' },
  { path: 'outages[].fromHour', ...hour, meaning: 'When it begins.' },
  { path: 'outages[].hours', form: 'number', min: 0, max: 720, meaning: 'How long it lasts.' },
  { path: 'outages[].terminalShare', ...share, meaning: 'Of the terminals: without a network.' },
  {
    path: 'sampling',
    form: 'choice',
    of: SAMPLINGS,
    meaning:
      'How torn taps and cut-off uploads are drawn. `chance`: each by itself. `quota`: as many as their share says, at random moments.',
  },
  ...FAULT_KNOBS.map(({ name, meaning, max }) => ({
    path: `faults.${name}`,
    form: 'number' as const,
    min: 0,
    max,
    meaning,
  })),
  ...FRAUD_KNOBS.map(({ name, meaning, max }) => ({
    path: `frauds.${name}`,
    form: 'integer' as const,
    min: 0,
    max,
    meaning: `${meaning} At scale 1.`,
  })),
  {
    path: 'centre.maxDelayHours',
    form: 'number',
    min: 0,
    max: 8760,
    meaning: 'How long a record may be under way before its absence is an alert.',
  },
  {
    path: 'centre.clockToleranceSeconds',
    form: 'number',
    min: 1,
    max: 86_400,
    meaning: 'Largest difference between the clocks of two terminals.',
  },
  {
    path: 'centre.lookHours',
    form: 'number',
    min: 0.25,
    max: 168,
    meaning: 'How often the centre is asked for its alerts: the resolution of the latencies in the report.',
  },
];
