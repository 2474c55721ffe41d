/** The one way to write an entry: its line is what the log's hashes are over (docs/audit.md, "The line"). */
import type { AuditDetail, AuditEntry } from './port.ts';

/** Of `who` and `object`, which strangers may have typed. */
const CHARACTERS_MAX = 200;
/** Of the detail: what is longer is named by its digest. */
const DETAIL_BYTES_MAX = 64 * 2 ** 10;

/** An entry as it is kept: what no database could hold, or nobody read, is gone from its texts. */
export function keptEntry(entry: AuditEntry): Omit<AuditEntry, 'detail'> & { readonly detail: string } {
  if (!/^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)+$/.test(entry.what)) throw new RangeError(`no dotted word: ${entry.what}`);
  const detail = canonicalJson(entry.detail);
  if (Buffer.byteLength(detail) > DETAIL_BYTES_MAX) throw new RangeError(`${entry.what}: too much detail for the log`);
  return { ...entry, who: shortened(entry.who), object: shortened(entry.object), detail };
}

/** `at,"who","what","object","outcome",detail]`: the line but for `[id,`, which is known at commit. */
export function restOfLine(entry: Omit<AuditEntry, 'detail'> & { readonly detail: string }): string {
  const texts = [entry.who, entry.what, entry.object, entry.outcome].map((text) => JSON.stringify(text));
  return `${canonicalJson(entry.at)},${texts.join(',')},${entry.detail}]`;
}

/** JSON as RFC 8785 has it: names in order of their UTF-16 units, no white space; of numbers only safe integers. */
export function canonicalJson(value: AuditDetail): string {
  if (typeof value === 'string') return JSON.stringify(storable(value));
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is no safe integer`);
    return String(value + 0); // −0 is written 0
  }
  if (value === null || typeof value === 'boolean') return String(value);
  if (isList(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const members = Object.entries(value).flatMap(([name, member]) =>
    member === undefined ? [] : [[storable(name), canonicalJson(member)] as const],
  );
  members.sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${members.map(([name, text]) => `${JSON.stringify(name)}:${text}`).join(',')}}`;
}

function isList(value: AuditDetail): value is readonly AuditDetail[] {
  return Array.isArray(value);
}

/** PostgreSQL's text has no U+0000, and half a surrogate pair has no UTF-8. */
function storable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what is looked for
  return text.replace(/\u0000|\p{Surrogate}/gu, '\uFFFD');
}

function shortened(text: string): string {
  const characters = [...storable(text)];
  return characters.length > CHARACTERS_MAX
    ? `${characters.slice(0, CHARACTERS_MAX - 1).join('')}…`
    : characters.join('');
}
