/** Runs histories through a centre and holds what it reports against the oracle. */

import type { Configuration, JournalRecord } from '@retap/model';
import { formatRecord } from '@retap/protocol';
import { arrivals, canonicalReport, type History, oracle, type Random, relocated } from '@retap/testkit';
import { expect } from 'vitest';
import type { Discrepancy, ReceivedBatch, Reconciling } from '../src/index.ts';

export function journalPiece(records: readonly JournalRecord[]): ReceivedBatch {
  return {
    form: 'journal',
    body: new TextEncoder().encode(records.map((record) => `${formatRecord(record)}\n`).join('')),
  };
}

export async function reportOf(central: Reconciling, history: Pick<History, 'asOf' | 'configuration'>) {
  const report = central.report(history.asOf, history.configuration);
  const parts = {
    asOf: report.asOf,
    accounts: await collected(report.accounts()),
    transactions: await collected(report.transactions()),
    alerts: await collected(report.alerts()),
  };
  await report.close();
  return canonicalReport(parts);
}

/** What `check` finds; [] where the stored state is what the stored batches say. */
export function findings(central: Reconciling, asOf: number, configuration: Configuration): Promise<Discrepancy[]> {
  return collected(central.check(asOf, configuration));
}

async function collected<Part>(parts: AsyncIterable<Part>): Promise<Part[]> {
  const all: Part[] = [];
  for await (const part of parts) all.push(part);
  return all;
}

/**
 * Feeds many histories at once, each with media and terminals of its own: the first batch of each, then the second of
 * each, … with the centre reconciling now and then. Returns them as received, for the oracle.
 */
export async function feed(
  central: Reconciling,
  histories: readonly History[],
  random: Random,
  between: (step: number) => Promise<void>,
): Promise<JournalRecord[]> {
  const waiting = histories.map((history, number) => arrivals(relocated(history, number).records, random));
  const received: JournalRecord[] = [];
  for (let step = 0; waiting.some((batches) => batches.length > 0); step += 1) {
    const records = waiting.flatMap((batches) => batches.shift() ?? []);
    received.push(...records);
    await central.receive([journalPiece(records)]);
    await between(step);
  }
  return received;
}

export function expectOracle(
  report: Awaited<ReturnType<typeof reportOf>>,
  received: readonly JournalRecord[],
  histories: readonly History[],
  asOf: number,
): void {
  const { configuration } = histories[0] as History;
  const expected = oracle(received, { asOf, ...configuration });
  for (const part of ['accounts', 'transactions', 'alerts'] as const) {
    const [stored, derived] = [report[part] as readonly unknown[], expected[part] as readonly unknown[]];
    const first = stored.findIndex((one, i) => JSON.stringify(one) !== JSON.stringify(derived[i]));
    if (first !== -1 || stored.length !== derived.length) {
      const at = first === -1 ? Math.min(stored.length, derived.length) : first;
      expect({ part, at, value: stored[at] }, mediumStory(stored[at] ?? derived[at], received)).toEqual({
        part,
        at,
        value: derived[at],
      });
    }
  }
}

function mediumStory(finding: unknown, received: readonly JournalRecord[]): string {
  const medium = (finding as { medium?: string } | undefined)?.medium;
  return received
    .filter((record) => medium === undefined || record.medium === medium)
    .slice(0, 60)
    .map((record) => JSON.stringify(record))
    .join('\n');
}
