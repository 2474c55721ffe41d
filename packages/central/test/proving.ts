/**
 * Media that prove their commits, and those who lie about them. In place of a card's AES stands a digest with a secret: what
 * is proved by it, and what follows from it, is the same.
 */
import { createHash } from 'node:crypto';
import {
  amountOf,
  identityOf,
  isTransaction,
  type JournalRecord,
  type RecordIdentity,
  resolve,
  type TransactionRecord,
} from '@retap/model';
import type { Random } from '@retap/testkit';
import type { ProofAlert, ProofJudge } from '../src/index.ts';

/** @param secrets as keys in versions: a proof by any of them is valid */
export function standIn(...secrets: readonly string[]): ProofJudge {
  return {
    keys: secrets.join(' '),
    canProve: (medium) => /^[0-9A-F]{14}$/.test(medium),
    judge(record) {
      const { proof } = record;
      const secret = secrets.find((one) => proof !== undefined && macOf(one, record, proof) === proof.mac);
      if (secret === undefined || !proof) return { verdict: 'invalid' };
      return { verdict: 'valid', previousReader: Number.parseInt(proof.previousReader ?? '0', 16) || null };
    },
  };
}

type Proof = NonNullable<TransactionRecord['proof']>;

function macOf(secret: string, record: TransactionRecord, { counter, previousReader }: Omit<Proof, 'mac'>): string {
  const { type, medium, terminal, time, amount, balance, mediumSerial } = record;
  const proved = [secret, type, medium, terminal, time, amount, balance, mediumSerial, counter, previousReader];
  return createHash('sha256').update(proved.join('|')).digest('hex').slice(0, 16);
}

function proved(record: TransactionRecord, secret: string, counter: number, reader: number): TransactionRecord {
  const proof = { counter, previousReader: reader.toString(16) };
  return { ...record, proof: { ...proof, mac: macOf(secret, record, proof) } };
}

interface Card {
  readonly counter: number;
  readonly mediumSerial: number;
  readonly balance: number;
  readonly lastTime: number;
  readonly lastTerminal: number;
}

/** Terminals with their serials, and a clock that all of them share. */
export class Stage {
  readonly records: JournalRecord[] = [];
  readonly #random: Random;
  readonly #terminals: number;
  readonly #serials = new Map<number, number>();
  #time = 1_000;

  constructor(random: Random, terminals = 6) {
    this.#random = random;
    this.#terminals = terminals;
  }

