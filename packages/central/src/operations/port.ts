/** What those ask who run the centre: how it is, not what it knows. */
/** How long the database may take, in milliseconds. */
export interface Deadlines {
  /** For a free connection, and for a lock that somebody else holds. */
  readonly waitMs: number;
  /** For one statement. A round of reconciliation has {@link roundMs}. */
  readonly statementMs: number;
  readonly roundMs: number;
}

/** To the database, at this moment. */
export interface Connections {
  readonly max: number;
  readonly open: number;
  readonly idle: number;
  /** Questions that wait for one. */
  readonly waiting: number;
}

/** What was received and is not reconciled yet. */
export interface Backlog {
  /** Batches that some partition has not come to. */
  readonly batches: number;
  /** How long ago the first of them was received, in milliseconds; null: none waits. */
  readonly oldestMs: number | null;
}

/** Of the rounds of this process. */
export interface RoundCounts {
  readonly rounds: number;
  readonly records: number;
  /** Of these, decided on the careful path. */
  readonly careful: number;
}

export interface FleetOptions {
  /** An active terminal that was not heard of for so long is silent, in milliseconds. */
  readonly silentMs: number;
  /** A licence that ends within this time is ending, in milliseconds. */
  readonly endingMs: number;
  /** A clock that differs by more is off, in milliseconds. */
  readonly clockOffMs: number;
}

/** The terminals as one sees them from afar: counts, never names. */
export interface Fleet {
  /** By state. */
  readonly terminals: Readonly<Record<string, number>>;
  /** Active, by what is wrong. */
  readonly silent: number;
  readonly licenceExpired: number;
  readonly licenceEnding: number;
  readonly clockOff: number;
  /** The largest difference of an active terminal's clock from ours, in milliseconds; null where none is known. */
  readonly clockOffsetMax: number | null;
  /** Terminals with a hole in their serials. */
  readonly withMissing: number;
  /** Active terminals that hold an older version than the newest of a list, by list. */
  readonly behind: Readonly<Record<string, number>>;
}

/** What stands open, whoever is at it. Each is counted to {@link STANDING_MAX}. */
export interface Standing {
  readonly sessions: number;
  /** Alert cases that nobody has resolved, and that are not cured. */
  readonly cases: Readonly<Record<OpenCaseState, number>>;
  /** Webhooks that are sent nothing, because somebody or the centre has disabled them. */
  readonly webhooksDisabled: number;
  /** Enabled webhooks whose last attempt failed. */
  readonly webhooksFailing: number;
  /** Events that enabled webhooks have still to be sent; one for two of them counts twice. */
  readonly deliveriesWaiting: number;
}

export const OPEN_CASE_STATES = ['new', 'acknowledged', 'assigned'] as const;
export type OpenCaseState = (typeof OPEN_CASE_STATES)[number];

/** As far as anything of {@link Standing} is counted: beyond it, it is only dear. */
export const STANDING_MAX = 10_000;

/** Why the database can not be worked with; in the order in which it is looked at. */
export type Unfitness =
  /** A newer Retap has changed the schema. */
  | 'database-newer'
  /** It takes nothing: a standby, or set to read only. */
  | 'database-read-only';

export interface Operations {
  connections(): Connections;
  /** Questions that ended with a fault of the database since the centre was opened, by code. */
  faults(): Readonly<Record<string, number>>;
  rounds(): RoundCounts;
  /** Cheap, however much waits. */
  backlog(): Promise<Backlog>;
  /** Once through the registry. */
  fleet(options: FleetOptions): Promise<Fleet>;
  /** By indexes, and no further than {@link STANDING_MAX}. */
  standing(): Promise<Standing>;
  /** Writes something and has it made durable. @returns null where that could be done @throws CentralError where it could not */
  probe(): Promise<Unfitness | null>;
}
