/** A table whose sort and columns stand in the address. */
import type { ReactNode } from 'react';
import { useAddress } from '../address.ts';
import { useSay } from '../words/language.tsx';
import { WORDS } from './words.ts';

export interface Column<Row> {
  /** In the address. */
  readonly id: string;
  readonly name: string;
  readonly cell: (row: Row) => ReactNode;
  /** Where the rows may be sorted by it. Null comes last. */
  readonly sort?: (row: Row) => number | string | null;
  readonly isNumber?: boolean;
  /** Sentences, which may have several lines. */
  readonly isWide?: boolean;
  /** Shown only where the reader chooses it. */
  readonly isHidden?: boolean;
}

export interface ListProps<Row> {
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  /** In place of the table where there are no rows. */
  readonly empty: ReactNode;
  /** In the address, before `sort` and `columns`, where a page has several lists. */
  readonly prefix?: string;
  readonly rowClass?: (row: Row) => string;
}

export function List<Row>(props: ListProps<Row>) {
  const { caption, columns, rows, rowKey, empty, prefix = '', rowClass } = props;
  const { search, set } = useAddress();
  const say = useSay(WORDS);
  if (rows.length === 0) return empty;
  const [sortName, columnsName] = [`${prefix}sort`, `${prefix}columns`];
  const chosen = search[columnsName]?.split(',');
  const shown = columns.filter(({ id, isHidden }) => (chosen ? chosen.includes(id) : !isHidden));
  const sort = sortOf(search[sortName] ?? '', columns);
  const ordered = sort ? sorted(rows, sort) : rows;
  const next = (id: string) => (search[sortName] === id ? `-${id}` : id);
  const toggle = (id: string) => {
    const now = shown.map((column) => column.id);
    const then = now.includes(id) ? now.filter((each) => each !== id) : [...now, id];
    const inOrder = columns.filter((column) => then.includes(column.id)).map((column) => column.id);
    if (inOrder.length > 0) set({ [columnsName]: inOrder.join(',') }, { replace: true });
  };
  return (
    <>
      <details className="columns">
        <summary>{say('columns')}</summary>
        <div className="choices">
          {columns.map(({ id, name }) => (
            <label key={id}>
              <input type="checkbox" checked={shown.some((column) => column.id === id)} onChange={() => toggle(id)} />
              {name}
            </label>
          ))}
        </div>
      </details>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys (axe: scrollable-region-focusable) */}
      <section className="scroll" tabIndex={0} aria-label={caption}>
        <table>
          <caption>{caption}</caption>
          <thead>
            <tr>
              {shown.map((column) => {
                const isSorted = sort?.column.id === column.id;
                const direction = isSorted ? (sort.isDown ? 'descending' : 'ascending') : undefined;
                return (
                  <th key={column.id} scope="col" className={column.isNumber ? 'number' : ''} aria-sort={direction}>
                    {column.sort ? (
                      <button type="button" className="sort" onClick={() => set({ [sortName]: next(column.id) })}>
                        {column.name}
                        <span aria-hidden="true">{direction ? (sort?.isDown ? ' ▾' : ' ▴') : ''}</span>
                        {direction && <span className="spoken"> {say(direction)}</span>}
                      </button>
                    ) : (
                      column.name
                    )}
                  </th>
                );
              })}
            </tr>
          </thead>
          <tbody>
            {ordered.map((row) => (
              <tr key={rowKey(row)} className={rowClass?.(row)}>
                {shown.map((column) => (
                  <td key={column.id} className={column.isNumber ? 'number' : column.isWide ? 'wide' : ''}>
                    {column.cell(row)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </>
  );
}

interface Sort<Row> {
  readonly column: Column<Row> & { readonly sort: NonNullable<Column<Row>['sort']> };
  readonly isDown: boolean;
}

function sortOf<Row>(text: string, columns: readonly Column<Row>[]): Sort<Row> | null {
  const isDown = text.startsWith('-');
  const column = columns.find(({ id }) => id === (isDown ? text.slice(1) : text));
  return column?.sort ? { column: { ...column, sort: column.sort }, isDown } : null;
}

/** A copy, in order; rows without a value come last in both directions. */
export function sorted<Row>(rows: readonly Row[], { column, isDown }: Sort<Row>): readonly Row[] {
  return [...rows].sort((one, other) => {
    const [a, b] = [column.sort(one), column.sort(other)];
    if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
    const order = a < b ? -1 : a > b ? 1 : 0;
    return isDown ? -order : order;
  });
}