  next(terminal = this.#random.between(1, this.#terminals)): RecordIdentity & { readonly time: number } {
    const serial = (this.#serials.get(terminal) ?? 0) + 1;
    this.#serials.set(terminal, serial);
    this.#time += 10;
    return { terminal, serial, time: this.#time };
  }

  write(record: JournalRecord): void {
    this.records.push(record);
  }

  /** A card's life. @param lies probability that a step is one that no honest equipment takes */
  live(medium: string, secret: string, steps: number, lies: number): void {
    const opening = this.next();
    const balance = amountOf(1_000);
    this.write({ type: 'open', ...opening, medium, amount: balance, balance, status: 'successful' });
    const { time, terminal } = opening;
    let card: Card = {
      counter: 1 + this.#random.int(3),
      mediumSerial: 0,
      balance,
      lastTime: time,
      lastTerminal: terminal,
    };
    let stolen = card;
    for (let step = 0; step < steps; step += 1) {
      if (this.#random.chance(lies)) card = this.#lie(medium, secret, card, stolen);
      else card = this.#tap(medium, secret, card);
      if (this.#random.chance(0.2)) stolen = card;
    }
  }

  #intent(medium: string, card: Card, at = this.next()): TransactionRecord {
    const amount = amountOf(this.#random.between(-20, 0));
    return {
      type: 'debit',
      ...at,
      medium,
      lastTime: card.lastTime,
      lastTerminal: card.lastTerminal,
      amount,
      balance: amountOf(card.balance + amount),
      mediumSerial: card.mediumSerial + 1,
      status: 'unverified',
    };
  }

  #committed(card: Card, { time, terminal, balance }: TransactionRecord): Card {
    const { counter, mediumSerial } = card;
    return { counter: counter + 1, mediumSerial: mediumSerial + 1, balance, lastTime: time, lastTerminal: terminal };
  }

  #tap(medium: string, secret: string, card: Card): Card {
    const how = this.#random.int(10);
    if (how === 0) {
      const { balance, mediumSerial, lastTime, lastTerminal } = card;
      const read = { medium, balance: amountOf(balance), mediumSerial, lastTime, lastTerminal };
      this.write({ type: 'observation', ...this.next(), ...read });
      return card;
    }
    const intent = this.#intent(medium, card);
    if (how === 1) this.write({ ...intent, status: 'unsuccessful' });
    else if (how <= 4) this.write(intent);
    else this.write(proved({ ...intent, status: 'successful' }, secret, card.counter + 1, card.lastTerminal));
    const hasCommitted = how > 2; // 1 declined, 2 torn before the commit, 3 and 4 after it
    return hasCommitted ? this.#committed(card, intent) : card;
  }

  #lie(medium: string, secret: string, card: Card, stolen: Card): Card {
    const intent = this.#intent(medium, card);
    const honest = proved({ ...intent, status: 'successful' }, secret, card.counter + 1, card.lastTerminal);
    const after = this.#committed(card, intent);
    switch (this.#random.int(9)) {
      case 0: // invented, and nothing to show for it
        this.write({ ...intent, status: 'successful' });
        return card;
      case 1: // invented, with a guessed MAC
        this.write(proved({ ...intent, status: 'successful' }, 'guess', card.counter + 1, card.lastTerminal));
        return card;
      case 2: // an amount changed after the card gave its proof
        this.write({ ...honest, amount: amountOf(honest.amount - 5) });
        return after;
      case 3: {
        // the same commit told twice, under two serials
        const { terminal, serial } = this.next(intent.terminal);
        this.write(honest);
        this.write({ ...honest, terminal, serial });
        return after;
      }
      case 4: // another last terminal than the card says
        this.write({ ...honest, lastTerminal: card.lastTerminal + 1 } as TransactionRecord);
        return after;
      case 5: {
        // invented as torn, and confirmed by the liar's own observation
        const seen = this.next(intent.terminal);
        const { time: lastTime, terminal: lastTerminal, balance } = intent;
        this.write(intent);
        const mediumSerial = card.mediumSerial + 1;
        this.write({ type: 'observation', ...seen, medium, balance, mediumSerial, lastTime, lastTerminal });
        return card;
      }
      case 6: // a commit that the commit counter does not count
        return { ...after, counter: after.counter + 1 };
      case 7: {
        // no commit counter told
        const { mediumSerial: _, ...without } = intent;
        this.write(without as TransactionRecord);
        return card;
      }
      default: // an old copy of the card
        return stolen;
    }
  }
}

/** docs/proof.md over all records received (each once), word by word and pair by pair; shares nothing with the centre. */
export function proofOracle(
  records: readonly JournalRecord[],
  judge: ProofJudge,
): { alerts: ProofAlert[]; unsettled: number } {
  const alerts: ProofAlert[] = [];
  let unsettled = 0;
  for (const medium of new Set(records.map((record) => record.medium))) {
    if (!judge.canProve(medium)) continue;
    const ofMedium = records.filter((record) => record.medium === medium);
    const transactions = ofMedium.filter(isTransaction);
    const { effective } = resolve(ofMedium, 120_000);
    const reader = (t: TransactionRecord): number | null => {
      const judgement = t.proof ? judge.judge(t) : null;
      return judgement?.verdict === 'valid' ? judgement.previousReader : null;
    };
    const isValid = (t: TransactionRecord) => t.proof !== undefined && judge.judge(t).verdict === 'valid';
    const valid = transactions.filter(isValid);
    const before = (t: TransactionRecord) => t.balance - t.amount;
    const isShown = (t: TransactionRecord): boolean =>
      transactions.some(
        (n) =>
          t.mediumSerial !== undefined &&
          n.mediumSerial === t.mediumSerial + 1 &&
          n.lastTime === t.time &&
          n.lastTerminal === t.terminal &&
          before(n) === t.balance &&
          (n.proof ? isValid(n) && reader(n) === t.terminal : isShown(n)),
      );
    for (const t of transactions) {
      const { terminal, serial } = t;
      const tell = (kind: 'proof-invalid' | 'proof-missing' | 'proof-contradiction' | 'proof-reader') =>
        alerts.push({ kind, medium, terminal, serial });
      if (t.proof && !isValid(t)) tell('proof-invalid');
      if (isValid(t) && reader(t) !== t.lastTerminal) tell('proof-reader');
      if (t.proof) continue;
      const next = valid.filter((n) => t.mediumSerial !== undefined && n.mediumSerial === t.mediumSerial + 1);
      const isSettled = isShown(t);
      const isContradicted =
        valid.some((other) => t.mediumSerial !== undefined && other.mediumSerial === t.mediumSerial) ||
        next.some((n) => (reader(n) !== null && reader(n) !== terminal) || before(n) !== t.balance);
      if (t.status === 'successful' || t.mediumSerial === undefined) {
        if (!isSettled) tell('proof-missing');
      } else if (effective.has(t)) {
        if (isContradicted) tell('proof-contradiction');
        else if (!isSettled) unsettled += 1;
      }
    }
    for (const counter of new Set(valid.map((t) => t.proof?.counter as number))) {
      const same = valid.filter((t) => t.proof?.counter === counter);
      if (same.length > 1) alerts.push({ kind: 'proof-repeated', medium, counter, transactions: listed(same) });
    }
    const counted = valid.filter((t) => t.mediumSerial !== undefined);
    const shift = (t: TransactionRecord) => (t.proof?.counter as number) - (t.mediumSerial as number);
    const shifts = [...new Set(counted.map(shift))];
    if (shifts.length > 1) {
      const firsts = shifts.map(
        (one) => counted.filter((t) => shift(t) === one).sort(byCounter)[0] as TransactionRecord,
      );
      alerts.push({ kind: 'proof-counter', medium, transactions: listed(firsts) });
    }
  }
  return { alerts: inOrder(alerts), unsettled };
}

const byCounter = (a: TransactionRecord, b: TransactionRecord) =>
  (a.proof?.counter ?? 0) - (b.proof?.counter ?? 0) || a.terminal - b.terminal || a.serial - b.serial;

function listed(transactions: readonly TransactionRecord[]): RecordIdentity[] {
  return transactions
    .map(({ terminal, serial }) => ({ terminal, serial }))
    .sort((a, b) => a.terminal - b.terminal || a.serial - b.serial);
}

export function inOrder(alerts: readonly ProofAlert[]): ProofAlert[] {
  return [...alerts].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

/** Each record once, the first that was received. */
export function standing(received: readonly JournalRecord[]): JournalRecord[] {
  const first = new Map<string, JournalRecord>();
  for (const record of received) if (!first.has(identityOf(record))) first.set(identityOf(record), record);
  return [...first.values()];
}
