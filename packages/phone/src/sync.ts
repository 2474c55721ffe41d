/**
 * A phone and the centre, over a link that may break at any moment: what was acknowledged stands, the rest goes again. First what others
 * paid, then one's own journal, then how the phone stands; the answer brings orders, and what they make goes up, too.
 */
import { type Amount, amountOf } from '@retap/model';
import {
  type CentreSays,
  deniedBytes,
  encodePhoneSays,
  encodeStanding,
  encodeWish,
  openCertificate,
  type PaymentState,
  type PhoneSays,
  parseCentreSays,
} from '@retap/protocol';
import type { PhoneLink, SyncOutcome } from './api.ts';
import { runsOf } from './export.ts';
import type { Ledger } from './ledger.ts';
import { paidItem } from './movements.ts';
import { carriedOut, nextOrder } from './orders.ts';
import type { Phone } from './phone.ts';
import type { Item, ItemState, KeptWish, Stored } from './port.ts';
import { sealed } from './sealed.ts';
import { nowOf } from './time.ts';

type Account = CentreSays & { readonly kind: 'account' };
type Answer = Exclude<CentreSays, { readonly kind: 'news' | 'payment' }>;

/** Of a wish that a person has to approve. */
const WAITS = 'waits';
/** Rounds of orders and wishes in one synchronisation; what is left then waits for the next. */
const ROUNDS_MAX = 8;

/** @param silence resolves when the centre has been silent for too long; it is started anew for each message */
export async function synchronize(phone: Phone, link: PhoneLink, silence: () => Promise<void>): Promise<SyncOutcome> {
  const line = new Conversation(link, silence);
  let outcome: SyncOutcome = 'broken';
  try {
    outcome = await conversed(phone.ledger, line);
  } catch (error) {
    if (!(error instanceof LinkBroken)) throw error;
  } finally {
    await keepBytes(phone.ledger, line);
  }
  // As if they had been scanned: what cannot be taken is refused, and the payer has it back.
  for (const message of line.handed) await phone.take(message);
  return outcome;
}

async function conversed(ledger: Ledger, line: Conversation): Promise<SyncOutcome> {
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    if (!(await sendRecords(ledger, line))) return 'refused';
    const asked = await askAccount(ledger, line);
    if (asked === null) return 'refused';
    if (await isOvertaken(ledger, asked)) continue;
    const { account } = asked;
    const hasNew = await keepAccount(ledger, account);
    const granted = await sendWishes(ledger, line);
    if (!hasNew && !granted) return account.standing === 'active' ? 'done' : 'refused';
  }
  return 'done';
}

/** @returns false where the centre takes nothing of this phone */
async function sendRecords(ledger: Ledger, line: Conversation): Promise<boolean> {
  const { document, foreign, journal } = ledger.stored;
  for (const { id, batch } of foreign) {
    const answer = await line.say('batch', batch);
    // Refused for ever it stays here, for somebody to look at: it is somebody's money.
    if (answer.kind === 'kept') await change(ledger, () => ({ foreignAcknowledged: [id] }));
  }
  // A payment that may still be taken goes as it is shown: the centre hands it on, and whichever way is first, it is one payment.
  const shown = freshPayments(ledger);
  for (const run of runsOf(journal, ({ serial }) => shown.has(serial))) {
    const to = run.at(-1)?.serial ?? 0;
    const message = shown.get(to);
    const answer = message
      ? await line.say('payment', message)
      : await line.say('batch', await sealed(document.terminal, run, ledger.options.key));
    if (answer.kind !== 'kept') return false;
    await change(ledger, (stored) => ({ journalAcknowledgedTo: to, items: reportedTo(to, stored) }));
  }
  return true;
}

/** What is to be shown of payments that nobody is known to have taken, by serial. */
function freshPayments({ stored, options }: Ledger): Map<number, Uint8Array> {
  const now = nowOf(options.clock(), stored.document);
  const isFresh = ({ state, amount, validUntil }: Item): boolean =>
    state === 'unreported' && amount < 0 && validUntil !== null && now <= validUntil;
  return new Map(stored.items.filter(isFresh).map((item) => [item.serial, paidItem(item).message]));
}

