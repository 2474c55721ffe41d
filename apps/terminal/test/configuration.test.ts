import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readConfiguration } from '../src/configuration/configuration.ts';
import { ConfigurationError } from '../src/configuration/faults.ts';
import { configurationSchema } from '../src/configuration/schema.ts';
import { INSPECTOR, POINT_OF_SALE, VALIDATOR } from './scene.ts';

const EXAMPLES = new URL('../examples/', import.meta.url);
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'retap-configuration-'));
});
afterAll(() => rm(directory, { recursive: true }));

async function written(content: unknown, name = 'terminal.json'): Promise<string> {
  const file = path.join(directory, name);
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

/** What is wrong, without the file's name. */
async function faultsOf(content: unknown): Promise<string[]> {
  const file = await written(content);
  const error = await readConfiguration(file).catch((fault) => fault);
  expect(error).toBeInstanceOf(ConfigurationError);
  return (error as ConfigurationError).messages.map((line) => line.replace(`${file}: `, ''));
}

describe('the examples', () => {
  test.each(['validator.json', 'point-of-sale.json', 'inspector.json'])('%s is read as it stands', async (name) => {
    const configuration = await readConfiguration(new URL(name, EXAMPLES).pathname);
    expect(`${configuration.role}.json`).toBe(name);
  });

  test('there is one for each role, one without a reader, and their lists', async () => {
    const names = await readdir(EXAMPLES);
    const roles = configurationSchema.shape.role.options.map((role) => `${role}.json`);
    expect(names.sort()).toEqual([...roles, 'in-process.json', 'actions.json', 'deny-list.json'].sort());
  });
});

test('paths are taken from where the file is', async () => {
  const reader = { kind: 'in-process', cards: 'cards' };
  const read = await readConfiguration(await written({ ...VALIDATOR, reader }));
  expect(read.journal).toBe(path.join(directory, 'journal'));
  expect(read.keys).toEqual({ store: path.join(directory, 'keys.json') });
  expect(read.reader).toEqual({ kind: 'in-process', cards: path.join(directory, 'cards') });
});

test('what is left out has its default', async () => {
  const { offers: _, defaultOffer: __, language: ___, screen: ____, ...least } = INSPECTOR;
  const read = await readConfiguration(await written(least));
  expect(read).toMatchObject({
    language: 'sl',
    screen: { host: '127.0.0.1', port: 8090, messageFor: 2_500 },
    clock: { tolerance: 120_000, source: 'system' },
    retapWindow: 60_000,
    denyList: [],
    actions: [],
  });
});

const M1 = '04A1B2C3D4E5F1';
const M2 = '04A1B2C3D4E5F2';

test('durations and times become milliseconds', async () => {
  const limits = { ...VALIDATOR.limits, unsentAgeMax: '14d', dayStart: '3h' };
  const product = { code: 'month', validFrom: '2026-12-01T00:00:00Z' };
  const actions = [{ serial: 1, medium: M1, kind: 'product', product }];
  const read = await readConfiguration(await written({ ...VALIDATOR, retapWindow: '90s', limits, actions }));
  expect([read.retapWindow, read.limits.unsentAgeMax, read.limits.dayStart]).toEqual([
    90_000, 1_209_600_000, 10_800_000,
  ]);
  expect(read.actions).toEqual([{ ...actions[0], product: { code: 'month', validFrom: Date.UTC(2026, 11, 1) } }]);
});

test('deny list and actions may be files of their own', async () => {
  await written([M1], 'deny.json');
  await written([{ serial: 1, medium: M2, kind: 'block' }], 'actions.json');
  const read = await readConfiguration(await written({ ...VALIDATOR, denyList: 'deny.json', actions: 'actions.json' }));
  expect(read.denyList).toEqual([M1]);
  expect(read.actions).toEqual([{ serial: 1, medium: M2, kind: 'block' }]);
});

const { offers, ...withoutOffers } = VALIDATOR;
const [debit] = offers;
describe('what is wrong is said: which key, what, what to do', () => {
  test.each<[string, unknown, string]>([
    ['no JSON', '{ "terminal": 17', 'it is not JSON: '],
    ['a list', [], 'the file holds one JSON object'],
    [
      'an unknown key',
      { ...VALIDATOR, langauge: 'sl' },
      'langauge: there is no such key; look for a slip of the pen in docs/terminal.md, or remove it',
    ],
    [
      'an unknown key inside',
      { ...VALIDATOR, limits: { ...VALIDATOR.limits, tapMax: 1 } },
      'limits.tapMax: there is no such key',
    ],
    [
      'a missing key',
      { ...VALIDATOR, journal: undefined },
      'journal: give the path of the directory of the journal, relative to this file',
    ],
    ['a terminal of zero', { ...VALIDATOR, terminal: 0 }, 'terminal: a terminal number is 1 or more'],
    [
      'a terminal as text',
      { ...VALIDATOR, terminal: '17' },
      'terminal: give the number that the terminal was enrolled under, as 17',
    ],
    ['another role', { ...VALIDATOR, role: 'gate' }, 'role: give "validator", "point-of-sale" or "inspector"'],
    ['another language', { ...VALIDATOR, language: 'de' }, 'language: give "sl" or "en"'],
    [
      'a currency by its sign',
      { ...VALIDATOR, currency: { code: '€', digits: 2 } },
      'currency.code: give a currency by its ISO 4217 code, as "EUR"',
    ],
    [
      'a float amount',
      { ...VALIDATOR, offers: [{ ...debit, amount: 1.3 }] },
      'offers[0].amount: give whole minor units without quotes, as 250 for 2.50',
    ],
    [
      'a negative amount',
      { ...VALIDATOR, offers: [{ ...debit, amount: -130 }] },
      'offers[0].amount: an amount is zero or more',
    ],
    [
      'an offer without English',
      { ...VALIDATOR, offers: [{ ...debit, name: { sl: 'Vožnja' } }] },
      'offers[0].name.en: give the name in English, in quotes',
    ],
    [
      'an offer of another kind',
      { ...VALIDATOR, offers: [{ ...debit, kind: 'gift' }] },
      'offers[0].kind: give an offer with "kind": "debit", "refill", "purchase" or "validation"',
    ],
    ['ten offers', { ...VALIDATOR, offers: Array(10).fill(debit) }, 'offers: at most 9 offers fit the screen'],
    ['a validator without offers', withoutOffers, 'offers: a validator needs at least one offer'],
    [
      'a validator without default',
      { ...VALIDATOR, defaultOffer: undefined },
      'defaultOffer: a validator needs the number of the offer that a tap gets, as 1 for the first',
    ],
    [
      'a default that is no offer',
      { ...VALIDATOR, defaultOffer: 3 },
      'defaultOffer: there are 2 offers; give the number of one of them',
    ],
    [
      'free amounts at a validator',
      { ...VALIDATOR, freeAmount: ['debit'] },
      'freeAmount: only a point of sale has free amounts: leave it out',
    ],
    ['a free validation', { ...POINT_OF_SALE, freeAmount: ['validation'] }, 'freeAmount[0]: give "debit" or "refill"'],
    [
      'an inspector that sells',
      { ...INSPECTOR, offers },
      'offers: an inspector reads media and offers nothing: leave it out',
    ],
    [
      'balances the wrong way round',
      { ...VALIDATOR, limits: { minimumBalance: 10, maximumBalance: 0 } },
      'limits.maximumBalance: it must not be below minimumBalance',
    ],
    [
      'no limits',
      { ...VALIDATOR, limits: undefined },
      'limits: give at least { "minimumBalance": 0, "maximumBalance": 50000 }',
    ],
    [
      'a duration as a number',
      { ...VALIDATOR, retapWindow: 60 },
      'retapWindow: give a duration in quotes, as "30s", "10m" or "24h"',
    ],
    [
      'a duration without unit',
      { ...VALIDATOR, retapWindow: '60' },
      'retapWindow: give a duration as "30s", "10m" or "24h"',
    ],
    [
      'a clock nobody sets',
      { ...VALIDATOR, clock: { setWithin: '7d' } },
      'clock.setWithin: it needs a source that says when the clock was set',
    ],
    [
      'another clock source',
      { ...VALIDATOR, clock: { source: 'gps' } },
      'clock.source: give "system", "centre", or { "file": "…" }',
    ],
    [
      'a screen for everyone',
      { ...VALIDATOR, screen: { host: '0.0.0.0' } },
      'screen.host: the screen is served to this machine alone: give "127.0.0.1"',
    ],
    [
      'a centre without http',
      { ...VALIDATOR, centre: { url: 'centre.example' } },
      'centre.url: give the address of the centre, as "https://centre.example"',
    ],
    [
      'a reader of another kind',
      { ...VALIDATOR, reader: { kind: 'nfc' } },
      'reader.kind: give { "kind": "pcsc" } or { "kind": "in-process", "cards": "cards" }',
    ],
    [
      'a medium with a space',
      { ...VALIDATOR, denyList: ['04 A1'] },
      'denyList[0]: give the name of a medium as it stands in records',
    ],
    [
      'a medium in small letters, which none is called',
      { ...VALIDATOR, denyList: ['04a1b2c3d4e5f1'] },
      'denyList[0]: give the name of a medium as it stands in records: 14 hexadecimal digits in capitals',
    ],
    [
      'a product code that fits no card',
      { ...VALIDATOR, offers: [{ ...VALIDATOR.offers[1], codes: ['month-of-students'] }] },
      'offers[0].codes[0]: a product code has up to 16 letters',
    ],
    [
      'itself among its siblings',
      { ...VALIDATOR, siblings: [18, 17] },
      'siblings: these are the others of the gate line: leave out its own number',
    ],
    ['a directory as a list', { ...VALIDATOR, denyList: '.' }, ': it is a directory; name a file'],
    [
      'a deny list that is neither',
      { ...VALIDATOR, denyList: 5 },
      'denyList: give a list of media, or the path of a file that holds one',
    ],
    [
      'a refund without amount',
      { ...VALIDATOR, actions: [{ serial: 1, medium: M1, kind: 'refund' }] },
      'actions[0].amount: give whole minor units',
    ],
    [
      'two actions of one serial',
      { ...VALIDATOR, actions: [1, 1].map((serial) => ({ serial, medium: M1, kind: 'block' })) },
      'actions: medium 04A1B2C3D4E5F1 has two of serial 1; number them 1, 2, 3, …',
    ],
    [
      'a list that is not there',
      { ...VALIDATOR, denyList: 'nowhere.json' },
      'nowhere.json: no such file; check the name',
    ],
  ])('%s', async (_name, content, expected) => {
    const faults = await faultsOf(content);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(expected);
  });

  test('all of it at once, one line each', async () => {
    const faults = await faultsOf({ ...VALIDATOR, terminal: 0, role: 'gate', extra: 1 });
    expect(faults.map((line) => line.split(':')[0])).toEqual(['terminal', 'role', 'extra']);
  });

  test('a file that is not there', async () => {
    await expect(readConfiguration(path.join(directory, 'none.json'))).rejects.toThrow(
      'none.json: no such file; check the name',
    );
  });
});

test('docs/terminal.md explains every key, and no other', async () => {
  const text = await readFile(new URL('../../../docs/terminal.md', import.meta.url), 'utf8');
  const rows = text.split('\n').flatMap((line) => /^\| `([\w.[\]]+)` \|/.exec(line)?.[1] ?? []);
  expect(rows).toEqual([...new Set(rows)]);
  const explained = new Set(rows.map((key) => key.split(/[.[]/)[0]));
  expect([...explained].sort()).toEqual(Object.keys(configurationSchema.shape).sort());
  const inside = ['limits', 'clock', 'journalKeep', 'screen', 'centre'] as const;
  for (const key of inside) {
    const of = rows.filter((row) => row.startsWith(`${key}.`)).map((row) => row.slice(key.length + 1));
    expect(of.sort()).toEqual(keysOf(configurationSchema.shape[key]).sort());
  }
});

/** Keys of an object in the schema, beneath what makes it optional or gives it a default. */
function keysOf(schema: { readonly def: unknown }): string[] {
  const def = schema.def as { readonly shape?: object; readonly innerType?: { readonly def: unknown } };
  if (def.shape) return Object.keys(def.shape);
  if (!def.innerType) throw new Error('no object');
  return keysOf(def.innerType);
}
