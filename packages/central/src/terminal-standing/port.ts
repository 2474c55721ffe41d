/** How the terminals do: what is wrong with which, what each owes, and how it compares with its peers (docs/console.md, "Terminals"). */
import type { Amount, MediumName, TerminalNumber, Time } from '@retap/model';
import type { ListKind, RegisteredRole } from '@retap/protocol';
import type { TerminalState } from '../registry/port.ts';

/** What may be wrong with a terminal, in the order in which a person should look. */
export const STANDING_FLAGS = [
  'silent', // active, and not heard of for a day
  'owing', // a transaction that a medium shows has not arrived, and is late
  'missing', // serials below its last have not arrived
  'unverified', // far more torn taps than its peers
  'clock', // its clock is further off than it may be
  'licence', // ended, or ends within three days
  'behind', // holds an older version of a list than the newest
  'alerts', // an alert that comes of it is open
] as const;
export type StandingFlag = (typeof STANDING_FLAGS)[number];

/** What media show that it has committed and not delivered. */
export interface Owed {
  readonly transactions: number;
  /** Of these, by now later than they may be. */
  readonly late: number;
  /** Σ of the gaps that they leave, the signs left out. */
  readonly amount: Amount;
}

/** Over the last records that arrived of it: {@link UNVERIFIED_OVER} serials at most. */
export interface UnverifiedRate {
  /** Transactions whose commit it did not see. */
  readonly unverified: number;
  readonly transactions: number;
  /** Median share among the terminals of its role that have {@link PEER_TRANSACTIONS_MIN} transactions; null where there are none. */
  readonly peers: number | null;
  /** {@link FAR_TIMES} × the median, and {@link FAR_MIN} transactions at least. */
  readonly isFar: boolean;
}

export const UNVERIFIED_OVER = 1_000;
export const PEER_TRANSACTIONS_MIN = 20;
export const FAR_TIMES = 3;
export const FAR_MIN = 5;

export interface TerminalStanding {
  readonly terminal: TerminalNumber;
  readonly name: string;
  readonly role: RegisteredRole;
  readonly state: TerminalState;
  readonly flags: readonly StandingFlag[];
  /** When it last sent something new that was taken. */
  readonly seenAt: Time | null;
  /** The centre's clock minus its own, in milliseconds, as it last said; null where it never did. */
  readonly offset: number | null;
  /** End of its licence. */
  readonly expiresAt: Time | null;
  readonly lastSerial: number | null;
  readonly missing: number;
  readonly owed: Owed;
  readonly rate: UnverifiedRate;
  /** 0 where it holds none. */
  readonly versions: Readonly<Record<ListKind, number>>;
  /** By how many versions, and since when, of each list that it is behind with. */
  readonly behind: Readonly<Partial<Record<ListKind, { readonly versions: number; readonly since: Time }>>>;
  /** Open cases that come of it. */
  readonly cases: number;
}

export const STANDING_SORTS = [
  'terminal',
  'name',
  'seen',
  'offset',
  'missing',
  'owed',
  'rate',
  'licence',
  'behind',
  'cases',
] as const;
export type StandingSort = (typeof STANDING_SORTS)[number];

export interface StandingQuery {
  readonly state?: TerminalState | undefined;
  readonly role?: RegisteredRole | undefined;
  readonly flag?: StandingFlag | undefined;
  /** In its name, or its number from the beginning; small and capital letters are alike. */
  readonly text?: string | undefined;
  readonly sort: StandingSort;
  readonly descending: boolean;
  /** {@link StandingPage.next} of the page before. */
  readonly after?: string | undefined;
  readonly limit: number;
}

export interface StandingPage {
  readonly terminals: readonly TerminalStanding[];
  /** Null at the end. */
  readonly next: string | null;
  /** That have what is asked for, on whatever page. */
  readonly found: number;
  /** Of all terminals: so many have each flag, and each state. */
  readonly flags: Readonly<Record<StandingFlag, number>>;
  readonly states: Readonly<Record<TerminalState, number>>;
}

export interface OwedTransaction {
  readonly medium: MediumName;
  /** By the terminal's clock, as the medium has it. */
  readonly time: Time;
  /** Whether it is later than it may be. */
  readonly late: boolean;
  /** What moved meanwhile and is not explained, as the medium shows it; null where no transaction after it counts. */
  readonly amount: Amount | null;
}

/** Newest first. */
export interface OwedPage {
  readonly owed: readonly OwedTransaction[];
  readonly next: string | null;
}

export interface TerminalDetail {
  readonly standing: TerminalStanding;
  /** Serials that have not arrived, [from, to], the newest first: {@link MISSING_RANGES_MAX} at most. */
  readonly missing: readonly (readonly [from: number, to: number])[];
  /** The newest version of each list; null where none was published. */
  readonly newest: Readonly<Record<ListKind, number | null>>;
}

export const MISSING_RANGES_MAX = 100;

export interface TerminalStandings {
  /** Once through the registry. */
  page(query: StandingQuery): Promise<StandingPage>;
  /** Null where no such terminal was invited. */
  detail(terminal: TerminalNumber): Promise<TerminalDetail | null>;
  owed(
    terminal: TerminalNumber,
    page: { readonly before?: string | undefined; readonly limit: number },
  ): Promise<OwedPage>;
}
