/** What a card is sent, what it answers, and its memory: a stranger's card is a stranger's bytes. */
import { type AddressInfo, createServer } from 'node:net';
import { CardImageError, IMAGE_BYTES, MemoryCardMemory, SoftwareCard, viewCard } from '@retap/card';
import { softwareKey } from '@retap/keys';
import { crc32 } from '@retap/protocol';
import { plugIn } from '@retap/terminal-service';
import type { Decoder } from '@retap/testkit';
import { lastTransactionOf, logOf, productsOf } from '../../../packages/card/src/reader/account.ts';
import { identityPage } from '../../../packages/card/src/software/image.ts';
import { openedImage } from '../../../packages/card/test/reader/desk.ts';
import { refusedBy } from './bytes.ts';

const image = await openedImage();
/** Where the state stands in an image, after what is only read when a change was cut off. */
const STATE = 4_160;
const HEAD_BYTES = 6;
const bodyLength = (image[STATE] ?? 0) | ((image[STATE + 1] ?? 0) << 8);
const body = image.slice(STATE + HEAD_BYTES, STATE + HEAD_BYTES + bodyLength);

const never = (): boolean => false;
const isImageError = refusedBy(CardImageError);
const random = (length: number): Uint8Array => new Uint8Array(length).fill(5);
const poweredOn = (memory: MemoryCardMemory): SoftwareCard =>
  SoftwareCard.powerOn({ memory, keyOfValue: softwareKey, random });

/** A card whose state is these bytes, under a checksum that fits: else no damage would come past it. */
function cardOfState(state: Uint8Array): SoftwareCard {
  const bytes = new Uint8Array(IMAGE_BYTES);
  bytes.set(identityPage(image.slice(9, 16)));
  const kept = state.subarray(0, IMAGE_BYTES - STATE - HEAD_BYTES);
  const head = new DataView(bytes.buffer, STATE, HEAD_BYTES);
  head.setUint16(0, kept.length, true);
  head.setUint32(2, crc32(kept), true);
  bytes.set(kept, STATE + HEAD_BYTES);
  const card = poweredOn(new MemoryCardMemory(bytes));
  for (const command of COMMANDS) expectAnswer(card.transmit(command));
  return card;
}

/** Messages as vpcd has them: a length in two bytes, and so many bytes. */
function messagesIn(bytes: Uint8Array): Uint8Array[] {
  const messages: Uint8Array[] = [];
  for (let at = 0; at + 2 <= bytes.length; ) {
    const length = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
    messages.push(bytes.slice(at + 2, at + 2 + length));
    at += 2 + length;
  }
  return messages;
}

const messagesOf = (...messages: readonly Uint8Array[]): Uint8Array =>
  Uint8Array.from(messages.flatMap((one) => [one.length >> 8, one.length & 0xff, ...one]));

const hex = (digits: string): Uint8Array => Uint8Array.from(Buffer.from(digits, 'hex'));
/** Version, application ids, select ours, file ids, settings, authenticate, read, commit, ISO select. */
const COMMANDS = [
  ...['9060000000', '906a000000', '905a00000352545000', '906f000000', '90f50000010300', '9071000002020000'],
  ...['90ad0000070100000020000000', '90ab00000704000000000000 00'.replace(' ', ''), '906c0000010300', '90c7000000'],
  ...['90af00001000112233445566778899aabbccddeeff00', '00a4040007d2760000850100', '9064000001 0000'.replace(' ', '')],
].map(hex);

/** Of a short APDU: 256 bytes and the status; a command that is none may be answered in the card's native form. */
function expectAnswer(answer: Uint8Array): void {
  if (answer.length > 258) throw new Error(`an answer of ${answer.length} bytes`);
}

function spoken(bytes: Uint8Array): void {
  const card = poweredOn(new MemoryCardMemory(image));
  for (const command of messagesIn(bytes).slice(0, 200)) expectAnswer(card.transmit(command));
}

/** The reader's side, with a card that answers whatever the input says. */
function viewed(bytes: Uint8Array): Promise<unknown> {
  const answers = messagesIn(bytes);
  return viewCard({ uid: image.slice(9, 16), transmit: async () => answers.shift() ?? new Uint8Array() });
}

/** What pcscd sends to a card over TCP, in pieces of any length. */
async function plugged(bytes: Uint8Array): Promise<void> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.write(bytes.subarray(0, bytes.length >> 1));
    setImmediate(() => socket.end(bytes.subarray(bytes.length >> 1)));
    socket.resume();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = server.address() as AddressInfo;
    await (await plugIn(poweredOn(new MemoryCardMemory(image)), { port })).out;
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}

const answer = (digits: string): Uint8Array => hex(`${digits}9100`);
const ANSWERS = messagesOf(
  ...[hex('9100'), answer('0401013300160504010101031605'), answer('01'), answer('525450'), hex('9100')],
  ...[answer('01'), answer('01'), answer('01'), answer('01'), answer('01'), answer('0103'), answer('0003e0ee200000')],
);
const last = hex(
  `02${'01000000'}${'11000000'}${'0010203040 05'.replace(' ', '')}${'f4010000'}${'e8030000'}ff00${'00'.repeat(7)}`,
);

export const CARD_DECODERS: readonly Decoder[] = [
  {
    name: 'card-image',
    seeds: [image],
    decode: (bytes) => poweredOn(new MemoryCardMemory(bytes)),
    isRefusal: isImageError,
  },
  { name: 'card-state', seeds: [body], decode: cardOfState, isRefusal: isImageError },
  { name: 'card-commands', seeds: [messagesOf(...COMMANDS)], decode: spoken, isRefusal: never },
  { name: 'card-answers', seeds: [ANSWERS], decode: viewed, isRefusal: never },
  { name: 'card-account', seeds: [last, new Uint8Array(32)], decode: accountOf, isRefusal: never },
  {
    name: 'vpcd',
    seeds: [messagesOf(hex('01'), hex('04'), ...COMMANDS, hex('00'))],
    decode: plugged,
    isRefusal: never,
  },
];

/** Last transaction, then products, then log, as they stand on a card. */
function accountOf(bytes: Uint8Array): unknown {
  const read = lastTransactionOf(bytes.subarray(0, 32));
  if (read === null || read === 'blank') return read;
  return [productsOf(bytes.subarray(32, 416), read.held), logOf(bytes.subarray(416, 416 + 256), read)];
}
