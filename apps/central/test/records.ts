/** A few records of a small world, as batches of their terminals. */
import { amountOf, type JournalRecord } from '@retap/model';
import { encodeBatch } from '@retap/protocol';

const HOUR = 3_600_000;
export const START = Date.UTC(2026, 2, 5, 8);

/** Time of the world, in hours after its start. */
export const at = (hours: number): number => START + hours * HOUR;

export function open(terminal: number, serial: number, medium: string, hours: number, amount: number): JournalRecord {
  const balance = amountOf(amount);
  return { terminal, serial, type: 'open', medium, time: at(hours), amount: balance, balance, status: 'successful' };
}

interface Debit {
  readonly terminal: number;
  readonly serial: number;
  readonly medium: string;
  readonly hours: number;
  /** The commit read from the medium: hours and terminal. */
  readonly last: readonly [hours: number, terminal: number];
  readonly amount: number;
  readonly balance: number;
  readonly status?: 'successful' | 'unsuccessful' | 'unverified';
}

export function debit({ terminal, serial, medium, hours, last, amount, balance, status }: Debit): JournalRecord {
  return {
    terminal,
    serial,
    type: 'debit',
    medium,
    time: at(hours),
    lastTime: at(last[0]),
    lastTerminal: last[1],
    amount: amountOf(amount),
    balance: amountOf(balance),
    status: status ?? 'successful',
  };
}

/** One batch: the records of one terminal, in order. */
export function batchOf(records: readonly JournalRecord[]): Uint8Array {
  const terminal = records[0]?.terminal ?? 0;
  return encodeBatch({ terminal, from: records[0]?.serial ?? 0, to: records.at(-1)?.serial ?? 0, records });
}

export async function upload(url: string, body: Uint8Array, type = 'application/json'): Promise<Response> {
  const headers = { 'content-type': type };
  return fetch(`${url}/batches`, { method: 'POST', headers, body: new Uint8Array(body) });
}

/** Asks again until the answer is as wished, or the time is over. */
export async function until<Answer>(ask: () => Promise<Answer>, wished: (answer: Answer) => boolean): Promise<Answer> {
  for (let asked = 0; ; asked += 1) {
    const answer = await ask();
    if (wished(answer) || asked === 200) return answer;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
