/** What crosses between terminal and centre: batches, journals, licences, lists, requests. */
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { amountOf, type JournalRecord } from '@retap/model';
import {
  applyDelta,
  ENROLMENT_CODE_BYTES,
  encodeBatch,
  encodeDelta,
  encodeEnrolment,
  encodeHeldLists,
  encodeLicence,
  encodeLicenceAnswer,
  encodeList,
  encodeRenewal,
  encodeSignedPayload,
  encodeTimeAnswer,
  encodeTimeQuestion,
  enrolmentCode,
  formatRecord,
  frame,
  itemsOfSequence,
  type List,
  openDelta,
  openHeldLists,
  openLicence,
  openList,
  openSignedBatch,
  openTimeAnswer,
  openTimeQuestion,
  ProtocolError,
  parseBatch,
  parseEnrolment,
  parseEnrolmentCode,
  parseJournalLine,
  parseJournalPiece,
  parseLicenceAnswer,
  parseRecord,
  parseRenewal,
  parseSignedPayload,
  readFrames,
  readSignedBatch,
  signedBatch,
  type Tariff,
} from '@retap/protocol';
import { readJournal } from '@retap/protocol/journal-files';
import type { Decoder } from '@retap/testkit';
import { decodeCbor, encodeCbor } from '../../../packages/protocol/src/signed/cbor.ts';
import { bytesOf, keyOf, refusedBy, textOf } from './bytes.ts';

const { sign } = keyOf(7);
const never = (): boolean => false;
const isRefusal = refusedBy(ProtocolError);
const TERMINAL = 17;
const BEFORE = 'A'.repeat(64);

const RECORDS: readonly JournalRecord[] = [
  {
    terminal: 17,
    serial: 5,
    type: 'open',
    medium: 'M1',
    time: 1_000,
    amount: amountOf(500),
    balance: amountOf(500),
    status: 'successful',
  },
  {
    ...{ terminal: 17, serial: 6, type: 'purchase', medium: '04A1B2C3D4E580', time: 1_772_432_106_669 },
    ...{ lastTime: 1_772_416_435_694, lastTerminal: 4, amount: amountOf(-250), balance: amountOf(1_750) },
    ...{
      status: 'unverified',
      mediumSerial: 3,
      product: { id: '17-6', code: 'day', validFrom: 1, validUntil: 9, maxUses: 2 },
    },
  },
  {
    ...{ terminal: 17, serial: 7, type: 'debit', medium: '04A1B2C3D4E580', time: 1_772_432_116_669 },
    ...{ lastTime: 1_772_432_106_669, lastTerminal: 17, amount: amountOf(-130), balance: amountOf(1_620) },
    ...{ status: 'successful', mediumSerial: 4 },
    log: [{ time: 1_772_432_106_669, terminal: 17, amount: amountOf(-250), balance: amountOf(1_750), mediumSerial: 3 }],
  },
] as const;

const lines = bytesOf(`${RECORDS.map(formatRecord).join('\n')}\n`);
const payload = encodeSignedPayload({ terminal: TERMINAL, from: 5, before: BEFORE, records: RECORDS });
/** Long enough to be deflated. */
const many = encodeSignedPayload({
  ...{ terminal: TERMINAL, from: 1, before: BEFORE },
  records: Array.from({ length: 40 }, (_, at) => ({ ...(RECORDS[2] as JournalRecord), serial: at + 1 })),
});
const signed = [await signedBatch(payload, TERMINAL, sign), await signedBatch(many, TERMINAL, sign)];
const licence = await encodeLicence(
  { terminal: 17, role: 'gate', publicKey: new Uint8Array(32).fill(9), issuedAt: 1_000, expiresAt: 2_000 } as never,
  sign,
);
const head = { version: 3, issuedAt: 1_000, expiresAt: 2_000 } as const;
const NAME = { sl: 'Vožnja', en: 'Ride' };
const TARIFF: Tariff = {
  ...{ validFrom: 1_000, currency: 'EUR', fares: [{ code: 'ride', name: NAME, amount: amountOf(130) }] },
  products: [{ code: 'month', name: NAME, price: amountOf(3_700), validFor: 9, maxUses: 2 }],
  parts: [
    {
      ...{ role: 'validator', terminals: [], defaultOffer: 1 },
      offers: [
        { kind: 'debit', fare: 'ride' },
        { kind: 'validation', codes: ['month', 'day'], name: NAME },
      ],
    },
    {
      ...{ role: 'point-of-sale', terminals: [7, 300] },
      offers: [
        { kind: 'purchase', product: 'month' },
        { kind: 'refill', amount: amountOf(500), name: NAME },
      ],
    },
  ],
};
const sha256 = (bytes: Uint8Array): Uint8Array => Uint8Array.from(createHash('sha256').update(bytes).digest());