/** What the centre said of the phone as it stood after a record. */
interface Asked {
  readonly account: Account;
  readonly lastSerial: number;
}

/**
 * Whether the phone has gone on while its word was on the way, and what it wrote then was there first, brought by another tab or by
 * whoever was paid: its word looked old, and is not.
 */
function isOvertaken(ledger: Ledger, { account, lastSerial }: Asked): Promise<boolean> {
  // Read anew: the other tab may have written.
  return ledger.locked(async ({ document }) => account.standing === 'rolled-back' && document.lastSerial > lastSerial);
}

/** Null where the centre does not say. */
async function askAccount(ledger: Ledger, line: Conversation): Promise<Asked | null> {
  const { terminal } = ledger.stored.document;
  const standing = await ledger.locked(async ({ document }) => {
    const { lastSerial, link, account, actionSerial, version, denied } = document;
    const saidAt = nowOf(ledger.options.clock(), document);
    // Kept first: what is told binds this phone, also after a restart with another clock.
    await ledger.commit({ document: { ...document, version: version + 1, saidAt } });
    const { balance, mediumSerial } = account;
    const deniedDigest = await ledger.options.sha256(deniedBytes(denied));
    return { terminal, saidAt, lastSerial, link, balance, mediumSerial, actionSerial, deniedDigest };
  });
  const answer = await line.say('standing', await encodeStanding(standing, (bytes) => ledger.options.key.sign(bytes)));
  return answer.kind === 'account' ? { account: answer, lastSerial: standing.lastSerial } : null;
}

/** @returns whether records were made that the centre is to have */
async function keepAccount(ledger: Ledger, account: Account): Promise<boolean> {
  const { options } = ledger;
  await ledger.locked(async ({ document, items }) => {
    const trust = { centre: document.centre, verify: options.verify };
    const { standing, mebibytePrice } = account;
    const denied = account.denied ?? document.denied;
    const heardAt = options.clock();
    const heard = { heardAt, clockOffset: account.time - heardAt };
    const certificate = account.certificate && (await isOwn(account.certificate, ledger)) ? account.certificate : null;
    await ledger.commit({
      document: {
        ...{ ...document, version: document.version + 1, standing, denied, mebibytePrice, ...heard },
        certificate: certificate ?? document.certificate,
      },
      items: statedBy(account, items),
    });
    for (const bytes of account.orders) {
      const order = await nextOrder(bytes, ledger.stored.document, trust);
      if (order) await ledger.commit(await carriedOut(order, ledger.stored.document, options));
    }
  });
  return ledger.stored.journal.length > 0;
}

async function isOwn(bytes: Uint8Array, { stored, options }: Ledger): Promise<boolean> {
  const { certificate, toBeSigned, signature } = openCertificate(bytes);
  const isThisPhones = certificate.terminal === stored.document.terminal;
  return isThisPhones && (await options.verify(stored.document.centre, toBeSigned, signature));
}

/** @returns whether one was granted, so that the answer to the next standing has an order */
async function sendWishes(ledger: Ledger, line: Conversation): Promise<boolean> {
  const { terminal, wishes } = ledger.stored.document;
  let granted = false;
  for (const wish of wishes) {
    if (wish.isRefused) continue;
    const { id, kind, amount, serial, code } = wish;
    const bytes = await encodeWish({ terminal, id, kind, amount, serial, code }, (each) =>
      ledger.options.key.sign(each),
    );
    const answer = await line.say('wish', bytes);
    if (answer.kind === 'account') continue;
    const isGranted = answer.kind === 'kept';
    granted ||= isGranted;
    await change(ledger, ({ document }) => ({ document: { wishes: answered(document.wishes, wish, answer) } }));
  }
  return granted;
}

