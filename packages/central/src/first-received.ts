/** Which of the stored records stand: of each identity the first received (spec, "Records"). Shares nothing with recording. */
import {
  firstReceived,
  identityOf,
  type JournalRecord,
  type RecordIdentity,
  type TerminalNumber,
  type Time,
} from '@retap/model';
import { type PositionedRecord, sameRecord } from '@retap/protocol';

export interface FirstReceived {
  stands(record: RecordIdentity, receipt: number, position: number): boolean;
  isKnown(identity: RecordIdentity): boolean;
  readonly conflicts: readonly RecordIdentity[];
  /** Serial and time of what stands, by terminal. */
  readonly times: ReadonlyMap<TerminalNumber, readonly (RecordIdentity & { readonly time: Time })[]>;
}

type Batches = () => AsyncIterable<{ readonly receipt: number; readonly records: readonly PositionedRecord[] }>;

interface Standing {
  readonly time: Time;
  readonly receipt: number;
  readonly position: number;
}

export async function firstReceivedOf(batches: Batches): Promise<FirstReceived> {
  const standing = new Map<TerminalNumber, Map<number, Standing>>();
  const repeated = new Set<string>();
  for await (const { receipt, records } of batches()) {
    for (const { position, record } of records) {
      const ofTerminal = standing.get(record.terminal) ?? new Map<number, Standing>();
      standing.set(record.terminal, ofTerminal);
      if (ofTerminal.has(record.serial)) repeated.add(identityOf(record));
      else ofTerminal.set(record.serial, { time: record.time, receipt, position });
    }
  }
  return {
    stands: ({ terminal, serial }, receipt, position) => {
      const first = standing.get(terminal)?.get(serial);
      return first?.receipt === receipt && first.position === position;
    },
    isKnown: ({ terminal, serial }) => standing.get(terminal)?.has(serial) ?? false,
    conflicts: repeated.size === 0 ? [] : await conflictsAmong(batches, repeated),
    times: new Map(
      [...standing].map(([terminal, ofTerminal]) => [
        terminal,
        [...ofTerminal].map(([serial, { time }]) => ({ terminal, serial, time })),
      ]),
    ),
  };
}

async function conflictsAmong(batches: Batches, repeated: ReadonlySet<string>): Promise<readonly RecordIdentity[]> {
  const arrivals: JournalRecord[] = [];
  for await (const { records } of batches()) {
    for (const { record } of records) if (repeated.has(identityOf(record))) arrivals.push(record);
  }
  return firstReceived(arrivals, sameRecord).conflicts;
}
