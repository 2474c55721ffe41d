/** CommitTransaction, AbortTransaction, CommitReaderID (MF2DLHX0 sections 10.2, 10.3 and 11.9). */
import { concat, toLittleEndian } from '../../bytes.ts';
import { encryptReaderId, TRANSACTION_CODES, transactionMac, transactionSessionKeys } from '../../transaction-mac.ts';
import { COUNTER_MAX, type TransactionMacFile } from '../files/transaction-mac-file.ts';
import { transactionMacFileOf, withFiles } from '../state.ts';
import { type Answer, DONE, isRefusal, type Refusal } from '../status.ts';
import { grantedMode, rightOf } from './access.ts';
import { type CardContext, type Command, macCommand } from './command.ts';

const READER_ID_BYTES = 16;
const RETURN_MAC = 0x01;
/** Right `readWrite` of the TransactionMAC file: CommitReaderID is not used at all. */
const READER_ID_DISABLED = 0xf;

const commitTransaction = macCommand(0xc7, (card, data) => {
  const [option = 0] = data;
  if (data.length > 1) return 'length-error';
  if ((option & ~RETURN_MAC) !== 0) return 'parameter-error';
  if (card.application === null) return 'permission-denied';
  const file = transactionMacFileOf(card.application);
  if (file === undefined && option === RETURN_MAC) return 'permission-denied';
  if (card.transaction.isEmpty) return 'no-changes';
  const changed = card.transaction.applied(card.application);
  if (file === undefined) return stored(card, changed, DONE);
  const proved = proof(card, file);
  if (isRefusal(proved)) return proved;
  const answer = option === RETURN_MAC ? concat(toLittleEndian(proved.counter, 4), proved.mac) : DONE;
  return stored(card, withFiles(changed, proved), answer);
});

/** One write makes all of it last: files, counter, MAC and reader identity. */
function stored(
  card: CardContext,
  changed: Parameters<CardContext['storeApplication']>[0],
  answer: Uint8Array,
): Answer {
  const refusal = card.storeApplication(changed);
  if (refusal !== null) return refusal;
  card.abortTransaction();
  return answer;
}

/** The TransactionMAC file as this commit leaves it. */
function proof(card: CardContext, file: TransactionMacFile): TransactionMacFile | Refusal {
  const { readerId, input } = card.transaction;
  if (file.counter === COUNTER_MAX) return 'permission-denied';
  if (readerId === null && rightOf(file, 'readWrite') !== READER_ID_DISABLED) return 'permission-denied';
  const counter = file.counter + 1;
  const mac = withSessionKeys(card, file, (keys) => transactionMac(keys.mac, input.bytes()));
  return { ...file, counter, mac, readerId: readerId ?? file.readerId };
}

const abortTransaction = macCommand(0xa7, (card, data) => {
  if (data.length > 0) return 'length-error';
  if (card.application === null) return 'permission-denied';
  if (card.transaction.isEmpty) return 'no-changes';
  card.abortTransaction();
  return DONE;
});

const commitReaderId: Command = {
  code: TRANSACTION_CODES.commitReaderId,
  headerBytes: 0,
  mode(card) {
    const file = card.application === null ? undefined : transactionMacFileOf(card.application);
    if (file === undefined) return 'permission-denied';
    const mode = grantedMode(card.session, file, ['readWrite']);
    // Whatever the file's mode is, this command is secured by a MAC in a session.
    return mode === 'plain' || mode === 'full' ? 'mac' : mode;
  },
  run(card, _, data) {
    const file = card.application === null ? undefined : transactionMacFileOf(card.application);
    if (file === undefined) return 'permission-denied';
    if (data.length !== READER_ID_BYTES) return 'length-error';
    // Once a transaction: a terminal cannot name another reader after the fact.
    if (card.transaction.readerId !== null || file.counter === COUNTER_MAX) return 'permission-denied';
    card.transaction.readerId = data;
    // Only who is authenticated learns who was here before, and only the centre can read it.
    const isTold = card.session !== null;
    const answer = isTold
      ? withSessionKeys(card, file, (keys) => encryptReaderId(keys.encryption, file.readerId))
      : DONE;
    card.transaction.input.addReaderId(data, answer);
    return answer;
  },
};

function withSessionKeys<T>(
  card: CardContext,
  file: TransactionMacFile,
  use: (keys: ReturnType<typeof transactionSessionKeys>) => T,
): T {
  const key = card.keyOfValue(file.key.value);
  const keys = transactionSessionKeys(key, file.counter + 1, card.uid);
  const result = use(keys);
  for (const used of [keys.mac, keys.encryption, key]) used.discard();
  return result;
}

export const TRANSACTION_COMMANDS: readonly Command[] = [commitTransaction, abortTransaction, commitReaderId];
