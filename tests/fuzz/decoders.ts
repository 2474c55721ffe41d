/**
 * Every reader of bytes that others wrote, in one place. A new one is a line in one of these files; what it was fed and
 * answered in a new way is kept under tests/fixtures/fuzz, in a folder of its name.
 *
 * Not here: what the process with PC/SC tells its parent (apps/terminal/src/pcsc/words.ts), for both ends are ours, and what
 * a card says by way of it is `card-answers`; rows of the database, which only the centre writes.
 */
import type { Decoder } from '@retap/testkit';
import { AUDIT_DECODERS } from './decoders/audit.ts';
import { CARD_DECODERS } from './decoders/card.ts';
import { CENTRE_DECODERS } from './decoders/centre.ts';
import { DEVICE_DECODERS } from './decoders/device.ts';
import { PROTOCOL_DECODERS } from './decoders/protocol.ts';

export const DECODERS: readonly Decoder[] = [
  ...PROTOCOL_DECODERS,
  ...DEVICE_DECODERS,
  ...CARD_DECODERS,
  ...CENTRE_DECODERS,
  ...AUDIT_DECODERS,
];
