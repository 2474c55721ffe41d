/** Rows written many at once: new ones by COPY where the engine has it, else, and where they change, set-wise over `unnest`. */
import { binaryColumns, type Column, copyRows } from './binary.ts';
import type { Sql } from './database.ts';

export interface NamedColumn<Item> extends Column<Item> {
  readonly name: string;
  /** Its PostgreSQL type, where that is an enum. */
  readonly enum?: string;
}

export const named = <Item>(name: string, column: Column<Item>, enumType?: string): NamedColumn<Item> => ({
  ...column,
  name,
  ...(enumType !== undefined && { enum: enumType }),
});

const ARRAYS = { int4: 'integer[]', int8: 'bigint[]', bool: 'boolean[]', text: 'text[]' } as const;
/** Below, COPY's own round trip costs more than it saves. */
export const COPY_FROM = 50;

/** Inserts rows of which none is there. */
export async function insertRows<Item>(
  sql: Sql,
  table: string,
  items: readonly Item[],
  columns: readonly NamedColumn<Item>[],
): Promise<void> {
  if (items.length === 0) return;
  const names = columns.map(({ name }) => name).join(', ');
  if (sql.copyIn && items.length >= COPY_FROM) {
    await sql.copyIn(`copy ${table} (${names}) from stdin (format binary)`, copyRows(items, columns));
    return;
  }
  const cells = columns.map((column, i) => `c${i}${column.enum === undefined ? '' : `::${column.enum}`}`).join(', ');
  const arrays = columns.map(({ type }, i) => `$${i + 1}::${ARRAYS[type]}`).join(', ');
  const places = columns.map((_, i) => `c${i}`).join(', ');
  await sql.rows(
    `insert into ${table} (${names}) select ${cells} from unnest(${arrays}) as u (${places})`,
    binaryColumns(items, ...columns),
  );
}

/** Sets all columns of rows that are there. @param columns the first one is the key */
export async function updateRows<Item>(
  sql: Sql,
  table: string,
  items: readonly Item[],
  columns: readonly NamedColumn<Item>[],
): Promise<void> {
  const [key, ...others] = columns;
  if (items.length === 0 || key === undefined) return;
  const arrays = columns.map(({ type }, i) => `$${i + 1}::${ARRAYS[type]}`).join(', ');
  const names = columns.map(({ name }) => name).join(', ');
  await sql.rows(
    `update ${table} t set ${others.map(({ name }) => `${name} = u.${name}`).join(', ')}
     from unnest(${arrays}) as u (${names}) where t.${key.name} = u.${key.name}`,
    binaryColumns(items, ...columns),
  );
}
