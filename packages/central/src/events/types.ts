/** Types of events, as people name several of them at once. */
import { EVENT_TYPES, type EventType } from './port.ts';

export const ALL_EVENT_TYPES = Object.keys(EVENT_TYPES) as readonly EventType[];

/** A type, or with `.*` all of a family; empty where there is none such. */
export function eventTypesNamed(text: string): readonly EventType[] {
  return ALL_EVENT_TYPES.filter((type) => type === text || (text.endsWith('.*') && type.startsWith(text.slice(0, -1))));
}