async function deltaTo(older: List, document: Uint8Array | undefined): Promise<Uint8Array> {
  const delta = document && (await encodeDelta(older, openList(document), document, sha256, sign));
  if (!delta) throw new Error('no difference of these');
  return delta;
}

/** Read, it is applied to a list that it may be of: what comes of it is a list, or nothing. */
function applied(bytes: Uint8Array): void {
  const { delta } = openDelta(bytes);
  for (const document of lists) {
    const { list } = openList(document);
    const made = applyDelta({ ...list, version: delta.from } as List, delta, () => delta.digest);
    if (made !== null) openList(made);
  }
}

const lists = [
  await encodeList({ kind: 'deny', ...head, entries: ['04A1B2C3D4E580', 'M1', 'M2'] }, sign),
  await encodeList(
    {
      ...{ kind: 'actions', ...head },
      entries: [
        { medium: 'M1', serial: 1, kind: 'refill', amount: amountOf(500) },
        { medium: 'M1', serial: 2, kind: 'product', product: { code: 'day', validFrom: 1, validUntil: 9, maxUses: 2 } },
        { medium: 'M2', serial: 1, kind: 'block' },
      ],
    },
    sign,
  ),
  await encodeList({ kind: 'limits', ...head, entries: { minimumBalance: -500, dayTapsMax: 20 } }, sign),
  await encodeList({ kind: 'tariff', ...head, entries: [TARIFF, { ...TARIFF, validFrom: 2_000 }] }, sign),
];
const deltas = [
  await deltaTo({ kind: 'deny', ...head, version: 2, entries: ['04A1B2C3D4E580', 'M0'] }, lists[0]),
  await deltaTo(
    { kind: 'actions', ...head, version: 1, entries: [{ medium: 'M1', serial: 1, kind: 'block' }] },
    lists[1],
  ),
];
const heldVersions = { deny: 3, actions: 0, limits: 1, tariff: 0 };
const held = [
  await encodeHeldLists({ terminal: 17, saidAt: 1_000, versions: heldVersions }, sign),
  await encodeHeldLists({ terminal: 17, saidAt: 1_000, versions: { ...heldVersions, tariff: 2 } }, sign),
];
const nonce = new Uint8Array(16).fill(3);
const questions = [
  await encodeTimeQuestion({ terminal: 17, nonce, report: { offset: -9, delay: 30, measuredAt: 1_000 } }, sign),
  await encodeTimeQuestion({ terminal: 17, nonce, report: null }, sign),
];
const time = await encodeTimeAnswer({ nonce, receivedAt: 1_000, answeredAt: 1_002 }, sign);
const signature = new Uint8Array(64).fill(1);
const publicKey = new Uint8Array(32).fill(2);
const code = enrolmentCode(Uint8Array.from({ length: ENROLMENT_CODE_BYTES }, (_, at) => 11 * at));

/** What was read is a record, and is written as it was read. */
function expectRecords(records: readonly { readonly record: JournalRecord }[]): void {
  for (const { record } of records) {
    const again = parseJournalLine(formatRecord(record));
    if ('reason' in again) throw new Error(`a record was read that is none: ${again.reason}`);
  }
}

async function journalOf(bytes: Uint8Array): Promise<number> {
  async function* source() {
    for (let at = 0; at < bytes.length; at += 1_000) yield bytes.subarray(at, at + 1_000);
  }
  let records = 0;
  for await (const piece of readJournal(source(), { recordsMax: 100 })) records += piece.records.length;
  return records;
}

