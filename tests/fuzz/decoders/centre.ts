/** What anyone may ask the centre, and the files of keys. */

import type { Decoder } from '@retap/testkit';
import { BadQuestion } from '../../../apps/central/src/answers.ts';
import { clientOf } from '../../../apps/central/src/attempts.ts';
import { cursorOf, kindOf, limitOf, mediumOf, prefixOf, proofKindOf } from '../../../apps/central/src/questions.ts';
import { formOf, sentAtOf } from '../../../apps/central/src/verify.ts';
import { issuerContents } from '../../../packages/keys/src/contents.ts';
import { openedFile, sealedFile } from '../../../packages/keys/src/key-file.ts';
import { COST_MIN } from '../../../packages/keys/src/sealed-file.ts';
import { bytesOf, latinOf, refusedBy } from './bytes.ts';

const isRefusal = refusedBy(BadQuestion);
const never = (): boolean => false;
const random = (length: number): Uint8Array => new Uint8Array(length).fill(3);
const keyFile = await sealedFile(issuerContents(random), 'a long passphrase', random, COST_MIN);

function clientIn(text: string): string {
  const client = clientOf(text);
  if (client.length > text.length + 40) throw new Error(`a client of ${client.length} letters`);
  return client;
}

const asText = (read: (text: string) => unknown) => (bytes: Uint8Array) => read(latinOf(bytes));

export const CENTRE_DECODERS: readonly Decoder[] = [
  { name: 'question-medium', seeds: [bytesOf('04A1B2C3D4E580')], decode: asText(mediumOf), isRefusal },
  { name: 'question-prefix', seeds: [bytesOf('04A1')], decode: asText(prefixOf), isRefusal },
  { name: 'question-kind', seeds: [bytesOf('missing-transaction')], decode: asText(kindOf), isRefusal },
  { name: 'question-proof-kind', seeds: [bytesOf('proof-invalid')], decode: asText(proofKindOf), isRefusal },
  { name: 'question-limit', seeds: [bytesOf('100')], decode: asText((text) => limitOf(text, 10, 1_000)), isRefusal },
  { name: 'question-cursor', seeds: [bytesOf('1772432106669-17-5')], decode: asText(cursorOf), isRefusal },
  {
    name: 'content-type',
    seeds: [bytesOf('application/cose; cose-type="cose-sign1"')],
    decode: asText(formOf),
    isRefusal: never,
  },
  { name: 'sent-at', seeds: [bytesOf('1772432106669')], decode: asText(sentAtOf), isRefusal: never },
  {
    name: 'client-address',
    seeds: [bytesOf('::ffff:10.0.0.1'), bytesOf('2001:db8::1')],
    decode: asText(clientIn),
    isRefusal: never,
  },
  {
    name: 'key-file',
    seeds: [bytesOf(keyFile)],
    decode: asText((text) => openedFile(text, 'a long passphrase')),
    isRefusal: never,
  },
];
