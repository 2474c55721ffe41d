/** Records of a phone as a signed batch: alone to be shown, in runs to be sent. */
import type { TerminalNumber } from '@retap/model';
import { encodeSignedPayload, signedBatch } from '@retap/protocol';
import type { JournalEntry, PhoneKey } from './port.ts';

/** @param entries one after the other, without holes */
export function sealed(
  terminal: TerminalNumber,
  entries: readonly [JournalEntry, ...JournalEntry[]],
  key: PhoneKey,
): Promise<Uint8Array> {
  const [{ serial: from, before }] = entries;
  const records = entries.map(({ record }) => record);
  return signedBatch(encodeSignedPayload({ terminal, from, before, records }), terminal, (bytes) => key.sign(bytes));
}
