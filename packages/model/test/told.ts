/**
 * Records told in the domain's words, one line an event:
 *
 *     100: T1 opens M with 100            serials count on by themselves; `T1#3` names one
 *     200: T2 debits 10                   after the last open or successful record of the medium above it
 *     300: T3 reads, after 100            … or after the record of that time
 *     300: T3 debits 10, unverified, balance 95, counter 2, from terminal 9 at 150, log 100@T1 200@T2
 *     300: T3 buys p for 10, valid 250-400, 1 uses
 *     400: T3 uses p
 */
import { type Amount, amountOf, type CommitStatus, type JournalRecord } from '../src/index.ts';

const HEAD = /^(\d+): T(\d+)(?:#(\d+))? (opens|refills|debits|buys|uses|reads)(.*)$/;

export function told(lines: readonly string[]): JournalRecord[] {
  const records: JournalRecord[] = [];
  for (const line of lines) records.push(recordOf(line, records));
  return records;
}

function recordOf(line: string, before: readonly JournalRecord[]): JournalRecord {
  const [, time, terminal, serial, verb, rest = ''] = HEAD.exec(line) ?? fail(line);
  const [object = '', ...clauses] = rest.split(',').map((part) => part.trim());
  const said = (clause: RegExp) => clauses.map((text) => clause.exec(text)).find((match) => match !== null) ?? null;
  const identity = {
    terminal: Number(terminal),
    serial: Number(serial ?? 1 + Math.max(0, ...serialsOf(before, Number(terminal)))),
    time: Number(time),
    medium: said(/^of (\w+)$/)?.[1] ?? 'M',
  };
  if (verb === 'opens') {
    const [, medium, amount] = /^(\w+) with (-?\d+)$/.exec(object) ?? fail(line);
    const balance = amountOf(Number(amount));
    return { ...identity, medium: String(medium), type: 'open', amount: balance, balance, status: 'successful' };
  }
  const after = said(/^after (\d+)$/)?.[1];
  const read = before
    .filter((one) => one.type !== 'observation')
    .filter((one) => one.medium === identity.medium)
    .filter((one) => (after === undefined ? one.status === 'successful' : one.time === Number(after)))
    .at(-1);
  const from = said(/^from terminal (\d+) at (\d+)$/);
  const amount = amountOf(amountIn(verb, object));
  const counter = said(/^counter (\d+)$/)?.[1];
  const reading = {
    ...identity,
    lastTime: Number(from?.[2] ?? read?.time ?? fail(line)),
    lastTerminal: Number(from?.[1] ?? read?.terminal ?? fail(line)),
    balance: amountOf(Number(said(/^balance (-?\d+)$/)?.[1] ?? (read?.balance ?? 0) + amount)),
    ...(counter !== undefined && { mediumSerial: Number(counter) }),
    ...logIn(said(/^log (.*)$/)?.[1]),
  };
  if (verb === 'reads') return { ...reading, type: 'observation' };
  const status = (said(/^(unverified|unsuccessful)$/)?.[1] ?? 'successful') as CommitStatus;
  const transaction = { ...reading, amount, status };
  if (verb === 'uses') return { ...transaction, type: 'validation', productId: object.split(' ')[0] ?? fail(line) };
  if (verb === 'refills') return { ...transaction, type: 'refill' };
  if (verb === 'debits') return { ...transaction, type: 'debit' };
  const valid = said(/^valid (\d+)-(\d+)$/);
  const uses = said(/^(\d+) uses$/)?.[1];
  const product = {
    id: object.split(' ')[0] ?? fail(line),
    code: 'DAY',
    ...(valid && { validFrom: Number(valid[1]), validUntil: Number(valid[2]) }),
    ...(uses !== undefined && { maxUses: Number(uses) }),
  };
  return { ...transaction, type: 'purchase', product };
}

function serialsOf(records: readonly JournalRecord[], terminal: number): number[] {
  return records.filter((record) => record.terminal === terminal).map((record) => record.serial);
}

/** `debits 10` takes 10; `uses p for 1` takes 1, which no validation may. */
function amountIn(verb: string | undefined, object: string): number {
  const said = Number(/(-?\d+)$/.exec(object)?.[1] ?? 0);
  return verb === 'refills' ? said : 0 - said;
}

function logIn(said: string | undefined) {
  if (said === undefined) return {};
  const zero: Amount = amountOf(0);
  const log = [...said.matchAll(/(\d+)@T(\d+)/g)].map(([, time, terminal]) => ({
    time: Number(time),
    terminal: Number(terminal),
    amount: zero,
    balance: zero,
  }));
  return { log };
}

function fail(line: string): never {
  throw new Error(`not told in the domain's words: ${line}`);
}
