/** How a city lives, apart from what goes wrong in it: its calendar, its people and what they carry, its uploads. */
import { type CalendarOptions, DAY_KINDS, type DayKind } from './calendar.ts';

/** People who travel alike. */
export interface RiderClass {
  readonly name: string;
  /** Of all people. */
  readonly share: number;
  /** That they travel at all on an ordinary workday; other days: times their demand. */
  readonly travelChance: number;
  /** Of the days on which they travel, but for weekends and holidays: to work or school in the morning, and back. */
  readonly commuteShare: number;
  /** Of the ways out: with a way back. */
  readonly returnShare: number;
  /** Of the days on which they travel: out once more in the evening, and back. */
  readonly eveningShare: number;
  /** Travels on one day at least, drawn by demand: an account that is active. */
  readonly isActive: boolean;
}

export const MEDIUM_KINDS = ['card', 'phone'] as const;
export type MediumKind = (typeof MEDIUM_KINDS)[number];

/** What people carry, and how long it is in the field. */
export interface MediaClass {
  readonly kind: MediumKind;
  /** Of all people. */
  readonly share: number;
  /** Of a whole tap: how long the terminal is taken, on average, and how far it may differ. */
  readonly tapMs: number;
  readonly tapSpreadMs: number;
  /** How much oftener than a card it leaves before its answer is whole. */
  readonly walkOffFactor: number;
}

/** The network is gone for a part of the terminals. */
interface Outage {
  /** 1: the first day. */
  readonly day: number;
  readonly fromHour: number;
  readonly hours: number;
  /** Of the terminals. */
  readonly terminalShare: number;
}

export const HABITS = ['wallet', 'ten-rides', 'day-ticket', 'monthly-pass'] as const;
/** What people pay with; a ride costs its fare only where no product covers it. */
export type Habit = (typeof HABITS)[number];

export const SAMPLINGS = ['chance', 'quota'] as const;

export interface Life {
  readonly city: { readonly salesShare: number; readonly inspectionShare: number; readonly gatesMax: number };
  readonly calendar: CalendarOptions & {
    /** Of travel, against an ordinary workday. */
    readonly demand: Readonly<Record<DayKind, number>>;
    /** Of torn taps, against an ordinary workday: people who have time hold their card longer. */
    readonly hurry: Readonly<Record<DayKind, number>>;
  };
  readonly day: {
    readonly morningHour: number;
    readonly morningSpreadHours: number;
    readonly eveningHour: number;
    readonly eveningSpreadHours: number;
    /** How many ways out begin in each hour of the day, against the others: 24 weights. */
    readonly hourWeights: readonly number[];
    readonly stayMinutesMin: number;
    readonly stayMinutesMax: number;
  };
  readonly riders: readonly RiderClass[];
  readonly media: readonly MediaClass[];
  readonly payment: {
    /** How many people have which habit, against the others. */
    readonly habits: Readonly<Record<Habit, number>>;
    readonly fares: readonly number[];
  };
  readonly opening: {
    /** 0: media are opened in the first night. Else before the first day, with the products that people have by then. */
    readonly eveHours: number;
    readonly deposits: readonly number[];
  };
  readonly inspection: {
    /** Of the people, each day. */
    readonly share: number;
  };
  readonly uploads: {
    readonly periodMinutes: number;
    readonly fromHour: number;
    readonly toHour: number;
    readonly recordsMax: number;
    /** 0: by the network. Else batches are carried to the centre by hand, once in so many days, at `carriedHour`. */
    readonly carriedEveryDays: number;
    readonly carriedHour: number;
  };
  readonly outages: readonly Outage[];
  /** `quota`: torn taps and cut-off uploads come as exactly as often as their share says, at random moments. */
  readonly sampling: (typeof SAMPLINGS)[number];
}

const each = <Value>(value: Value): Record<DayKind, Value> =>
  Object.fromEntries(DAY_KINDS.map((kind) => [kind, value])) as Record<DayKind, Value>;

/** The city of `retap start` and `retap simulate` where no preset is named. */
export const DEFAULT_LIFE: Life = {
  city: { salesShare: 0.15, inspectionShare: 0.05, gatesMax: 4 },
  calendar: {
    utcOffsetHours: 0,
    publicHolidays: [],
    schoolHolidays: [],
    demand: { ...each(0.5), workday: 1, schoolHoliday: 0.8 },
    hurry: each(1),
  },
  day: {
    morningHour: 7.7,
    morningSpreadHours: 2,
    eveningHour: 16.7,
    eveningSpreadHours: 3,
    hourWeights: [0, 0, 0, 0, 0, 0, 1, 1, 3, 4, 5, 5, 5, 5, 5, 5, 4, 3, 2, 1, 1, 0, 0, 0],
    stayMinutesMin: 45,
    stayMinutesMax: 120,
  },
  riders: [
    {
      name: 'commuter',
      share: 0.8,
      travelChance: 0.93,
      commuteShare: 1,
      returnShare: 1,
      eveningShare: 0.2,
      isActive: false,
    },
    {
      name: 'occasional',
      share: 0.2,
      travelChance: 0.3,
      commuteShare: 0,
      returnShare: 1,
      eveningShare: 0,
      isActive: false,
    },
  ],
  media: [{ kind: 'card', share: 1, tapMs: 333, tapSpreadMs: 120, walkOffFactor: 1 }],
  payment: {
    habits: { wallet: 4, 'ten-rides': 1, 'day-ticket': 1, 'monthly-pass': 1 },
    fares: [120, 180, 260],
  },
  opening: { eveHours: 0, deposits: [0, 500, 1000, 2000] },
  inspection: { share: 0.02 },
  uploads: { periodMinutes: 15, fromHour: 0, toHour: 24, recordsMax: 500, carriedEveryDays: 0, carriedHour: 12 },
  outages: [],
  sampling: 'chance',
};
