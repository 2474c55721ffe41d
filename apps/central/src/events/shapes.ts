/** Types of events as they are named in a question: `alert.raised`, or `alert.*` for all of a family. */
import { ALL_EVENT_TYPES, type EventType, eventTypesNamed } from '@retap/central';
import { z } from 'zod';

function named(parts: readonly string[], context: z.RefinementCtx): readonly EventType[] {
  const found = parts.map((part) => eventTypesNamed(part));
  const unknown = parts.find((_, index) => found[index]?.length === 0);
  if (unknown !== undefined) {
    context.addIssue({ code: 'custom', message: `has "${unknown}", which is no type of event` });
  }
  return [...new Set(found.flat())];
}

/** In one text, with commas between; all where nothing is said. */
export const EVENT_TYPES_ASKED = z
  .string()
  .default('')
  .transform((text, context) => {
    const parts = text.split(',').filter((part) => part !== '');
    return parts.length === 0 ? ALL_EVENT_TYPES : named(parts, context);
  });

export const EVENT_NAMES = z.array(z.string()).min(1, 'must name at least one type of event').transform(named);
