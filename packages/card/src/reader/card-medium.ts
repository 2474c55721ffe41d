/** A card behind a reader, as the medium of a tap. */
import type { MediumAccount, Product, TerminalNumber } from '@retap/model';
import { type CommitContent, isHoldableProduct, readerIdOf, writesOf } from '../commit-writes.ts';
import { mediumNameOf } from '../diversification.ts';
import { READER_ID } from '../layout.ts';
import type { Access, CommitResult, Medium, MediumChange, MediumReading, ReadFault, ReadWish } from '../medium.ts';
import type { CardChannel, KeyStore, RandomBytes } from '../port.ts';
import { COMMIT_ANSWER_BYTES, proofOf } from '../proof.ts';
import { abortTransaction, commitReaderId, commitTransaction, write } from './commands.ts';
import { authenticateWith, selectAccount } from './conversation.ts';
import { productWritten } from './product-slot.ts';
import { type CardReading, type Conversation, readCard } from './reading.ts';
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

const DECLINED: CommitResult = { answer: 'declined' };

export class CardMedium implements Medium {
  readonly #options: CardMediumOptions;
  readonly #mode: 'full' | 'mac';
  #conversation: Conversation | null = null;
  #reading: CardReading | null = null;
  /** Since the authentication. */
  #reads = 0;

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
    this.#conversation = { session, access, mode: this.#mode };
    return 'authenticated';
  }

  async read(wish: ReadWish): Promise<MediumReading | ReadFault> {
    this.#reading = null;
    this.#reads += 1;
    const reading = await readCard(this.#open(), wish);
    if (typeof reading === 'string') return reading;
    this.#reading = reading;
    const { last, products, log, isLogRead } = reading;
    const account: MediumAccount = {
      medium: mediumNameOf(this.#options.channel.uid),
      balance: last.balance,
      products: products?.map(({ product }) => product) ?? [],
      lastTime: last.time,
      lastTerminal: last.terminal,
      mediumSerial: last.mediumSerial,
      log,
    };
    const { actionSerial, isBlocked, type: lastType } = last;
    return { account, isLogRead, actionSerial, isBlocked, lastType };
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
    const isReadProved = access === 'debit' && products === null && !isLogRead && this.#reads === 1;
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
    this.#reads = 0;
  }

  #open(): Conversation {
    if (!this.#conversation) throw new Error('a conversation begins with its authentication');
    return this.#conversation;
  }

  #decline(): CommitResult {
    this.close();
    return DECLINED;
  }

  /** Writes and commits. Until the commit leaves, whatever goes wrong means that nothing was done: `declined`. */
  async #write(content: CommitContent): Promise<CommitResult> {
    const writes = writesOf(content);
    const session = await this.#sessionToWrite();
    if (!writes || !session) return this.#decline();
    if (!content.read && !(await answered(session, abortTransaction(), 'mac'))) return this.#decline();
    for (const each of writes) if (!(await answered(session, write(each), this.#mode))) return this.#decline();
    const previous = await answered(session, commitReaderId(readerIdOf(content.terminal)), 'mac');
    if (previous?.length !== READER_ID.bytes) return this.#decline();
    const done = await answered(session, commitTransaction(), 'mac');
    this.close();
    // A refusal has no MAC: the card may have committed all the same, and somebody else have answered.
    if (done?.length !== COMMIT_ANSWER_BYTES) return { answer: 'torn' };
    return { answer: 'committed', proof: proofOf(content, done, previous) };
  }

  async #sessionToWrite(): Promise<SecureSession | null> {
    const { session, access } = this.#open();
    if (access !== 'refill') return session;
    session.close();
    const { channel, keys, random } = this.#options;
    const refill = await authenticateWith('refill', channel, keys, random);
    if (typeof refill === 'string') return null;
    this.#conversation = { session: refill, access, mode: this.#mode };
    return refill;
  }
}

/** The data of an answer with a valid MAC; null for anything else. */
async function answered(session: SecureSession, command: Command, mode: 'full' | 'mac'): Promise<Uint8Array | null> {
  const answer = await session.send(command, mode);
  return answer.outcome === 'answered' ? answer.data : null;
}
