import type { Lists, Publication } from '@retap/central';
import type { ListKind } from '@retap/protocol';
import { afterEach, describe, expect, test } from 'vitest';
import type { Beat } from '../../src/beat.ts';
import { startPublishing } from '../../src/lists/publishing.ts';

const START = 1_780_000_000_000;
const MINUTE = 60_000;

/** Lists of which one has changed, as long as a test says so. */
class StandInLists {
  changed: ListKind | null = null;
  fails = false;
  version = 0;
  readonly asked: [ListKind, Publication][] = [];
  readonly heard: number | null;

  constructor(heard: number | null) {
    this.heard = heard;
  }

  heardAt = async (): Promise<number | null> => this.heard;

  publish: Lists['publish'] = async (kind, publication) => {
    if (this.fails) throw Object.assign(new Error('no database'), { code: 'database-gone' });
    this.asked.push([kind, publication]);
    if (kind !== this.changed) return null;
    this.changed = null;
    this.version += 1;
    const list = { kind, version: this.version, issuedAt: now, expiresAt: now + 7, document: new Uint8Array() };
    return { list, isNew: true };
  };
}

let now = START;
let publishing: Beat;
let lines: string[] = [];
afterEach(() => publishing.stop());

function start(lists: StandInLists): void {
  [now, lines] = [START, []];
  const log = (level: string, event: string, fields: object = {}): void => {
    lines.push(`${level} ${event} ${JSON.stringify(fields)}`);
  };
  const sign = (bytes: Uint8Array): Uint8Array => bytes;
  publishing = startPublishing({ lists, sign, validMs: 7, everyMs: 5, now: () => now, log });
}

describe('a centre publishes by itself', () => {
  test('what has changed, in its own name, and says so', async () => {
    const lists = new StandInLists(null);
    start(lists);
    await expect.poll(() => lists.asked.length).toBeGreaterThan(8);
    expect(lines).toEqual([]);
    lists.changed = 'deny';
    await expect.poll(() => lines).toEqual(['info list-published {"kind":"deny","version":1}']);
    expect(lists.asked.slice(0, 4).map(([kind, { validMs, who }]) => [kind, validMs, who])).toEqual([
      ['deny', 7, undefined],
      ['actions', 7, undefined],
      ['limits', 7, undefined],
      ['tariff', 7, undefined],
    ]);
  });

  test('again when the database is back', async () => {
    const lists = new StandInLists(START);
    lists.fails = true;
    start(lists);
    await expect.poll(() => lines.length).toBeGreaterThan(0);
    expect(lines[0]).toContain('error publish-failed {"failures":1');
    lists.fails = false;
    lists.changed = 'limits';
    await expect.poll(() => lines, { timeout: 3_000 }).toContain('info list-published {"kind":"limits","version":1}');
  });

  test('at once, where it heard of a terminal just before it was started', async () => {
    const lists = new StandInLists(START - 2 * MINUTE);
    start(lists);
    await expect.poll(() => lists.asked.length).toBeGreaterThan(0);
  });

  test('after a quiet time only when every terminal has said what it holds: the database may be an old backup', async () => {
    const lists = new StandInLists(START - 2 * MINUTE - 1);
    lists.changed = 'deny';
    start(lists);
    await expect
      .poll(() => lines)
      .toEqual([`warn publishing-waits {"until":"${new Date(START + 70 * MINUTE).toISOString()}"}`]);
    now = START + 70 * MINUTE - 1;
    await new Promise((resolve) => setTimeout(resolve, 40));
    expect(lists.asked).toEqual([]);
    now += 1;
    await expect.poll(() => lines.at(-1)).toBe('info list-published {"kind":"deny","version":1}');
  });
});
