import { createHash, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { encodeDelta, encodeList, type List, type ListKind, openList } from '@retap/protocol';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HeldLists } from '../../src/lists/held-lists.ts';

const CENTRE = generateKeyPairSync('ed25519').privateKey;
const OTHER = generateKeyPairSync('ed25519').privateKey;
const publicKeyOf = (key: typeof CENTRE): Uint8Array =>
  Uint8Array.from(createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(12));
const sha256 = (bytes: Uint8Array): Uint8Array => Uint8Array.from(createHash('sha256').update(bytes).digest());
const START = 1_780_000_000_000;
const DAY = 86_400_000;

let directory: string;
let now: number;
let lines: string[];

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'retap-lists-'));
  now = START;
  lines = [];
});
afterEach(() => rm(directory, { recursive: true, force: true }));

function open(centre = CENTRE, where = directory): Promise<HeldLists> {
  const log = (_level: string, event: string, fields: object = {}): void => {
    lines.push(`${event} ${JSON.stringify(fields)}`);
  };
  return HeldLists.open({ directory: where, centre: publicKeyOf(centre), now: () => now, log });
}

/** Version n denies medium Mn. */
function denying(version: number, key = CENTRE, expiresAt = START + 7 * DAY): Promise<Uint8Array> {
  return signedBy(key, { kind: 'deny', version, issuedAt: START, expiresAt, entries: [`M${version}`] });
}

const signedBy = (key: typeof CENTRE, list: List): Promise<Uint8Array> =>
  encodeList(list, (bytes) => sign(null, bytes, key));

async function fileOf(version: number, kind: ListKind = 'deny'): Promise<string> {
  const [folder] = await readdir(directory);
  return path.join(directory, folder as string, `${kind}-${version}.cose`);
}

const deniedBy = (lists: HeldLists): readonly string[] | undefined => lists.of('deny')?.list.entries;

describe('a terminal takes of its centre', () => {
  test('a newer version, and has it after a restart, in a file that nobody else may read', async () => {
    const lists = await open();
    expect(lists.versions).toEqual({ deny: 0, actions: 0, limits: 0, tariff: 0 });
    expect(await lists.take('deny', await denying(1))).toBe('taken');
    expect(await lists.take('deny', await denying(3))).toBe('taken');
    expect(await lists.take('deny', await denying(3))).toBe('unchanged');
    const anew = await open();
    expect([lists, anew].map((each) => [each.versions.deny, deniedBy(each)])).toEqual([
      [3, ['M3']],
      [3, ['M3']],
    ]);
    expect((await stat(await fileOf(3))).mode & 0o777).toBe(0o600);
    expect(await readdir(path.dirname(await fileOf(3)))).toEqual(['deny-3.cose']);
    expect(lines).toEqual([]);
  });

  test('none that is older, also after a restart', async () => {
    const lists = await open();
    await lists.take('deny', await denying(2));
    expect(await lists.take('deny', await denying(1))).toBe('list-older');
    expect(await (await open()).take('deny', await denying(1))).toBe('list-older');
    expect(deniedBy(await open())).toEqual(['M2']);
  });

  test('none that another has signed, none of another kind, none expired, none cut off, no second one of a version', async () => {
    const lists = await open();
    await lists.take('deny', await denying(1));
    const limits: List = { kind: 'limits', version: 9, issuedAt: 0, expiresAt: START + DAY, entries: {} };
    const contradicting: List = { kind: 'deny', version: 1, issuedAt: START, expiresAt: START + DAY, entries: [] };
    expect(await lists.take('deny', await denying(2, OTHER))).toBe('list-forged');
    expect(await lists.take('deny', await signedBy(CENTRE, limits))).toBe('list-foreign');
    expect(await lists.take('deny', await denying(2, CENTRE, START))).toBe('list-expired');
    expect(await lists.take('deny', (await denying(2)).subarray(0, -1))).toBe('list-malformed');
    expect(await lists.take('deny', await signedBy(CENTRE, contradicting))).toBe('list-contradicts');
    expect([lists.versions, deniedBy(lists)]).toEqual([{ deny: 1, actions: 0, limits: 0, tariff: 0 }, ['M1']]);
  });
});

