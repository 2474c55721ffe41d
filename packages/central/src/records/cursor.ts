/** Where a page of records ended. */
import type { RecordOrder } from './port.ts';

/**
 * What was last looked at. `late`: of a list by receipt, among what arrived so long after the time asked for that it is
 * looked through last.
 */
export interface Place {
  readonly order: RecordOrder | 'late';
  /** Serial; or time, terminal, serial; or receipt, terminal, serial. */
  readonly key: readonly number[];
}

const LETTERS = { serial: 's', time: 't', receipt: 'r', late: 'l' } as const;

export function cursorOf({ order, key }: Place): string {
  return [LETTERS[order], ...key].join('-');
}

/** @throws RangeError where it is no `next` of such a list: beginning anew instead would show the first page for ever */
export function placeOf(before: string, order: RecordOrder): Place {
  const [letter, ...parts] = before.split('-');
  const found = (Object.keys(LETTERS) as Place['order'][]).find((each) => LETTERS[each] === letter);
  const isOfOrder = found === order || (found === 'late' && order === 'receipt');
  const isWhole = parts.length === (order === 'serial' ? 1 : 3) && parts.every((part) => /^\d{1,15}$/.test(part));
  if (!found || !isOfOrder || !isWhole) throw new RangeError(`${before} is not the "next" of a page of this list`);
  return { order: found, key: parts.map(Number) };
}
