/** What a terminal remembers of its media, kept by the journal so that a restart forgets nothing. */
import type { JournalRecord, Time } from '@retap/model';
import { formatRecord, parseJournalLine } from '@retap/protocol';
import { DayMemory, type DaySnapshot } from './day-memory.ts';
import { JournalError } from './journal-port.ts';
import { RetapMemory, type RetapOptions } from './retap.ts';

export interface TerminalMemoryOptions extends RetapOptions {
  /** Begin of a day after midnight UTC, in milliseconds. */
  readonly dayStart: number;
}

interface Snapshot {
  readonly retaps: readonly string[];
  readonly days: DaySnapshot;
}

export class TerminalMemory {
  readonly retaps: RetapMemory;
  readonly days: DayMemory;

  constructor(options: TerminalMemoryOptions) {
    this.retaps = new RetapMemory(options);
    this.days = new DayMemory(options.dayStart);
  }

  remember(record: JournalRecord): void {
    this.retaps.remember(record);
    this.days.remember(record);
  }

  /** A record of before a restart whose end may not have been shown. */
  rememberUnshown(record: JournalRecord): void {
    this.retaps.rememberUnshown(record);
    this.days.remember(record);
  }

  snapshot(now: Time): string {
    const snapshot: Snapshot = { retaps: this.retaps.snapshot(now).map(formatRecord), days: this.days.snapshot() };
    return JSON.stringify(snapshot);
  }

  /** @throws JournalError `journal-damaged` */
  restore(text: string): void {
    // The journal has checked that these are the bytes it wrote.
    const { retaps, days } = JSON.parse(text) as Snapshot;
    for (const line of retaps) {
      const parsed = parseJournalLine(line);
      if ('reason' in parsed)
        throw new JournalError('journal-damaged', `a checkpoint of the journal: ${parsed.reason}`);
      this.retaps.restore(parsed.record);
    }
    this.days.restore(days);
  }
}