describe('a difference', () => {
  const list = (version: number, entries: readonly string[], expiresAt = START + 7 * DAY): List => ({
    ...{ kind: 'deny', version, issuedAt: START, expiresAt, entries },
  });
  /** From one version to another, signed by one key; the list that comes of it by another, where a test wants that. */
  async function deltaOf(older: List, newer: List, key = CENTRE, listKey = key): Promise<Uint8Array> {
    const document = await signedBy(listKey, newer);
    const by = (bytes: Uint8Array): Uint8Array => sign(null, bytes, key);
    return (await encodeDelta(older, openList(document), document, sha256, by)) as Uint8Array;
  }
  const FIRST = list(1, ['M1', 'M2']);
  const SECOND = list(2, ['M2', 'M3']);

  async function holdingFirst(): Promise<HeldLists> {
    const lists = await open();
    await lists.take('deny', await signedBy(CENTRE, FIRST));
    return lists;
  }

  test('makes the newer list of the one held, which is on disk as if it had come whole', async () => {
    const lists = await holdingFirst();
    expect(await lists.takeDelta('deny', await deltaOf(FIRST, SECOND))).toBe('taken');
    expect([lists.versions.deny, deniedBy(lists)]).toEqual([2, ['M2', 'M3']]);
    const anew = await open();
    expect([anew.versions.deny, deniedBy(anew)]).toEqual([2, ['M2', 'M3']]);
    expect(new Uint8Array(await readFile(await fileOf(2)))).toEqual(await signedBy(CENTRE, SECOND));
    expect(await anew.take('deny', await signedBy(CENTRE, SECOND))).toBe('unchanged');
  });

  test('that is damaged, of a stranger, of another list, or not of the version held changes nothing, and says why', async () => {
    const lists = await holdingFirst();
    const good = await deltaOf(FIRST, SECOND);
    const third = list(3, ['M3']);
    const outcomes = [
      await lists.takeDelta('deny', good.subarray(0, -1)),
      await lists.takeDelta('deny', await signedBy(CENTRE, SECOND)),
      await lists.takeDelta('deny', await deltaOf(FIRST, SECOND, OTHER)),
      await lists.takeDelta('actions', good),
      await lists.takeDelta('deny', await deltaOf(SECOND, third)),
      await lists.takeDelta('deny', await deltaOf(list(1, ['M1', 'M2', 'M9']), SECOND)),
      // The centre's key has signed the difference, and a stranger's the list.
      await lists.takeDelta('deny', await deltaOf(FIRST, SECOND, CENTRE, OTHER)),
      await lists.takeDelta('deny', await deltaOf(FIRST, list(2, ['M2'], START))),
    ];
    expect(outcomes).toEqual([
      ...['delta-malformed', 'delta-malformed', 'delta-forged', 'delta-foreign', 'delta-inapplicable'],
      ...['delta-inapplicable', 'list-forged', 'list-expired'],
    ]);
    expect([lists.versions.deny, deniedBy(lists)]).toEqual([1, ['M1', 'M2']]);
    expect(await lists.takeDelta('deny', good)).toBe('taken');
    // Again, it is of a version that is not held any more.
    expect(await lists.takeDelta('deny', good)).toBe('delta-inapplicable');
  });

  test('never goes below what was held, though an older file stands in for a damaged one', async () => {
    await (await holdingFirst()).take('deny', await denying(7));
    await writeFile(await fileOf(1), await signedBy(CENTRE, FIRST));
    await writeFile(await fileOf(7), 'x');
    const lists = await open();
    expect(lists.versions.deny).toBe(1);
    expect(await lists.takeDelta('deny', await deltaOf(FIRST, SECOND))).toBe('list-older');
    expect(await lists.takeDelta('deny', await deltaOf(FIRST, list(8, ['M8'])))).toBe('taken');
  });

  test('of nothing held is not applicable', async () => {
    expect(await (await open()).takeDelta('deny', await deltaOf(FIRST, SECOND))).toBe('delta-inapplicable');
  });
});

