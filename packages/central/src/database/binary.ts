/**
 * Values in PostgreSQL's own binary form (the `*_recv` functions of its types), for what is written by the thousand: as text
 * each value is printed here and parsed there, which was the larger part of what a record cost.
 */

/** What a column holds, by its PostgreSQL type; an enum travels as its label. */
type BinaryType = 'int4' | 'int8' | 'bool' | 'text';

export interface Column<Item> {
  readonly type: BinaryType;
  readonly cell: (item: Item) => number | boolean | string | null | undefined;
}

export const int4 = <Item>(cell: (item: Item) => number | null | undefined): Column<Item> => ({ type: 'int4', cell });
export const int8 = <Item>(cell: (item: Item) => number | null | undefined): Column<Item> => ({ type: 'int8', cell });
export const bool = <Item>(cell: (item: Item) => boolean | null | undefined): Column<Item> => ({ type: 'bool', cell });
export const text = <Item>(cell: (item: Item) => string | null | undefined): Column<Item> => ({ type: 'text', cell });

/** Type numbers are part of PostgreSQL's protocol and the same in every database (pg_type.dat). */
const OIDS: Readonly<Record<BinaryType, number>> = { bool: 16, int8: 20, int4: 23, text: 25 };

/** One array a column, as parameters of a set-wise statement over `unnest`. */
export function binaryColumns<Item>(items: readonly Item[], ...columns: readonly Column<Item>[]): Buffer[] {
  return columns.map((column) => binaryArray(items, column));
}

function binaryArray<Item>(items: readonly Item[], { type, cell }: Column<Item>): Buffer {
  const bytes = new Bytes(20 + items.length * (type === 'text' ? 16 : 12));
  // dimensions, whether there may be nulls, type of the elements; then of the one dimension: length, lower bound
  bytes.int32(items.length === 0 ? 0 : 1);
  bytes.int32(1);
  bytes.int32(OIDS[type]);
  if (items.length === 0) return bytes.taken();
  bytes.int32(items.length);
  bytes.int32(1);
  for (const item of items) bytes.value(type, cell(item));
  return bytes.taken();
}

export const COPY_HEADER = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');

/** Rows as `copy … from stdin (format binary)` takes them. */
export function copyRows<Item>(items: readonly Item[], columns: readonly Column<Item>[]): Buffer {
  const bytes = new Bytes(64 + items.length * columns.length * 12);
  bytes.raw(COPY_HEADER);
  for (const item of items) {
    bytes.int16(columns.length);
    for (const { type, cell } of columns) bytes.value(type, cell(item));
  }
  bytes.int16(-1);
  return bytes.taken();
}

/** Bytes that grow as they are written. */
export class Bytes {
  #bytes: Buffer;
  #view: DataView;
  #length = 0;

  constructor(room: number) {
    this.#bytes = Buffer.allocUnsafeSlow(room);
    this.#view = new DataView(this.#bytes.buffer);
  }

  int16(value: number): void {
    this.#room(2);
    this.#view.setInt16(this.#length, value);
    this.#length += 2;
  }

  int32(value: number): void {
    this.#room(4);
    this.#view.setInt32(this.#length, value);
    this.#length += 4;
  }

  raw(bytes: Buffer): void {
    this.#room(bytes.length);
    bytes.copy(this.#bytes, this.#length);
    this.#length += bytes.length;
  }

  /** A value after its length in bytes; a null is the length −1 alone. */
  value(type: BinaryType, value: number | boolean | string | null | undefined): void {
    if (type === 'int8') this.int8Value(value as number | null | undefined);
    else if (type === 'int4') this.int4Value(value as number | null | undefined);
    else if (type === 'text') this.textValue(value as string | null | undefined);
    else this.boolValue(value as boolean | null | undefined);
  }

  int4Value(value: number | null | undefined): void {
    if (value === null || value === undefined) {
      this.int32(-1);
      return;
    }
    assertInteger(value, 2 ** 31);
    this.#room(8);
    this.#view.setInt32(this.#length, 4);
    this.#view.setInt32(this.#length + 4, value);
    this.#length += 8;
  }

  int8Value(value: number | null | undefined): void {
    if (value === null || value === undefined) {
      this.int32(-1);
      return;
    }
    assertInteger(value, 2 ** 53);
    this.#room(12);
    this.#view.setInt32(this.#length, 8);
    this.#view.setInt32(this.#length + 4, Math.floor(value / 2 ** 32));
    this.#view.setInt32(this.#length + 8, value | 0); // the low 32 bits, of negative ones too
    this.#length += 12;
  }

  boolValue(value: boolean | null | undefined): void {
    if (value === null || value === undefined) {
      this.int32(-1);
      return;
    }
    this.#room(5);
    this.#view.setInt32(this.#length, 1);
    this.#view.setUint8(this.#length + 4, value ? 1 : 0);
    this.#length += 5;
  }

  textValue(value: string | null | undefined): void {
    if (value === null || value === undefined) {
      this.int32(-1);
      return;
    }
    this.#room(4 + 3 * value.length); // UTF-8 has at most three bytes for each unit of UTF-16
    const length = this.#bytes.write(value, this.#length + 4, 'utf8');
    this.#view.setInt32(this.#length, length);
    this.#length += 4 + length;
  }

  taken(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  #room(wanted: number): void {
    if (this.#length + wanted <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(2 * this.#bytes.length, this.#length + wanted));
    this.#bytes.copy(grown, 0, 0, this.#length);
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }
}

/** In a column of four bytes a number that is too large would wrap to another one, in silence. */
function assertInteger(value: number, limit: number): void {
  if (!Number.isInteger(value) || value < -limit || value >= limit) throw new RangeError(`${value} is no such integer`);
}
