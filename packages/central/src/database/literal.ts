/**
 * Columns as PostgreSQL array literals, for set-wise statements over `unnest`. The driver's own conversion quotes and
 * escapes value by value, which took a third of the time of an insert; these hold only numbers, booleans and names
 * that the protocol has checked (`0-9 A-Z a-z . _ -`).
 */
export type Cell = number | boolean | string | null | undefined;

export function arrayOf(cells: Iterable<Cell>): string {
  const parts: string[] = [];
  for (const cell of cells) parts.push(literal(cell));
  return `{${parts.join(',')}}`;
}

function literal(cell: Cell): string {
  if (cell === null || cell === undefined) return 'NULL';
  if (typeof cell !== 'string') return String(cell);
  if (!/^[\w.-]*$/.test(cell)) throw new RangeError(`not a name: ${JSON.stringify(cell)}`);
  return `"${cell}"`; // quoted, or a medium called "null" would be none
}

/** One array literal a column. */
export function columnsOf<Item>(items: readonly Item[], ...cells: readonly ((item: Item) => Cell)[]): string[] {
  return cells.map((cell) => arrayOf(items.map(cell)));
}
