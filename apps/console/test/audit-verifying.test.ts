/** The verification that runs in the auditor's browser, held to what the centre writes, and to each way of changing that. */
import { type Central, openCentral } from '@retap/central';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { Device, ENROLLED } from '../../../packages/central/test/device.ts';
import { embeddedDirectory } from '../../../packages/central/test/embedded-directory.ts';
import { keyIn } from '../src/pages/audit/checkpoint.ts';
import { checkpointPasted, type Kept, type Standing, Verifying } from '../src/pages/audit/verifying.ts';

const CENTRE = new Device(1);
const NOTHING: Kept = { fingerprint: null, checkpoint: null };

let central: Central;
let lines: string[];
let kept: string;
let fingerprint: string;
beforeAll(async () => {
  central = await openCentral({ database: embeddedDirectory(), now: () => 1_780_000_000_000 });
  await central.registry.settle({ ...ENROLLED, centre: CENTRE.publicKey });
  const entry = { who: 'ana', what: 'a.test', object: 'list »č😀«', outcome: 'done' } as const;
  for (let i = 0; i < 5; i += 1) await central.audit.append({ ...entry, detail: { why: `\\ "${i}" \u2028`, n: i } });
  await central.audit.checkpoint(CENTRE.sign);
  const document = (await central.audit.newestCheckpoint())?.document ?? [];
  kept = checkpointPasted(Buffer.from(document).toString('hex')) ?? '';
  for (let i = 0; i < 3; i += 1) await central.audit.append({ ...entry, detail: {} });
  await central.audit.checkpoint(CENTRE.sign);
  await central.audit.append({ ...entry, detail: {} });
  lines = await linesFrom(1);
  fingerprint = (await verified([lines.join('')])).fingerprint;
});
afterAll(() => central.close());

async function linesFrom(from: number, count?: number): Promise<string[]> {
  const found: string[] = [];
  for await (const line of central.audit.lines(from, count)) found.push(line);
  return found;
}

async function verified(pieces: readonly string[], known: Kept = NOTHING): Promise<Standing> {
  const verifying = new Verifying(known);
  for (const piece of pieces) await verifying.take(piece);
  return verifying.end();
}
const wordsOf = ({ findings }: Standing) => findings.map(({ word, entry }) => [word, entry]);
const placeOf = (start: string) => lines.findIndex((line) => line.startsWith(start));

describe('a log as the centre wrote it', () => {
  test('is as it should be, whole and in pieces, and it is said how far it is signed', async () => {
    const whole = await verified([lines.join('')], { fingerprint, checkpoint: kept });
    expect(whole).toMatchObject({ findings: [], first: 1, last: 10, signed: { size: 9, at: 1_780_000_000_000 } });
    const pieces: string[] = [];
    for (let from = 1; from <= 10; from += 3) pieces.push((await linesFrom(from, 3)).join(''));
    expect(await verified(pieces)).toEqual({ ...whole, fingerprint });
  });

  test('is verified from an entry on, where what was kept is of it', async () => {
    const from = [(await linesFrom(5)).join('')];
    expect(await verified(from, { fingerprint: null, checkpoint: kept })).toMatchObject({ findings: [], first: 5 });
    const later = [(await linesFrom(9)).join('')];
    expect(wordsOf(await verified(later, { fingerprint: null, checkpoint: kept }))).toEqual([['log-short', 6]]);
  });

  test('knows the fingerprint however it is grouped', async () => {
    const grouped = fingerprint.toLowerCase().replaceAll(/(.{4})/g, '$1-');
    expect(wordsOf(await verified([lines.join('')], { fingerprint: grouped, checkpoint: null }))).toEqual([]);
    const other = { fingerprint: '00'.repeat(16), checkpoint: null };
    expect(wordsOf(await verified([lines.join('')], other))).toEqual([['centre-other', null]]);
  });
});

