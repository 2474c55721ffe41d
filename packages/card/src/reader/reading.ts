/** Reads the account from an authenticated card. Changes nothing. */
import type { LogEntry } from '@retap/model';
import { concat, fromSigned32 } from '../bytes.ts';
import { FILES, LAST } from '../layout.ts';
import type { Access, ReadFault, ReadWish } from '../medium.ts';
import {
  type LastTransaction,
  lastTransactionOf,
  logOf,
  newestEntry,
  piecesHeld,
  productsOf,
  type SlottedProduct,
} from './account.ts';
import { getValue, readData, readRecords } from './commands.ts';
import type { Command, SecureSession } from './session.ts';

/** What was read. */
export interface CardReading {
  readonly last: LastTransaction;
  /** Bytes of the last-transaction file. */
  readonly lastBytes: Uint8Array;
  /** Null where P was not read. */
  readonly products: readonly SlottedProduct[] | null;
  /** At least the newest entry, which the last transaction says. */
  readonly log: readonly LogEntry[];
  readonly isLogRead: boolean;
}

/** An authenticated conversation, and how the files are talked to in it. */
export interface Conversation {
  readonly session: SecureSession;
  readonly access: Access;
  readonly mode: 'full' | 'mac';
}

/** The value and the last transaction; products and log where they are wished. All must agree with each other. */
export async function readCard(conversation: Conversation, wish: ReadWish): Promise<CardReading | ReadFault> {
  const { access } = conversation;
  // The read key may not even see W: on a card, who may read a value may debit it.
  const value = access === 'read' ? null : await ask(conversation, getValue(FILES.balance), 4);
  if (typeof value === 'string') return value;
  const lastBytes = await ask(conversation, readData(FILES.last, 0, LAST.endWithAction), LAST.endWithAction);
  if (typeof lastBytes === 'string') return lastBytes;
  const last = lastTransactionOf(lastBytes);
  const balance = value && fromSigned32(value);
  if (last === 'blank') return balance === null || balance === 0 ? 'blank' : 'inconsistent';
  if (last === null || (balance !== null && balance !== last.balance)) return 'inconsistent';
  const products = wish.products ? await readProducts(conversation, last.held) : null;
  if (typeof products === 'string') return products;
  const isLogRead = wish.log({ lastTime: last.time, lastTerminal: last.terminal });
  const log = isLogRead ? await readLog(conversation, last) : [newestEntry(last)];
  if (typeof log === 'string') return log;
  return { last, lastBytes, products, log, isLogRead };
}

async function ask({ session, mode }: Conversation, command: Command, length: number): Promise<Uint8Array | ReadFault> {
  const answer = await session.send(command, mode);
  if (answer.outcome === 'refused') return 'foreign';
  return answer.outcome === 'answered' && answer.data.length === length ? answer.data : 'unreadable';
}

async function readProducts(conversation: Conversation, held: number): Promise<SlottedProduct[] | ReadFault> {
  const pieces: Uint8Array[] = [];
  for (const { offset, length } of piecesHeld(held)) {
    const bytes = await ask(conversation, readData(FILES.products, offset, length), length);
    if (typeof bytes === 'string') return bytes;
    pieces.push(bytes);
  }
  return productsOf(concat(...pieces), held);
}

async function readLog({ session, mode }: Conversation, last: LastTransaction): Promise<LogEntry[] | ReadFault> {
  const answer = await session.send(readRecords(FILES.log), mode);
  if (answer.outcome === 'torn') return 'unreadable';
  return (answer.outcome === 'answered' && logOf(answer.data, last)) || 'inconsistent';
}
