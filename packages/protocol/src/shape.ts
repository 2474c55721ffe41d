/**
 * What an object from outside may hold: its keys, and a check of each. Checks answer with a reason for people, or
 * null. Tables of functions instead of a schema library, because a day of journals is millions of lines.
 */

/** An object as JSON.parse made it: nothing is known of its values yet. */
export type Untrusted = { [key: string]: unknown };

/** Looks at `holder[key]`; `inside` is the path before the key, for the reason: `product.`, `log[3].` or nothing. */
export type Check = (holder: Untrusted, key: string, inside: string) => string | null;

export interface Field {
  readonly key: string;
  readonly required: boolean;
  readonly check: Check;
}

/** The keys an object must and may have; it may have no other. */
export type Shape = readonly Field[];

export function required(key: string, check: Check): Field {
  return { key, required: true, check };
}

export function optional(key: string, check: Check): Field {
  return { key, required: false, check };
}

/** An integer from `low` to `high`; `range` says so in words. */
export function integer(low: number, high: number, range: string): Check {
  return (holder, key, inside) => {
    const value = holder[key];
    if (typeof value === 'number' && Number.isInteger(value) && value >= low && value <= high) {
      // −0 is the integer 0, but Object.is, Map keys and some printers tell the two apart.
      if (Object.is(value, -0)) holder[key] = 0;
      return null;
    }
    return `"${inside}${key}" must be an integer ${range}, not ${shown(value)}`;
  };
}

/** A string that matches `pattern`; `wording` says so. */
export function text(pattern: RegExp, wording: string): Check {
  return (holder, key, inside) => {
    const value = holder[key];
    if (typeof value === 'string' && pattern.test(value)) return null;
    return `"${inside}${key}" must be ${wording}, not ${shown(value)}`;
  };
}

/** One of a few words. */
export function oneOf(words: readonly string[]): Check {
  const wording = words.length === 1 ? `"${words[0]}"` : `one of ${words.join(', ')}`;
  return (holder, key, inside) => {
    const value = holder[key];
    if (typeof value === 'string' && words.includes(value)) return null;
    return `"${inside}${key}" must be ${wording}, not ${shown(value)}`;
  };
}

/** An object of its own shape. */
export function objectOf(shape: Shape): Check {
  return (holder, key, inside) => {
    const value = holder[key];
    if (!isObject(value)) return `"${inside}${key}" must be an object, not ${shown(value)}`;
    return refusal(shape, value, `${inside}${key}.`);
  };
}

/** A list of at most `lengthMax` objects of one shape. */
export function listOf(shape: Shape, lengthMax: number): Check {
  return (holder, key, inside) => {
    const value = holder[key];
    if (!Array.isArray(value)) return `"${inside}${key}" must be a list, not ${shown(value)}`;
    if (value.length > lengthMax) {
      return `"${inside}${key}" must have at most ${lengthMax} entries, not ${value.length}`;
    }
    for (let index = 0; index < value.length; index += 1) {
      const entry: unknown = value[index];
      if (!isObject(entry)) return `"${inside}${key}[${index}]" must be an object, not ${shown(entry)}`;
      const reason = refusal(shape, entry, `${inside}${key}[${index}].`);
      if (reason !== null) return reason;
    }
    return null;
  };
}

/**
 * Why `holder` is not of `shape`, or null if it is. `excess` words the reason for a key that the shape does not have.
 */
export function refusal(shape: Shape, holder: Untrusted, inside: string, excess = unknownKey): string | null {
  let present = 0;
  for (const field of shape) {
    if (holder[field.key] === undefined) {
      if (field.required) return `"${inside}${field.key}" is missing`;
      continue;
    }
    present += 1;
    const reason = field.check(holder, field.key, inside);
    if (reason !== null) return reason;
  }
  // Counting is enough while all is well; which key it is matters only for the reason. Object.keys also lists an own
  // `__proto__`, as JSON.parse makes one.
  const keys = Object.keys(holder);
  if (keys.length === present) return null;
  const known = new Set(shape.map((field) => field.key));
  return excess(inside + (keys.find((key) => !known.has(key) || holder[key] === undefined) ?? ''));
}

function unknownKey(path: string): string {
  return `unknown key ${shown(path)}`;
}

export function isObject(value: unknown): value is Untrusted {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const SHOWN_CHARACTERS_MAX = 40;

/** A foreign value within a reason: short, on one line, and without characters that a screen or a database chokes on. */
export function shown(value: unknown): string {
  if (typeof value === 'string') {
    // JSON.stringify escapes control characters and lone surrogates.
    if (value.length <= SHOWN_CHARACTERS_MAX) return JSON.stringify(value);
    return `${JSON.stringify(value.slice(0, SHOWN_CHARACTERS_MAX))}…`;
  }
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
