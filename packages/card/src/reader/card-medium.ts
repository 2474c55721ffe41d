/** A card behind a reader, as the medium of a tap. */
import { type HeldProduct, type MediumAccount, PRODUCTS_MAX, type Product, type TerminalNumber } from '@retap/model';
import { concat, fromSigned32 } from '../bytes.ts';
import { type CommitContent, isHoldableProduct, readerIdOf, writesOf } from '../commit-writes.ts';
import { mediumNameOf } from '../diversification.ts';
import { FILES, LAST } from '../layout.ts';
import type { Access, CommitResult, Medium, MediumChange, MediumReading, ReadFault, ReadWish } from '../medium.ts';
import type { CardChannel, KeyStore, RandomBytes } from '../port.ts';
import { proofOf } from '../proof.ts';
import {
  type LastTransaction,
  lastTransactionOf,
  logOf,
  newestEntry,
  piecesHeld,
  productsOf,
  type SlottedProduct,
} from './account.ts';
import {
  abortTransaction,
  commitReaderId,
  commitTransaction,
  getValue,
  readData,
  readRecords,
  write,
} from './commands.ts';
import { authenticateWith, selectAccount } from './conversation.ts';
import type { Command, SecureSession } from './session.ts';

export interface CardMediumOptions {
  readonly channel: CardChannel;
  readonly keys: KeyStore;
  readonly random: RandomBytes;
  /** By whose reader identity it is committed. */
  readonly terminal: TerminalNumber;
  /** Communication mode of the card's files. FULL by default: the paper's accounts are encrypted. */
  readonly mode?: 'full' | 'mac';
}

/** What was read, as far as a commit needs it. */
interface Reading {
  readonly last: LastTransaction;
  /** Bytes of the last-transaction file. */
  readonly lastBytes: Uint8Array;
  /** Null where P was not read. */
  readonly products: readonly SlottedProduct[] | null;
  readonly isLogRead: boolean;
}

const DECLINED: CommitResult = { answer: 'declined' };

export class CardMedium implements Medium {
  readonly #options: CardMediumOptions;
  readonly #mode: 'full' | 'mac';
  #conversation: { readonly session: SecureSession; readonly access: Access } | null = null;
  #reading: Reading | null = null;

  constructor(options: CardMediumOptions) {
    this.#options = options;
    this.#mode = options.mode ?? 'full';
  }

  /**
   * With access `refill` the card is read by the debit key: the refill key may write and credit, but no file has rights for
   * three keys to read it. So a refill terminal holds both.
   */
  async authenticate(access: Access): Promise<'authenticated' | ReadFault> {
    this.close();
    const { channel, keys, random } = this.#options;
    const reading = access === 'refill' ? 'debit' : access;
    if (keys.versions(access).length === 0 || keys.versions(reading).length === 0) return 'key-missing';
    const selected = await selectAccount(channel);
    if (selected !== 'selected') return selected;
    const session = await authenticateWith(reading, channel, keys, random);
    if (typeof session === 'string') return session;
    this.#conversation = { session, access };
    return 'authenticated';
  }

  async read(wish: ReadWish): Promise<MediumReading | ReadFault> {
    const { access } = this.#open();
    // The read key may not even see W: on a card, who may read a value may debit it.
    const value = access === 'read' ? null : await this.#ask(getValue(FILES.balance), 4);
    if (typeof value === 'string') return value;
    const lastBytes = await this.#ask(readData(FILES.last, 0, LAST.endWithAction), LAST.endWithAction);
    if (typeof lastBytes === 'string') return lastBytes;
    const last = lastTransactionOf(lastBytes);
    const balance = value && fromSigned32(value);
    if (last === 'blank') return balance === null || balance === 0 ? 'blank' : 'inconsistent';
    if (last === null || (balance !== null && balance !== last.balance)) return 'inconsistent';
    const products = wish.products ? await this.#products(last.held) : null;
    if (typeof products === 'string') return products;
    const isLogRead = wish.log({ lastTime: last.time, lastTerminal: last.terminal });
    const log = isLogRead ? await this.#log(last) : [newestEntry(last)];
    if (typeof log === 'string') return log;
    this.#reading = { last, lastBytes, products, isLogRead };
    const account: MediumAccount = {
      medium: mediumNameOf(this.#options.channel.uid),
      balance: last.balance,
      products: products?.map(({ product }) => product) ?? [],
      lastTime: last.time,
      lastTerminal: last.terminal,
      mediumSerial: last.mediumSerial,
      log,
    };
    return { account, isLogRead, actionSerial: last.actionSerial, isBlocked: last.isBlocked };
  }

  canHold(product: Product): boolean {
    return isHoldableProduct(product);
  }

  async commit(change: MediumChange): Promise<CommitResult> {
    const reading = this.#reading;
    if (!reading) throw new Error('a commit follows a read');
    const { last, lastBytes, products, isLogRead } = reading;
    const { access } = this.#open();
    const { type, amount, after, action } = change;
    const isNext = after.mediumSerial === last.mediumSerial + 1 && after.balance === last.balance + amount;
    if (!isNext || after.lastTerminal !== this.#options.terminal) return this.#decline();
    const { held, product } = productWritten(change, last.held, products);
    // What only GetValue and the last transaction said can be proved as well; whatever else was read would be unknown to the centre.
    const isReadProved = access === 'debit' && products === null && !isLogRead;
    return this.#write({
      type,
      amount,
      balance: after.balance,
      mediumSerial: after.mediumSerial,
      terminal: after.lastTerminal,
      time: after.lastTime,
      held,
      ...(product && { product }),
      ...(action && { action }),
      ...(isReadProved && { read: lastBytes }),
    });
  }

