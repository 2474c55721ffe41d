/** What holds for the whole site: how its people write days and money (docs/console.md, "Settings"). */
import type { Reason } from '../registry/port.ts';

export interface SiteSettings {
  /** IANA name: `Europe/Ljubljana`. By it times are written, and days and months begin. */
  readonly timeZone: string;
  /** When a business day begins, by that time zone: `04:00`. A night bus belongs to the day before. */
  readonly dayStart: string;
  readonly currency: {
    /** ISO 4217: `EUR`. */
    readonly code: string;
    /** How many digits of an amount are minor units: 2 for cents. */
    readonly digits: number;
  };
}

/** `time-zone-unknown`: the database has no such zone, so that days could not be summed by it. */
export type SiteRefusal = { readonly refusal: 'time-zone-unknown' };

export interface Site {
  /** UTC, midnight and EUR where nobody has said otherwise. */
  settings(): Promise<SiteSettings>;
  /** Replaces all of them. They change how things are written and grouped, and nothing that is stored. */
  set(settings: SiteSettings, reason: Reason): Promise<'set' | 'unchanged' | SiteRefusal>;
}