/** What was granted is no wish any more: its order is on its way. */
function answered(wishes: readonly KeptWish[], wish: KeptWish, answer: Answer): KeptWish[] {
  if (answer.kind !== 'refused') return wishes.filter(({ id }) => id !== wish.id);
  const isRefused = answer.retryAfterMs === 0 && answer.code !== WAITS;
  return wishes.map((each) => (each.id === wish.id ? { ...each, answer: answer.code, isRefused } : each));
}

interface Change {
  readonly document?: Partial<Stored['document']>;
  readonly journalAcknowledgedTo?: number;
  readonly foreignAcknowledged?: readonly string[];
  readonly items?: readonly Item[];
}

function change(ledger: Ledger, make: (stored: Stored) => Change): Promise<void> {
  return ledger.locked(async (stored) => {
    const { document, ...rest } = make(stored);
    const version = stored.document.version + 1;
    await ledger.commit({ ...rest, document: { ...stored.document, ...document, version } });
  });
}

function reportedTo(serial: number, { items }: Stored): Item[] {
  const isNew = (item: Item): boolean => item.serial <= serial && item.state === 'unreported';
  return items.filter(isNew).map((item) => ({ ...item, state: 'reported' }));
}

/** What the centre knows of payments; a receipt that this phone holds is not taken back by what the centre does not know yet. */
function statedBy({ payments }: Account, items: readonly Item[]): Item[] {
  const states = new Map(payments.map(({ serial, state }) => [serial, state]));
  return items.flatMap((item) => {
    const state = states.get(item.serial);
    const next = state && stateAfter(item.state, state);
    return next && next !== item.state ? [{ ...item, state: next }] : [];
  });
}

function stateAfter(before: ItemState, said: PaymentState): ItemState {
  return before === 'taken' && said !== 'disputed' ? before : said;
}

async function keepBytes(ledger: Ledger, { sent, received }: Conversation): Promise<void> {
  await change(ledger, ({ document: { bytesSent, bytesReceived } }) => ({
    document: { bytesSent: bytesSent + sent, bytesReceived: bytesReceived + received },
  }));
}

/** What a number of bytes costs, in minor units, rounded up. */
export function costOf(bytes: number, mebibytePrice: Amount): Amount {
  // ⌈bytes · price / 2²⁰⌉
  return amountOf(Math.ceil((bytes * mebibytePrice) / 2 ** 20));
}

/** Thrown where the link broke, or was silent. */
class LinkBroken extends Error {
  override readonly name = 'LinkBroken';
}

/** One question at a time, and its answer. */
class Conversation {
  readonly #link: PhoneLink;
  readonly #silence: () => Promise<void>;
  #number = 0;
  #isBroken = false;
  #awaited: { readonly number: number; readonly resolve: (answer: Answer | null) => void } | null = null;
  sent = 0;
  received = 0;
  /** Payments to this phone that came meanwhile. */
  readonly handed: Uint8Array[] = [];

  constructor(link: PhoneLink, silence: () => Promise<void>) {
    this.#link = link;
    this.#silence = silence;
    link.onMessage((message) => this.#hear(message));
  }

  /** @throws LinkBroken */
  async say(kind: PhoneSays['kind'], bytes: Uint8Array): Promise<Answer> {
    this.#number += 1;
    const number = this.#number;
    const message = encodePhoneSays({ number, kind, bytes });
    const answer = new Promise<Answer | null>((resolve) => {
      if (this.#isBroken) resolve(null);
      this.#awaited = { number, resolve };
    });
    if (!this.#isBroken) {
      this.sent += message.length;
      this.#link.send(message);
    }
    const heard = await Promise.race([answer, this.#silence().then(() => null)]);
    if (heard === null) throw new LinkBroken();
    return heard;
  }

  #hear(message: Uint8Array | null): void {
    if (message === null) {
      this.#isBroken = true;
      this.#awaited?.resolve(null);
      return;
    }
    this.received += message.length;
    const says = parseCentreSays(message);
    if (says?.kind === 'payment') this.handed.push(says.message);
    if (says === null || says.kind === 'news' || says.kind === 'payment' || says.number !== this.#awaited?.number)
      return;
    this.#awaited.resolve(says);
  }
}
