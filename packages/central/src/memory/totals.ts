/** Figures for the one who watches, counted over what is held in memory. */
import { type Alert, type AlertKind, type Amount, type TerminalNumber, ZERO } from '@retap/model';
import type { ParsedBody } from '@retap/protocol';
import type { Totals } from '../port.ts';
import type { JournalRun } from '../receive/journal-runs.ts';
import { read, type Tables } from './tables.ts';

interface Waiting {
  readonly batches: readonly ParsedBody[];
  readonly waiting: number;
}

export function totalsOf(tables: Tables, found: readonly Alert[], { batches, waiting }: Waiting): Totals {
  const alerts: Partial<Record<AlertKind, number>> = {};
  for (const { kind } of found) alerts[kind] = (alerts[kind] ?? 0) + 1;
  const facts = tables.media.flatMap(({ rows }) => rows.map(read));
  return {
    batches: batches.length,
    records: tables.rows.size,
    quarantined: batches.reduce((sum, { rejected }) => sum + rejected.length, 0),
    media: tables.media.length,
    terminals: tables.runs.size,
    balance: tables.media.reduce((sum, { account }) => (sum + (account?.tip?.balance ?? ZERO)) as Amount, ZERO),
    inDoubt: facts.filter(({ resolved }) => resolved === 'unverified').length,
    outOfSync: tables.media.filter(({ synchronization }) => synchronization.size > 0).length,
    waiting,
    alerts,
  };
}

export function terminalsOf(tables: Tables) {
  return [...tables.runs]
    .filter(([, runs]) => runs.length > 0)
    .map(([terminal, runs]) => standingOf(terminal, runs))
    .sort((a, b) => a.terminal - b.terminal);
}

function standingOf(terminal: TerminalNumber, runs: readonly JournalRun[]) {
  const lastSerial = Math.max(...runs.map(({ last }) => last));
  return {
    terminal,
    lastSerial,
    missing: lastSerial - runs.reduce((sum, { first, last }) => sum + last - first + 1, 0),
  };
}