  async open(first: MediumAccount): Promise<CommitResult> {
    const { access } = this.#open();
    if (access !== 'refill') return this.#decline();
    if ((await this.read({ products: false, log: () => false })) !== 'blank') return this.#decline();
    const { balance, lastTerminal: terminal, lastTime: time } = first;
    const { answer } = await this.#write({
      type: 'open',
      amount: balance,
      balance,
      mediumSerial: 0,
      terminal,
      time,
      held: 0,
    });
    return { answer };
  }

  /** Ends the conversation: the session keys are given up. */
  close(): void {
    this.#conversation?.session.close();
    this.#conversation = null;
    this.#reading = null;
  }

  #open(): { readonly session: SecureSession; readonly access: Access } {
    if (!this.#conversation) throw new Error('a conversation begins with its authentication');
    return this.#conversation;
  }

  #decline(): CommitResult {
    this.close();
    return DECLINED;
  }

  async #ask(command: Command, length: number): Promise<Uint8Array | ReadFault> {
    const answer = await this.#open().session.send(command, this.#mode);
    if (answer.outcome === 'refused') return 'foreign';
    return answer.outcome === 'answered' && answer.data.length === length ? answer.data : 'unreadable';
  }

  async #products(held: number): Promise<readonly SlottedProduct[] | ReadFault> {
    const pieces: Uint8Array[] = [];
    for (const { offset, length } of piecesHeld(held)) {
      const bytes = await this.#ask(readData(FILES.products, offset, length), length);
      if (typeof bytes === 'string') return bytes;
      pieces.push(bytes);
    }
    return productsOf(concat(...pieces), held);
  }

  async #log(last: LastTransaction): Promise<MediumAccount['log'] | ReadFault> {
    const answer = await this.#open().session.send(readRecords(FILES.log), this.#mode);
    if (answer.outcome === 'torn') return 'unreadable';
    return (answer.outcome === 'answered' && logOf(answer.data, last)) || 'inconsistent';
  }

  /** Writes and commits. Until the commit leaves, whatever goes wrong means that nothing was done: `declined`. */
  async #write(content: CommitContent): Promise<CommitResult> {
    const writes = writesOf(content);
    const session = await this.#sessionToWrite();
    if (!writes || !session) return this.#decline();
    if (!content.read && !(await answered(session, abortTransaction(), 'mac'))) return this.#decline();
    for (const each of writes) if (!(await answered(session, write(each), this.#mode))) return this.#decline();
    const previous = await answered(session, commitReaderId(readerIdOf(content.terminal)), 'mac');
    if (previous?.length !== 16) return this.#decline();
    const done = await answered(session, commitTransaction(), 'mac');
    this.close();
    // A refusal has no MAC: the card may have committed all the same, and somebody else have answered.
    if (done?.length !== 12) return { answer: 'torn' };
    return { answer: 'committed', proof: proofOf(content, done, previous) };
  }

  async #sessionToWrite(): Promise<SecureSession | null> {
    const { session, access } = this.#open();
    if (access !== 'refill') return session;
    session.close();
    const { channel, keys, random } = this.#options;
    const refill = await authenticateWith('refill', channel, keys, random);
    if (typeof refill === 'string') return null;
    this.#conversation = { session: refill, access };
    return refill;
  }
}

/** The data of an answer with a valid MAC; null for anything else. */
async function answered(session: SecureSession, command: Command, mode: 'full' | 'mac'): Promise<Uint8Array | null> {
  const answer = await session.send(command, mode);
  return answer.outcome === 'answered' ? answer.data : null;
}

/** Where the product of a change lies, and which slots hold P′. */
function productWritten(
  { product, productId, after }: MediumChange,
  held: number,
  slotted: readonly SlottedProduct[] | null,
): Pick<CommitContent, 'product' | 'held'> {
  if (!product && productId === undefined) return { held };
  if (!slotted) throw new Error('products are changed that were not read');
  const kept = slotted.filter((one) => after.products.some(({ id }) => id === one.product.id));
  const bits = kept.reduce((sum, { slot }) => sum | (1 << slot), 0);
  if (product) {
    const slot = Array.from({ length: PRODUCTS_MAX }, (_, index) => index).find((index) => !(bits & (1 << index)));
    if (slot === undefined) throw new Error('no slot is left for the product');
    return { held: bits | (1 << slot), product: { slot, uses: 0, id: product.id, bought: product } };
  }
  const used = slotted.find((one) => one.product.id === productId);
  if (!used) throw new Error('a product is used that was not read');
  return { held, product: { slot: used.slot, uses: usesOf(after.products, used.product), id: used.product.id } };
}

function usesOf(products: readonly HeldProduct[], { id, uses }: HeldProduct): number {
  return products.find((product) => product.id === id)?.uses ?? uses + 1;
}
