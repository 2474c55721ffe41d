/**
 * What waits for CommitTransaction: changes that nobody sees yet, in RAM. A reset, AbortTransaction, a select or a refused
 * command forgets them; a further authentication in the same application does not.
 */
import { TransactionMacInput } from '../transaction-mac.ts';
import type { DataFile } from './files/data.ts';
import { committedRecords, type RecordChange, type RecordFile } from './files/record.ts';
import { committedValue, type ValueChange, type ValueFile } from './files/value.ts';
import { type Application, type CardFile, withFiles } from './state.ts';
import { isRefusal, type Refusal } from './status.ts';

interface DataChange {
  readonly kind: 'backup';
  readonly file: DataFile;
}

export type Change = DataChange | ValueChange | RecordChange;

export class Transaction {
  readonly #changes = new Map<number, Change>();
  readonly input: TransactionMacInput = new TransactionMacInput();
  /** TMRICur: for whom this transaction is; null until CommitReaderID. */
  readerId: Uint8Array | null = null;

  /** Neither changed nor read anything that a commit or abort would end. */
  get isEmpty(): boolean {
    return this.#changes.size === 0 && this.input.isEmpty;
  }

  value(file: ValueFile): ValueChange {
    const change = this.#changes.get(file.number);
    return change?.kind === 'value' ? change : { kind: 'value', file, debited: 0 };
  }

  record(file: RecordFile): RecordChange {
    const change = this.#changes.get(file.number);
    return change?.kind === 'record' ? change : { kind: 'record', file, isCleared: false, record: null };
  }

  backup(file: DataFile): DataFile {
    const change = this.#changes.get(file.number);
    return change?.kind === 'backup' ? change.file : file;
  }

  change<C extends Change>(change: C | Refusal): Refusal | null {
    if (isRefusal(change)) return change;
    this.#changes.set(change.file.number, change);
    return null;
  }

  /** The application as the commit leaves it, but for its TransactionMAC file. */
  applied(application: Application): Application {
    return withFiles(application, ...[...this.#changes.values()].map(committed));
  }
}

function committed(change: Change): CardFile {
  switch (change.kind) {
    case 'backup':
      return change.file;
    case 'value':
      return committedValue(change);
    case 'record':
      return committedRecords(change);
  }
}
