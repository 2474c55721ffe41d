/** What phones show each other, say to the centre and hear from it: all of it is anybody's bytes until a signature is found good. */
import {
  encodeCentreSays,
  encodeMessage,
  encodePhoneSays,
  encodeRegistration,
  messageBytesIn,
  messageLink,
  messageText,
  openMessage,
  ProtocolError,
  parseCentreSays,
  parsePhoneSays,
  parseRegistration,
} from '@retap/protocol';
import type { Decoder } from '@retap/testkit';
import { FrameReader, framesOf } from '../../../apps/wallet/src/qr/frames.ts';
import { KINDS } from '../../../packages/protocol/test/phone/values.ts';
import { bytesOf, latinOf, refusedBy } from './bytes.ts';

const isMalformed = refusedBy(ProtocolError);
const never = (): boolean => false;

const signed = await Promise.all(
  KINDS.map(async ({ name, value, write, read }) => ({ name, seed: await write(value), read })),
);
const seedOf = (name: string): Uint8Array => signed.find((each) => each.name === name)?.seed ?? new Uint8Array();

const message = encodeMessage({
  ...{ kind: 'request', request: seedOf('request'), certificate: seedOf('certificate') },
});
const ticket = encodeMessage({
  ...{ kind: 'ticket', purchase: seedOf('order'), certificate: seedOf('certificate'), receipt: seedOf('order') },
  ...{ sellerCertificate: seedOf('certificate'), presentation: seedOf('presentation') },
});
const registration = encodeRegistration({
  ...{ kind: 'person', name: 'Žiga', publicKey: new Uint8Array(32), recoveryDigest: new Uint8Array(32) },
  ...{ code: null, signature: new Uint8Array(64) },
});
const text = messageText(ticket);
const frames = Array.from({ length: 12 }, (_, index) => framesOf(text)(index)).join('\n');

/** Frames that a camera read, some of them damaged: never another text than the one that was shown. */
function readFrames(bytes: Uint8Array): string | null {
  const reader = new FrameReader();
  for (const frame of latinOf(bytes).split('\n').slice(0, 200)) reader.add(frame);
  return reader.text;
}

export const PHONE_DECODERS: readonly Decoder[] = [
  ...signed.map(({ name, seed, read }) => ({
    ...{ name: `phone-${name}`, seeds: [seed], decode: read, isRefusal: isMalformed },
  })),
  { name: 'phone-message', seeds: [message, ticket], decode: openMessage, isRefusal: isMalformed },
  {
    name: 'phone-text',
    seeds: [bytesOf(messageText(message)), bytesOf(messageLink('https://centre.example/wallet/', message))],
    decode: (bytes) => messageBytesIn(latinOf(bytes)),
    isRefusal: never,
  },
  {
    name: 'phone-frames',
    seeds: [bytesOf(frames)],
    decode: readFrames,
    isRefusal: never,
    sound(value) {
      if (value !== null && value !== text) throw new Error(`another text than was shown: ${value}`);
    },
  },
  {
    name: 'phone-says',
    seeds: [encodePhoneSays({ number: 1, kind: 'standing', bytes: seedOf('standing') })],
    decode: parsePhoneSays,
    isRefusal: never,
  },
  {
    name: 'centre-says',
    seeds: [
      encodeCentreSays({ kind: 'kept', number: 1, time: 5 }),
      encodeCentreSays({ kind: 'refused', number: 2, time: 5, code: 'waits', message: 'for a clerk', retryAfterMs: 0 }),
    ],
    decode: parseCentreSays,
    isRefusal: never,
  },
  { name: 'phone-registration', seeds: [registration], decode: parseRegistration, isRefusal: isMalformed },
];