export const PROTOCOL_DECODERS: readonly Decoder[] = [
  {
    name: 'journal-line',
    seeds: RECORDS.map((record) => bytesOf(formatRecord(record))),
    decode: (bytes) => parseJournalLine(textOf(bytes)),
    isRefusal: never,
    sound: (parsed) => 'record' in (parsed as object) && expectRecords([parsed as { record: JournalRecord }]),
  },
  { name: 'journal-piece', seeds: [lines], decode: parseJournalPiece, isRefusal, sound: soundBody },
  {
    name: 'batch-json',
    seeds: [encodeBatch({ terminal: 17, from: 5, to: 7, records: RECORDS })],
    decode: parseBatch,
    isRefusal,
    sound: soundBody,
  },
  { name: 'journal-gzip', seeds: [Uint8Array.from(gzipSync(lines)), lines], decode: journalOf, isRefusal },
  {
    name: 'cbor',
    seeds: [payload, encodeCbor([1, [-5, 'text', null, new Uint8Array(9)], 2 ** 40])],
    decode: cborOf,
    isRefusal: never,
  },
  { name: 'signed-batch', seeds: signed, decode: openSignedBatch, isRefusal },
  { name: 'signed-batch-read', seeds: signed, decode: readSignedBatch, isRefusal, sound: soundBody },
  { name: 'signed-payload', seeds: [payload, many], decode: parseSignedPayload, isRefusal, sound: soundBody },
  {
    name: 'signed-sequence',
    seeds: [Uint8Array.from([...(signed[0] as Uint8Array), ...(signed[1] as Uint8Array)])],
    decode: (bytes) => [...itemsOfSequence(bytes)].length,
    isRefusal,
  },
  { name: 'licence', seeds: [licence], decode: openLicence, isRefusal },
  {
    name: 'licence-answer',
    seeds: [encodeLicenceAnswer({ licence, centre: publicKey })],
    decode: parseLicenceAnswer,
    isRefusal,
  },
  { name: 'list', seeds: lists, decode: openList, isRefusal },
  { name: 'list-delta', seeds: deltas, decode: applied, isRefusal },
  { name: 'held-lists', seeds: held, decode: openHeldLists, isRefusal },
  { name: 'time-question', seeds: questions, decode: openTimeQuestion, isRefusal },
  { name: 'time-answer', seeds: [time], decode: openTimeAnswer, isRefusal },
  { name: 'enrolment', seeds: [encodeEnrolment({ code, publicKey, signature })], decode: parseEnrolment, isRefusal },
  {
    name: 'enrolment-code',
    seeds: [bytesOf(code)],
    decode: (bytes) => parseEnrolmentCode(textOf(bytes)),
    isRefusal: never,
  },
  {
    name: 'renewal',
    seeds: [encodeRenewal({ terminal: 17, expiresAt: 2_000, signature })],
    decode: parseRenewal,
    isRefusal,
  },
  {
    name: 'frames',
    seeds: [Uint8Array.from([...frame(lines), ...frame(bytesOf('sealed 3'))])],
    decode: readFrames,
    isRefusal: never,
    sound: soundFrames,
  },
];

function cborOf(bytes: Uint8Array): unknown {
  const decoded = decodeCbor(bytes);
  // Deterministic: what is read is written by the same bytes, so no two byte strings are the same batch.
  if (decoded !== null && Buffer.compare(encodeCbor(decoded.value), bytes) !== 0)
    throw new Error('read from other bytes');
  return decoded;
}

function soundBody(body: unknown): void {
  const { records } = body as { records: readonly { record: JournalRecord }[] };
  for (const { record } of records) if ('reason' in parseRecord({ ...record })) throw new Error('no record');
  expectRecords(records);
}

function soundFrames(read: unknown, bytes: Uint8Array): void {
  const { end } = read as { end: number };
  if (!(end >= 0 && end <= bytes.length)) throw new Error(`frames end at ${end} of ${bytes.length}`);
}
