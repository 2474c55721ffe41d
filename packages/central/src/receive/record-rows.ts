/** The rows of `record` in COPY's binary form, written by hand: they are nine tenths of all that is ever copied. */
import type { JournalRecord } from '@retap/model';
import { Bytes, COPY_HEADER } from '../database/binary.ts';
import type { RecordedRow } from '../remembered.ts';
import { hasExtras, productIdOf } from './facts.ts';

const COLUMNS = [
  ...['time', 'last_time', 'amount', 'balance', 'receipt', 'terminal', 'serial', 'medium_id', 'last_terminal'],
  ...['medium_serial', 'type', 'status', 'has_log', 'extras', 'product_id'],
];

export const COPY_RECORDS = `copy record (${COLUMNS.join(', ')}) from stdin (format binary)`;

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

export function recordRows(rows: readonly RecordedRow[]): Buffer {
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
