/** What happens at the centre, as others hear of it (docs/events.md). */
import type { Time } from '@retap/model';
import type { Capability } from '../people/roles.ts';

/** Each type, with the capability that whoever hears of it must have. */
export const EVENT_TYPES = {
  'alert.raised': 'see-alerts',
  'alert.changed': 'see-alerts',
  'alert.cured': 'see-alerts',
  'alert.worked': 'see-alerts',
  'batch.quarantined': 'see-terminals',
  'terminal.invited': 'see-terminals',
  'terminal.enrolled': 'see-terminals',
  'terminal.key-replaced': 'see-terminals',
  'terminal.renewed': 'see-terminals',
  'terminal.suspended': 'see-terminals',
  'terminal.resumed': 'see-terminals',
  'terminal.revoked': 'see-terminals',
  'terminal.seen-first': 'see-terminals',
  'list.published': 'see-lists',
  'proposal.made': 'see-proposals',
  'proposal.decided': 'see-proposals',
  'person.changed': 'manage-people',
  'webhook.changed': 'manage-webhooks',
} as const satisfies Readonly<Record<string, Capability>>;
export type EventType = keyof typeof EVENT_TYPES;

export type EventData = Readonly<Record<string, unknown>>;

export interface NewEvent {
  readonly at: Time;
  readonly type: EventType;
  /** As JSON; never a secret: it goes to other systems. */
  readonly data: EventData;
}

export interface Event extends NewEvent {
  /** 1, 2, 3, … without holes, in the order in which what happened became known; the same for ever. */
  readonly position: number;
}

/** How long events are kept. */
export interface Retention {
  /** Older ones are forgotten. */
  readonly before: Time;
  /** Of newer ones too no more than so many are kept. */
  readonly countMax: number;
}

export interface Events {
  /**
   * Gives what has happened its positions: until then nobody hears of it. Of several processes one does it at a time.
   * @returns how many; the limit of a step where more wait
   */
  place(): Promise<number>;
  /** Position of the newest event; 0 where nothing ever happened. */
  last(): Promise<number>;
  /** Position of the oldest event that is kept; one more than the newest where none is. */
  first(): Promise<number>;
  /** Events after a position, in order. */
  after(
    position: number,
    options: { readonly types?: readonly EventType[]; readonly limit: number },
  ): Promise<readonly Event[]>;
  /** @returns how many were forgotten */
  forget(retention: Retention): Promise<number>;
}
