/** What whoever uploads may rely on, on whatever engine. */
import { amountOf, type JournalRecord } from '@retap/model';
import { encodeBatch, ProtocolError } from '@retap/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { told } from '../../model/test/told.ts';
import type { ReceivedBatch, Reconciling } from '../src/index.ts';
import { findings, journalPiece, reportOf } from './incremental.ts';

const CONFIGURATION = { maxDelay: 1_000, clockTolerance: 20, minimumBalance: amountOf(0) };
const LATE = 1_000_000;

function lines(...texts: readonly string[]): ReceivedBatch {
  return { form: 'journal', body: new TextEncoder().encode(texts.join('\n')) };
}

function upload(records: readonly JournalRecord[]): ReceivedBatch {
  const serials = records.map((record) => record.serial);
  const terminal = records[0]?.terminal ?? 0;
  return {
    form: 'batch',
    body: encodeBatch({ terminal, from: Math.min(...serials), to: Math.max(...serials), records }),
  };
}

/** @param open a new, empty centre with a clock tolerance of 20 ms */
export function describeReceiving(engine: string, open: () => Promise<Reconciling>): void {
  describe(`on ${engine}, receiving`, () => {
    let central: Reconciling;
    let terminals = 0;
    beforeAll(async () => {
      central = await open();
    });
    afterAll(async () => {
      expect(await findings(central, LATE, CONFIGURATION)).toEqual([]);
      await central.close();
    });

    /** A story of its own media and terminals: T1 and M become this test's. */
    function story(...events: readonly string[]): JournalRecord[] {
      terminals += 10;
      const move = (terminal: number) => terminal + terminals;
      return told(events).map((record): JournalRecord => {
        const moved = { ...record, terminal: move(record.terminal), medium: `${record.medium}-${terminals}` };
        return moved.type === 'open' ? moved : { ...moved, lastTerminal: move(moved.lastTerminal) };
      });
    }
    const receive = async (batch: ReceivedBatch) => (await central.receive([batch]))[0] ?? expect.fail('no answer');
    const state = async () => {
      await central.drain();
      return reportOf(central, { asOf: LATE, configuration: CONFIGURATION });
    };
    const conflicts = async () => (await state()).alerts.filter((alert) => alert.kind === 'conflicting-record');
    const size = async () => {
      const { batches, records, quarantined, media } = await central.totals(0);
      return { batches, records, quarantined, media };
    };

    test('of nothing answers nothing', async () => {
      const before = await size();
      expect(await central.receive([])).toEqual([]);
      expect(await receive(lines(''))).toMatchObject({ accepted: 0, quarantined: [] });
      expect(await size()).toEqual({ ...before, batches: before.batches + 1 });
    });

    test('the same bytes again is answered alike, and kept once', async () => {
      const batch = lines('{"terminal":', JSON.stringify(story('100: T1 opens M with 5')[0]), '');
      const first = await receive(batch);
      expect(first).toMatchObject({ accepted: 1, quarantined: [{ position: 1 }] });
      const kept = await size();
      expect(await receive(batch)).toEqual(first);
      await central.drain();
      expect(await central.receive([batch, batch])).toEqual([first, first]);
      expect(await size()).toEqual(kept);
    });

    test('several batches, two of them equal, answers each, and gives the equal ones one receipt', async () => {
      const [a, b] = [journalPiece(story('100: T1 opens M with 1')), journalPiece(story('100: T1 opens M with 2'))];
      const answers = await central.receive([a, b, a]);
      expect(answers[2]).toEqual(answers[0]);
      expect(answers[1]?.receipt).toBe((answers[0]?.receipt ?? 0) + 1);
      expect((await receive(a)).receipt).toBe(answers[0]?.receipt);
    });

    test('the same bytes in another form is another batch', async () => {
      const records = story('100: T1 opens M with 1');
      const { body } = upload(records);
      const asUpload = await receive({ form: 'batch', body });
      const asJournal = await receive({ form: 'journal', body });
      expect(asJournal.receipt).not.toBe(asUpload.receipt);
      expect(asUpload).toMatchObject({ accepted: 1, quarantined: [] });
      expect(asJournal).toMatchObject({ accepted: 0, quarantined: [{ position: 1 }] });
    });

    test.each([
      ['no JSON', '{"terminal":7,'],
      ['no object', '[]'],
      ['a key too few', '{"terminal":7,"from":1,"to":2}'],
      ['serials the wrong way round', '{"terminal":7,"from":2,"to":1,"records":[]}'],
      ['not text', '\ud800'],
    ])('a malformed upload (%s) keeps nothing of it, nor of what came with it', async (_, text) => {
      const before = await size();
      const body = text === '\ud800' ? new Uint8Array([0xff, 0xfe]) : new TextEncoder().encode(text);
      const good = journalPiece(story('100: T1 opens M with 1'));
      const refused = await central.receive([good, { form: 'batch', body }]).catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(ProtocolError);
      expect(refused).toMatchObject({ code: 'batch-malformed' });
      expect(await size()).toEqual(before);
      expect(await receive(good)).toMatchObject({ accepted: 1 });
    });

    test('bad records are quarantined one by one, by their position, and the rest goes on', async () => {
      const [root, first, second] = story('100: T1 opens M with 9', '200: T1 debits 2', '300: T1 debits 3');
      const told = await receive(
        lines(
          JSON.stringify(root),
          '',
          'nonsense\u0000\ud800',
          JSON.stringify(first),
          JSON.stringify({ ...second, balance: 0.5 }),
          JSON.stringify({ ...second, medium: 'naïve' }),
          JSON.stringify(second),
        ),
      );
      expect(told.accepted).toBe(3);
      expect(told.quarantined.map((one) => one.position)).toEqual([3, 5, 6]);
      for (const { reason } of told.quarantined) expect(reason).not.toBe('');
      await central.drain();
      expect(await central.account(root?.medium ?? '')).toMatchObject({ balance: 4, lastTime: 300 });
      const records = [root, { ...first, terminal: 1 }, second, second];
      const body = JSON.stringify({ terminal: root?.terminal, from: 1, to: 2, records });
      const uploaded = await receive({ form: 'batch', body: new TextEncoder().encode(body) });
      expect(uploaded.quarantined.map((one) => one.position)).toEqual([2, 3, 4]);
      expect(uploaded.accepted).toBe(1);
    });

    test('tells what is received of the journal, as of now, also where a batch is repeated', async () => {
      const records = story('1: T1 opens M with 9', ...[2, 3, 4, 5, 6].map((at) => `${at}: T1 reads`));
      const piece = (from: number, to: number) => upload(records.slice(from - 1, to));
      const received = async (batch: ReceivedBatch) => (await receive(batch)).received;
      expect(await received(piece(3, 3))).toEqual({ last: 3, missing: [[1, 2]] });
      expect(await received(piece(6, 6))).toEqual({
        last: 6,
        missing: [
          [4, 5],
          [1, 2],
        ],
      });
      const both = await central.receive([piece(1, 1), piece(4, 5)]);
      expect(both.map((each) => each.received)).toEqual(
        Array.from({ length: 2 }, () => ({ last: 6, missing: [[2, 2]] })),
      );
      expect(await received(piece(3, 3))).toEqual({ last: 6, missing: [[2, 2]] });
      expect(await received(piece(2, 2))).toEqual({ last: 6, missing: [] });
      expect(await received(journalPiece(records))).toBeNull();
    });

    test('holes in serials are counted until they are filled', async () => {
      const [one, two, three, , five] = story('1: T1 opens M with 9', ...[2, 3, 4, 5].map((at) => `${at}: T1 reads`));
      const terminal = one?.terminal ?? 0;
      const missing = async () => (await central.terminals()).find((found) => found.terminal === terminal);
      await receive(journalPiece([five, two].flatMap((record) => record ?? [])));
      expect(await missing()).toEqual({ terminal, lastSerial: 5, missing: 3 });
      await receive(journalPiece([one, three].flatMap((record) => record ?? [])));
      expect(await missing()).toEqual({ terminal, lastSerial: 5, missing: 1 });
      const gaps = (await state()).alerts.filter((alert) => 'from' in alert && alert.terminal === terminal);
      expect(gaps).toEqual([{ kind: 'terminal-serial-gap', terminal, from: 4, to: 4 }]);
    });

    const LOG = [{ time: 100, terminal: 1, amount: amountOf(0), balance: amountOf(0) }];
    const PROOF = { counter: 1, mac: 'ab' };
    const BOUGHT = { id: 'p', code: 'DAY', maxUses: 2 };
    const DIFFERENCES: readonly (readonly [what: string, verb: string, first: object, later: object])[] = [
      ['amount', 'debits 5', {}, { amount: amountOf(-6) }],
      ['medium', 'debits 5', {}, { medium: 'elsewhere' }],
      ['proof', 'debits 5', { proof: PROOF }, { proof: { ...PROOF, mac: 'cd' } }],
      ['a proof that was not there', 'debits 5', {}, { proof: PROOF }],
      ['log', 'debits 5', { log: LOG }, { log: [...LOG, ...LOG] }],
      ['a log of nothing', 'debits 5', {}, { log: [] }],
      ["amount in the medium's log", 'reads', { log: LOG }, { log: [{ ...LOG[0], amount: amountOf(1) }] }],
      ['remark', 'debits 5', { reason: 'a' }, { reason: 'b' }],
      ['action', 'debits 5', { action: { serial: 1, kind: 'a' } }, { action: { serial: 2, kind: 'a' } }],
      ['reference', 'debits 5', { refersTo: { terminal: 1, serial: 1 } }, { refersTo: { terminal: 1, serial: 2 } }],
      ['code of the product', 'buys p for 1', { product: BOUGHT }, { product: { ...BOUGHT, code: 'WEEK' } }],
      ['limit of the product', 'buys p for 1', { product: BOUGHT }, { product: { id: 'p', code: 'DAY' } }],
      ['product used', 'uses p', {}, { productId: 'q' }],
      ['status', 'debits 5', {}, { status: 'unverified' }],
      ['counter', 'debits 5', { mediumSerial: 1 }, { mediumSerial: 2 }],
    ];

    test.each(DIFFERENCES)(
      'a later voice that differs in %s only is a conflict, and the first stands',
      async (_, verb, a, b) => {
        const [root, tap] = story('100: T1 opens M with 9', `200: T2 ${verb}`);
        const first = { ...tap, ...a } as JournalRecord;
        const later = { ...first, ...b } as JournalRecord;
        const { terminal, serial } = first;
        const own = async () => (await conflicts()).filter((alert) => 'serial' in alert && alert.terminal === terminal);
        await receive(journalPiece([root as JournalRecord, first]));
        await receive(upload([first])); // said again alike, in another batch
        const before = await state();
        expect(await own()).toEqual([]);
        const answer = await receive(journalPiece([later]));
        expect(answer).toMatchObject({ accepted: 1, quarantined: [] });
        expect(await own()).toEqual([{ kind: 'conflicting-record', terminal, serial }]);
        const after = await state();
        expect({ ...after, alerts: [] }).toEqual({ ...before, alerts: [] });
        const { links } = await central.chain(first.medium, { limit: 1 });
        expect(links[0]?.record).toEqual(first);
      },
    );

    test.each(DIFFERENCES.slice(0, 5))('so it is within one batch and within one call (%s)', async (_, verb, a, b) => {
      const within = async (send: (records: JournalRecord[]) => Promise<unknown>) => {
        const [root, tap] = story('100: T1 opens M with 9', `200: T2 ${verb}`);
        const first = { ...tap, ...a } as JournalRecord;
        await send([root as JournalRecord, first, first, { ...first, ...b } as JournalRecord, first]);
        const { terminal, serial } = first;
        expect(await conflicts()).toContainEqual({ kind: 'conflicting-record', terminal, serial });
        expect((await central.chain(first.medium, { limit: 1 })).links[0]?.record).toEqual(first);
      };
      await within((records) => receive(journalPiece(records)));
      await within((records) => central.receive(records.map((record) => journalPiece([record]))));
    });

    test('what waits is told, and is no part of the state until it is reconciled', async () => {
      await central.drain();
      const records = story('100: T1 opens M with 9', '200: T2 debits 5');
      await receive(journalPiece(records));
      const medium = records[0]?.medium ?? '';
      expect((await central.totals(0)).waiting).toBe(2);
      expect(await central.account(medium)).toBeNull();
      expect((await central.chain(medium, { limit: 9 })).links).toEqual([]);
      expect(await central.reconcile()).toBe(2);
      expect(await central.reconcile()).toBe(0);
      expect((await central.totals(0)).waiting).toBe(0);
      expect(await central.account(medium)).toMatchObject({ balance: 4 });
      const late = story('300: T3 reads, from terminal 2 at 200, balance 4')[0] as JournalRecord;
      await receive(journalPiece([{ ...late, medium, serial: 1 }]));
      expect((await central.chain(medium, { limit: 9 })).links.map((link) => link.record.time)).toEqual([200, 100]);
    });

    test('nothing for a processor to do in one batch does not hide what waits in the next', async () => {
      await central.drain();
      await receive(lines('nothing good'));
      await receive(journalPiece(story('100: T1 opens M with 9')));
      expect(await central.reconcile()).toBe(1);
    });
  });
}
