/** What the cases should say, from the alerts that the centre reads off the records. */
import { DEFAULT_CONFIGURATION, type JournalRecord } from '@retap/model';
import { expect } from 'vitest';
import { told } from '../../../model/test/told.ts';
import type { AnyAlert, Central } from '../../src/index.ts';
import { journalPiece } from '../incremental.ts';

/** A record of time `t` is late after this one. */
export const dueAt = (t: number): number => t + DEFAULT_CONFIGURATION.maxDelay;

const ALL = 100_000;

/** Looks until there is nothing to look at. */
export async function watchAll(central: Central, asOf: number): Promise<number> {
  let looks = 0;
  while ((await central.alertWork.watch(asOf)) !== null) looks += 1;
  return looks;
}

const inOrder = (alerts: readonly AnyAlert[]): string[] =>
  alerts.map((alert) => JSON.stringify(Object.entries(alert).sort(([a], [b]) => (a < b ? -1 : 1)))).sort();

/** The open cases are the alerts that stand, no more and no less. */
export async function expectCases(central: Central, asOf: number): Promise<number> {
  const standing = [
    ...(await central.alerts(asOf, { limit: ALL })),
    ...(await central.proofAlerts({ limit: ALL })),
    ...(await central.integrityAlerts({ limit: ALL })),
  ];
  const open = (await central.alertWork.cases({ limit: ALL })).filter(({ state }) => state !== 'cured');
  expect(inOrder(open.map(({ alert }) => alert))).toEqual(inOrder(standing));
  return standing.length;
}

export async function receiveTold(central: Central, lines: readonly string[], only?: readonly number[]): Promise<void> {
  const records = told(lines).filter((_, index) => only === undefined || only.includes(index));
  await receiveAll(central, records);
}

async function receiveAll(central: Central, records: readonly JournalRecord[]): Promise<void> {
  await central.receive([journalPiece(records)]);
  await central.drain();
}

/** `missing-transaction: cured by 2-1`, by id. */
export async function storyOf(central: Central): Promise<string[]> {
  const cases = await central.alertWork.cases({ limit: ALL });
  return cases.toReversed().map(({ alert, state, cure, appearances }) => {
    const by = cure === null ? '' : ` by ${cure.by === 'record' ? `${cure.terminal}-${cure.serial}` : cure.by}`;
    return `${alert.kind}: ${state}${by}${appearances > 1 ? `, ${appearances} times` : ''}`;
  });
}
