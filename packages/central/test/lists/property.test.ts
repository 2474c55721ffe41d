/** Random orders of denying, serving again and publishing: what is published is what was denied then, and never counts back. */

import { generateKeyPairSync, sign } from 'node:crypto';
import { openList } from '@retap/protocol';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Central, openCentral } from '../../src/index.ts';
import { embeddedDirectory } from '../embedded-directory.ts';

const { privateKey } = generateKeyPairSync('ed25519');
const PUBLICATION = { sign: (bytes: Uint8Array) => sign(null, bytes, privateKey), validMs: 1_000 };
const REASON = { who: '', why: '' };

let central: Central;
beforeAll(async () => {
  central = await openCentral({ database: embeddedDirectory(), now: () => 0 });
});
afterAll(() => central.close());

const medium = fc.constantFrom('M1', 'M2', 'm3', '04A1B2C3D4E5F6');
const step = fc.oneof(
  fc.record({ do: fc.constantFrom('deny', 'undeny'), medium }),
  fc.constant({ do: 'publish', medium: '' }),
);

test('each version says what was denied when it was published; another comes only of a difference', async () => {
  // One database for all runs: each goes on where the one before ended.
  const denied = new Set<string>();
  let published: readonly string[] = [];
  let version = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
      for (const each of steps) {
        if (each.do === 'publish') {
          const now = [...denied].sort();
          const isDifferent = JSON.stringify(now) !== JSON.stringify(published);
          if (isDifferent) version += 1;
          published = now;
          const found = await central.lists.publish('deny', PUBLICATION);
          expect([found?.list.version ?? 0, found?.isNew ?? false]).toEqual([version, isDifferent]);
          if (found) expect(openList(found.list.document).list.entries).toEqual(published);
          expect(await central.lists.version('deny')).toBe(version);
        } else {
          const isNew = each.do === 'deny' ? !denied.has(each.medium) : denied.has(each.medium);
          const answer = await central.lists[each.do as 'deny' | 'undeny'](each.medium, REASON);
          expect(typeof answer === 'string').toBe(isNew);
          if (each.do === 'deny') denied.add(each.medium);
          else denied.delete(each.medium);
        }
      }
    }),
    { numRuns: 40 },
  );
  const changes = await central.lists.history('deny');
  const replayed = new Set<string>();
  for (const { what, entry } of changes) {
    if (what === 'added') replayed.add(entry);
    else replayed.delete(entry);
  }
  expect([...replayed].sort()).toEqual((await central.lists.working()).deny);
});
