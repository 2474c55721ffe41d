/**
 * Any history of uploads, cuts, repeats, restarts, backups and restores: once the link holds, the centre has all that the
 * terminals recorded, each once. The centre is a set of serials; what is sent is what the production journal signs.
 */
import { generateKeyPairSync, sign } from 'node:crypto';
import { MISSING_MAX, type ReceivedSerials, readSignedBatch, type SerialRange } from '@retap/protocol';
import type { Uplink } from '@retap/terminal';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Gate } from './gate.ts';

const { privateKey } = generateKeyPairSync('ed25519');
const signer = { sign: (bytes: Uint8Array) => sign(null, bytes, privateKey) };

/** What it has, by terminal and serial, as the line that was received first. */
type Kept = ReadonlyMap<string, string>;

class SetOfRecords {
  has = new Map<string, string>();
  /** Links between records, by place: two that differ were of two journals. */
  links = new Map<string, string>();
  readonly backups: { readonly has: Kept; readonly links: Kept }[] = [];

  take(bytes: Uint8Array): number {
    const { terminal, from, before, records } = readSignedBatch(bytes);
    const place = `${terminal}-${from}`;
    if ((this.links.get(place) ?? before) !== before) throw new Error(`the chain is broken at ${place}`);
    this.links.set(place, before);
    for (const { record } of records) {
      const identity = `${terminal}-${record.serial}`;
      const line = JSON.stringify(record);
      if ((this.has.get(identity) ?? line) !== line) throw new Error(`record ${identity} says something else`);
      this.has.set(identity, line);
    }
    return terminal;
  }

  received(terminal: number, from = 1, to?: number): ReceivedSerials {
    const own = [...this.has.keys()].filter((identity) => identity.startsWith(`${terminal}-`));
    const serials = new Set(own.map((identity) => Number(identity.split('-')[1])));
    const last = Math.max(0, ...serials);
    const missing: [number, number][] = [];
    for (let serial = to ?? last; serial >= from; serial -= 1) {
      const open = missing.at(-1);
      if (serials.has(serial)) continue;
      if (open?.[0] === serial + 1) open[0] = serial;
      else missing.push([serial, serial]);
    }
    return { last, missing: missing.slice(0, MISSING_MAX) as SerialRange[] };
  }
}

type Step =
  | { readonly do: 'work' | 'upload' | 'recover' | 'restart'; readonly gate: number; readonly count: number }
  | { readonly do: 'back up' }
  | { readonly do: 'restore'; readonly which: number };

const gates = { gate: fc.nat(1), count: fc.integer({ min: 1, max: 9 }) };
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constantFrom('work', 'upload', 'recover', 'restart'), ...gates }) },
  { weight: 2, arbitrary: fc.constant({ do: 'back up' } as const) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('restore' as const), which: fc.nat(9) }) },
);
/** What becomes of each batch that is sent. */
const fates = fc.array(fc.constantFrom('fine', 'fine', 'fine', 'lost', 'answer lost', 'twice'), { maxLength: 30 });

async function lived(
  steps: readonly Step[],
  fate: readonly string[],
): Promise<{ centre: SetOfRecords; fleet: Gate[] }> {
  const centre = new SetOfRecords();
  const left = [...fate];
  let isBroken = true;
  const uplink: Uplink = {
    inFlightMax: 3,
    send: async (bytes) => {
      const what = isBroken ? (left.shift() ?? 'fine') : 'fine';
      if (what === 'lost') return { answer: 'fault' };
      const terminal = centre.take(bytes);
      if (what === 'twice') centre.take(bytes);
      return what === 'answer lost'
        ? { answer: 'fault' }
        : { answer: 'acknowledged', received: centre.received(terminal) };
    },
  };
  const fleet = [7, 8].map(
    (terminal) => new Gate({ terminal, signer, uplink, ask: async (from, to) => centre.received(terminal, from, to) }),
  );
  for (const each of steps) {
    if (each.do === 'back up') centre.backups.push({ has: new Map(centre.has), links: new Map(centre.links) });
    else if (each.do === 'restore') {
      const backup = centre.backups[each.which % Math.max(1, centre.backups.length)];
      centre.has = new Map(backup?.has);
      centre.links = new Map(backup?.links);
    } else {
      const gate = fleet[each.gate] as Gate;
      if (each.do === 'restart') await gate.restart();
      else await gate[each.do](each.count);
    }
  }
  isBroken = false;
  for (const gate of fleet) {
    gate.passDays(10);
    await gate.upload(5);
    expect(await gate.recover(4)).toBe(true);
  }
  return { centre, fleet };
}

test('the centre comes to have all records, each once, and no chain is broken', async () => {
  let restores = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), fates, async (steps, fate) => {
      const { centre, fleet } = await lived(steps, fate);
      const all = fleet.flatMap(({ records }) => records);
      expect(centre.has.size).toBe(all.length);
      const line = (record: object): string => JSON.stringify(record);
      for (const record of all) {
        const stands = JSON.parse(centre.has.get(`${record.terminal}-${record.serial}`) ?? '{}');
        expect(line(Object.fromEntries(Object.entries(stands).sort()))).toBe(
          line(Object.fromEntries(Object.entries(record).sort())),
        );
      }
      restores += steps.filter((each) => each.do === 'restore').length;
    }),
    { numRuns: 120 },
  );
  expect(restores).toBeGreaterThan(50);
});
