/** Whether a value may stand at a knob, and which knob was meant. */
import type { PresetKnob } from './preset-knobs.ts';

/** @returns the value @throws RangeError: which knob, what it is, what it may be */
export function checkKnob(knob: PresetKnob, place: string, value: unknown): unknown {
  if (isAllowed(knob, value)) return value;
  throw new RangeError(`${place} is ${JSON.stringify(value)}; it must be ${allowedOf(knob)}`);
}

function isAllowed(knob: PresetKnob, value: unknown): boolean {
  switch (knob.form) {
    case 'text':
      return typeof value === 'string' && value.length <= 400;
    case 'flag':
      return typeof value === 'boolean';
    case 'date':
      return isDate(value);
    case 'dates':
      return Array.isArray(value) && value.every(isDate);
    case 'choice':
      return knob.of.some((allowed) => allowed === value);
    case 'number':
      return isWithin(knob, value);
    case 'integer':
      return isWithin(knob, value) && Number.isInteger(value);
    case 'numbers': {
      if (!Array.isArray(value) || !value.every((each) => isWithin(knob, each))) return false;
      return knob.length === undefined ? value.length > 0 : value.length === knob.length;
    }
  }
}

function isWithin({ min, max }: { readonly min: number; readonly max: number }, value: unknown): boolean {
  return typeof value === 'number' && value >= min && value <= max;
}

function isDate(value: unknown): boolean {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\d$/.test(value)) return false;
  const time = Date.parse(`${value}T00:00:00Z`);
  // Date.parse takes 31 April for 1 May in some engines.
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(value);
}

/** What may stand at a knob, in words. */
export function allowedOf(knob: PresetKnob): string {
  switch (knob.form) {
    case 'text':
      return 'a text of up to 400 characters';
    case 'flag':
      return 'true or false';
    case 'date':
      return 'a date as 2015-12-01';
    case 'dates':
      return 'a list of dates as 2015-12-01';
    case 'choice':
      return knob.of.map((allowed) => `"${allowed}"`).join(' or ');
    case 'number':
      return `a number from ${knob.min} to ${knob.max}`;
    case 'integer':
      return `a whole number from ${knob.min} to ${knob.max}`;
    case 'numbers':
      return `a list of ${knob.length ?? 'one or more'} numbers from ${knob.min} to ${knob.max}`;
  }
}

/** The name that is fewest changes of a letter away. */
export function nearestOf(name: string, names: readonly string[]): string {
  let best = names[0] ?? '';
  for (const candidate of names) if (distance(name, candidate) < distance(name, best)) best = candidate;
  return best;
}

/** Levenshtein's: letters put in, taken out or changed. */
function distance(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const line = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const changed = (above[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
      line.push(Math.min((above[column] ?? 0) + 1, (line[column - 1] ?? 0) + 1, changed));
    }
    above = line;
  }
  return above[b.length] ?? 0;
}
