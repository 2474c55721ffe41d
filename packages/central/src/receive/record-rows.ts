/** The rows of `record`; their COPY form is written by hand: they are nine tenths of all that is ever copied. */
import type { JournalRecord } from '@retap/model';
import { Bytes, bool, COPY_HEADER, int4, int8, text } from '../database/binary.ts';
import type { Sql } from '../database/database.ts';
import { COPY_FROM, insertRows, type NamedColumn, named } from '../database/insert.ts';
import type { RecordedRow } from '../remembered.ts';

/** One list for both ways; `recordRows` writes its cells in this order. */
const COLUMNS: readonly NamedColumn<RecordedRow>[] = [
  named(
    'time',
    int8(({ record }) => record.time),
  ),
  named(
    'last_time',
    int8(({ record }) => (record.type === 'open' ? null : record.lastTime)),
  ),
  named(
    'amount',
    int8(({ record }) => (record.type === 'observation' ? null : record.amount)),
  ),
  named(
    'balance',
    int8(({ record }) => record.balance),
  ),
  named(
    'receipt',
    int8(({ receipt }) => receipt),
  ),
  named(
    'terminal',
    int4(({ record }) => record.terminal),
  ),
  named(
    'serial',
    int4(({ record }) => record.serial),
  ),
  named(
    'medium_id',
    int4(({ mediumId }) => mediumId),
  ),
  named(
    'last_terminal',
    int4(({ record }) => (record.type === 'open' ? null : record.lastTerminal)),
  ),
  named(
    'medium_serial',
    int4(({ record }) => (record.type === 'open' ? null : record.mediumSerial)),
  ),
  named(
    'type',
    text(({ record }) => record.type),
    'record_type',
  ),
  named(
    'status',
    text(({ record }) => (record.type === 'observation' ? null : record.status)),
    'commit_status',
  ),
  named(
    'has_log',
    bool(({ record }) => record.type !== 'open' && record.log !== undefined),
  ),
  named(
    'extras',
    bool(({ record }) => hasExtras(record)),
  ),
  named(
    'product_id',
    text(({ record }) => productIdOf(record)),
  ),
];

const COPY_RECORDS = `copy record (${COLUMNS.map(({ name }) => name).join(', ')}) from stdin (format binary)`;

/** An enum travels as its label after the label's length. */
function label(name: string): Buffer {
  const bytes = Buffer.alloc(4 + name.length, name, 'latin1');
  bytes.writeInt32BE(name.length);
  bytes.write(name, 4, 'latin1');
  return bytes;
}

const TYPES = Object.fromEntries(
  (['open', 'refill', 'debit', 'purchase', 'validation', 'observation'] as const).map((type) => [type, label(type)]),
) as Record<JournalRecord['type'], Buffer>;
const STATUSES = {
  successful: label('successful'),
  unsuccessful: label('unsuccessful'),
  unverified: label('unverified'),
};

export function insertRecords(sql: Sql, fresh: readonly RecordedRow[]): Promise<void> {
  if (sql.copyIn && fresh.length >= COPY_FROM) return sql.copyIn(COPY_RECORDS, recordRows(fresh));
  return insertRows(sql, 'record', fresh, COLUMNS);
}

function recordRows(rows: readonly RecordedRow[]): Buffer {
  const bytes = new Bytes(64 + rows.length * 160);
  bytes.raw(COPY_HEADER);
  for (const { record, receipt, mediumId } of rows) {
    const read = record.type === 'open' ? null : record;
    const transaction = record.type === 'observation' ? null : record;
    bytes.int16(COLUMNS.length);
    bytes.int8Value(record.time);
    bytes.int8Value(read?.lastTime);
    bytes.int8Value(transaction?.amount);
    bytes.int8Value(record.balance);
    bytes.int8Value(receipt);
    bytes.int4Value(record.terminal);
    bytes.int4Value(record.serial);
    bytes.int4Value(mediumId);
    bytes.int4Value(read?.lastTerminal);
    bytes.int4Value(read?.mediumSerial);
    bytes.raw(TYPES[record.type]);
    if (transaction) bytes.raw(STATUSES[transaction.status]);
    else bytes.int32(-1);
    bytes.boolValue(read?.log !== undefined);
    bytes.boolValue(hasExtras(record));
    bytes.textValue(productIdOf(record));
  }
  bytes.int16(-1);
  return bytes.taken();
}

/** Whether the record says more than the columns of its row hold. */
export function hasExtras(record: JournalRecord): boolean {
  if (record.type === 'open') return false;
  if (record.type === 'purchase' || record.log !== undefined) return true;
  if (record.type === 'observation') return false;
  const { proof, action, reason, counterparty, refersTo } = record;
  return (
    proof !== undefined ||
    action !== undefined ||
    reason !== undefined ||
    counterparty !== undefined ||
    refersTo !== undefined
  );
}

function productIdOf(record: JournalRecord): string | null {
  if (record.type === 'purchase') return record.product.id;
  return record.type === 'validation' ? record.productId : null;
}