describe('what is on disk', () => {
  test('and damaged counts for nothing, but its version is not gone below', async () => {
    await (await open()).take('deny', await denying(5));
    await writeFile(await fileOf(5), 'x');
    const lists = await open();
    expect(lists.of('deny')).toBeNull();
    expect(lines).toEqual(['list-unusable {"kind":"deny","version":5,"why":"list-malformed"}']);
    expect(await lists.take('deny', await denying(4))).toBe('list-older');
    expect(await lists.take('deny', await denying(5))).toBe('taken');
    expect(deniedBy(await open())).toEqual(['M5']);
  });

  test('of an older version that was not removed in time stands in for a damaged one', async () => {
    await (await open()).take('deny', await denying(2));
    await writeFile(await fileOf(1), await denying(1));
    await writeFile(await fileOf(2), 'x');
    const lists = await open();
    expect(deniedBy(lists)).toEqual(['M1']);
    expect(await lists.take('deny', await denying(1))).toBe('list-older');
  });

  test('under the name of another version is none', async () => {
    await (await open()).take('deny', await denying(1));
    await writeFile(await fileOf(8), await denying(2));
    expect(deniedBy(await open())).toEqual(['M1']);
  });

  test('half written is nothing', async () => {
    await (await open()).take('deny', await denying(1));
    await writeFile(`${await fileOf(2)}.part`, (await denying(2)).subarray(0, 20));
    const lists = await open();
    expect(deniedBy(lists)).toEqual(['M1']);
    expect(await lists.take('deny', await denying(2))).toBe('taken');
    expect(lines).toEqual([]);
  });

  test('of another centre says nothing, and its versions bound nothing', async () => {
    await (await open()).take('deny', await denying(7));
    const lists = await open(OTHER);
    expect(lists.of('deny')).toBeNull();
    expect(await lists.take('deny', await denying(1, OTHER))).toBe('taken');
    expect(deniedBy(await open())).toEqual(['M7']);
  });

  test('and expired is held, and said to be', async () => {
    await (await open()).take('deny', await denying(1));
    now = START + 7 * DAY - 1;
    expect((await open()).of('deny')?.isExpired).toBe(false);
    now += 1;
    expect((await open()).of('deny')?.isExpired).toBe(true);
  });
});

test('whatever versions reach it in whatever order, it never goes back and ends at the newest it saw', async () => {
  const published = await Promise.all(Array.from({ length: 8 }, (_, index) => denying(index + 1)));
  const arrival = fc.record({ version: fc.integer({ min: 1, max: 8 }), restarts: fc.boolean(), damages: fc.boolean() });
  let run = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(arrival, { minLength: 1, maxLength: 12 }), async (arrivals) => {
      run += 1;
      const own = path.join(directory, String(run));
      let lists = await open(CENTRE, own);
      let newest = 0;
      for (const { version, restarts, damages } of arrivals) {
        const outcome = await lists.take('deny', published[version - 1] as Uint8Array);
        expect(outcome).toBe(version < newest ? 'list-older' : version === newest ? 'unchanged' : 'taken');
        newest = Math.max(newest, version);
        expect([lists.versions.deny, deniedBy(lists)]).toEqual([newest, [`M${newest}`]]);
        if (!restarts) continue;
        const [folder] = await readdir(own);
        if (damages) await writeFile(path.join(own, folder as string, `deny-${newest}.cose`), 'x');
        lists = await open(CENTRE, own);
        if (damages) expect(await lists.take('deny', published[newest - 1] as Uint8Array)).toBe('taken');
      }
      expect(deniedBy(await open(CENTRE, own))).toEqual([`M${newest}`]);
    }),
    { numRuns: 30 },
  );
});
