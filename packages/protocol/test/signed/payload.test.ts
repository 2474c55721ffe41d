/** The payload of a signed batch: what a terminal packs, the centre unpacks, exactly. */
import type { JournalRecord } from '@retap/model';
import { encodeSignedPayload, formatRecord, parseSignedPayload } from '@retap/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arbitraryRecord } from '../arbitrary-record.ts';

const BEFORE = '0123456789ABCDEF'.repeat(4);

/** Records as a run of one terminal's journal. */
function runOf(records: readonly JournalRecord[], terminal: number, from: number): JournalRecord[] {
  return records.map((record, index) => ({ ...record, terminal, serial: from + index }));
}

const arbitraryRun = fc
  .tuple(
    fc.integer({ min: 1, max: 2 ** 31 - 1 }),
    fc.integer({ min: 1, max: 2 ** 31 - 100 }),
    fc.array(arbitraryRecord, { minLength: 1, maxLength: 8 }),
  )
  .map(([terminal, from, records]) => ({ terminal, from, before: BEFORE, records: runOf(records, terminal, from) }));

describe('a signed payload', () => {
  it('gives back exactly the records it was given', () => {
    fc.assert(
      fc.property(arbitraryRun, (run) => {
        const parsed = parseSignedPayload(encodeSignedPayload(run));
        expect(parsed.rejected).toEqual([]);
        expect(parsed.records).toEqual(run.records.map((record, index) => ({ position: index + 1, record })));
        expect(parsed.lines()).toEqual(run.records.map(formatRecord));
        expect(parsed).toMatchObject({
          terminal: run.terminal,
          from: run.from,
          to: run.from + run.records.length - 1,
          before: BEFORE,
        });
      }),
      { numRuns: 2000 },
    );
  });
});