describe('what somebody changed is found', () => {
  const changed = (place: number, by: (line: string) => string | null) =>
    lines.flatMap((line, index) => (index === place ? (by(line) ?? []) : line)).join('');

  test('a letter of an entry', async () => {
    const text = changed(placeOf('{"entry":[3,'), (line) => line.replace('a.test', 'a.best'));
    expect(wordsOf(await verified([text]))).toEqual([['chain-broken', 3]]);
  });

  test('an entry and its hash, made to fit up to the checkpoint', async () => {
    const text = changed(placeOf('{"entry":[6,'), (line) => line.replace(/"hash":"../, '"hash":"00'));
    expect(wordsOf(await verified([text]))).toEqual([
      ['chain-broken', 6],
      ['checkpoint-differs', 6],
      ['chain-broken', 7],
    ]);
  });

  test('an entry taken away, or moved', async () => {
    const [fourth, third] = [placeOf('{"entry":[4,'), placeOf('{"entry":[3,')];
    expect(wordsOf(await verified([changed(fourth, () => null)]))).toEqual([
      ['entry-missing', 4],
      ['chain-broken', 5],
    ]);
    const moved = lines.toSpliced(third, 2, lines[fourth] ?? '', lines[third] ?? '').join('');
    expect(wordsOf(await verified([moved])).map(([word]) => word)).toContain('entry-missing');
  });

  test('its end cut off behind what was kept', async () => {
    const short = lines.slice(0, placeOf('{"entry":[5,')).join('');
    const standing = await verified([short], { fingerprint: null, checkpoint: kept });
    expect(wordsOf(standing)).toEqual([
      ['log-short', 5],
      ['checkpoint-missing', null],
    ]);
  });

  test('a checkpoint that nobody signed, one of another log, and none at all', async () => {
    const place = placeOf('{"checkpoint"');
    const forged = changed(place, (line) => line.replace(/..("\}\n)$/, '00$1'));
    expect(wordsOf(await verified([forged]))).toEqual([['signature-invalid', 6]]);
    const head = lines[0]?.replace(/"log":"(..)/, (_, two: string) => `"log":"${two === '00' ? '11' : '00'}`) ?? '';
    expect(wordsOf(await verified([[head, ...lines.slice(1)].join('')])).map(([word]) => word)).toContain('log-other');
    const none = lines.filter((line) => !line.startsWith('{"checkpoint"')).join('');
    expect(wordsOf(await verified([none]))).toEqual([['checkpoint-missing', null]]);
    const other = { fingerprint: null, checkpoint: kept.replace(/..$/, kept.endsWith('00') ? '11' : '00') };
    expect(wordsOf(await verified([lines.join('')], other))).toEqual([['signature-invalid', null]]);
  });

  test('a piece that is of another log than the one before', async () => {
    const [first, second] = [(await linesFrom(1, 3)).join(''), await linesFrom(4)];
    const head = second[0]?.replace(/"centre":"../, '"centre":"FF') ?? '';
    const standing = await verified([first, [head, ...second.slice(1)].join('')]);
    expect(wordsOf(standing)).toEqual([['centre-other', 4]]);
  });

  test.each([
    ['cut off', (text: string) => text.slice(0, -2)],
    ['with a line that is none', (text: string) => `${text}{"entry":[]}\n`],
    ['with two heads', (text: string) => text + lines[0]],
    ['without its head', (text: string) => text.slice(text.indexOf('\n') + 1)],
    ['with a space where there is none', (text: string) => text.replace('{"entry":[2', '{"entry": [2')],
  ])('an answer %s', async (_, by) => {
    const words = wordsOf(await verified([by(lines.join(''))])).map(([word]) => word);
    expect(words).toContain('file-malformed');
  });
});

test('a checkpoint is pasted as digits, or as the file that has it', () => {
  const digits = 'd2'.repeat(40);
  expect(checkpointPasted(` ${digits}\n`)).toBe(digits.toUpperCase());
  expect(checkpointPasted(`{"checkpoint":"${digits}","size":3}`)).toBe(digits.toUpperCase());
  for (const none of ['', 'abc', '12', '{"checkpoint":""}']) expect(checkpointPasted(none)).toBeNull();
});

test('digits that are no key are told from a browser that knows no such keys', async () => {
  expect(await keyIn('00'.repeat(31))).toBeNull();
  expect(await keyIn('00'.repeat(32))).not.toBeNull();
  const unknown = new DOMException('Unrecognized name.', 'NotSupportedError');
  const asked = vi.spyOn(crypto.subtle, 'importKey').mockRejectedValue(unknown);
  await expect(keyIn('00'.repeat(32))).rejects.toBe(unknown);
  asked.mockRestore();
});
