/** Four eyes: what an enrolled centre with people changes only when a second person approves. */
import { amountOf } from '@retap/model';
import type { Tariff } from '@retap/protocol';
import { openSession, startPostgres, type TestPostgres } from '@retap/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Central, type Decider, openCentral, type Proposed } from '../../src/index.ts';
import { may, type Role } from '../../src/people/roles.ts';
import { sqlIn } from '../database.ts';
import { Device, ENROLLED, invite, newCode, verifySignature } from '../device.ts';

const DAY = 86_400_000;
const ANA = { who: '@ana', why: 'complaint 12' };
const by = (who: string, ...roles: Role[]): Decider => ({ who, why: 'seen', may: (each) => may(roles, each) });
const BOR = by('@bor', 'finance');
const CILKA = by('@cilka', 'administrator');

let postgres: TestPostgres;
let database: string;
let central: Central;
let now = 1_000_000;

beforeAll(async () => {
  postgres = await startPostgres();
  database = await postgres.createDatabase();
  central = await openCentral({ database, now: () => now, verifySignature });
});
beforeEach(() => {
  now += 1;
});
afterAll(async () => {
  await central?.close();
  await postgres?.stop();
});

const idOf = (answer: unknown): number => {
  expect(answer).toEqual({ proposal: expect.any(Number) });
  return (answer as Proposed).proposal;
};
const newest = async (count: number) =>
  (await central.audit.entries({ limit: count })).map(({ who, what, object, outcome, detail }) =>
    [who, what, object, outcome, ...(detail.refusal ? [detail.refusal] : [])].join(' '),
  );
const denied = async () => (await central.lists.working()).deny;

describe('at once', () => {
  test('on an open centre', async () => {
    expect(await central.lists.deny('M1', ANA)).toBe('added');
    await sqlIn(
      database,
      `insert into person (name, roles, user_handle, invited_at) values ('ana', '{operator}', '\\x01', 0)`,
    );
    expect(await central.lists.undeny('M1', ANA)).toBe('removed');
  });

  test('on an enrolled centre without people', async () => {
    await central.registry.settle(ENROLLED);
    await sqlIn(database, 'begin; create table aside as select * from person; delete from person; commit');
    expect(await central.lists.deny('M1', ANA)).toBe('added');
    expect(await central.lists.order({ medium: 'M1', kind: 'block' }, ANA)).toMatchObject({ serial: 1 });
    await new Device(17).join(central);
    await sqlIn(database, 'insert into person select * from aside; drop table aside');
  });
});

describe('with people', () => {
  test('a medium is denied when another approves, and not before', async () => {
    const id = idOf(await central.lists.deny('M2', ANA));
    expect(await denied()).toEqual(['M1']);
    expect(await central.proposals.find(id)).toEqual({
      ...{ id, kind: 'deny.add', object: 'medium M2', entry: { medium: 'M2' }, capability: 'approve-money' },
      ...{ state: 'proposed', proposedBy: '@ana', proposedAt: now, why: 'complaint 12', expiresAt: now + 7 * DAY },
      ...{ decidedBy: null, decidedAt: null, decidedWhy: null, result: null },
    });
    const approved = await central.proposals.approve(id, BOR);
    expect(approved).toMatchObject({ state: 'approved', decidedBy: '@bor', decidedAt: now, result: 'added' });
    expect(await central.proposals.find(id)).toEqual(approved);
    expect(await denied()).toEqual(['M1', 'M2']);
    expect((await central.lists.history('deny')).at(-1)).toMatchObject({
      who: '@ana',
      why: `complaint 12 (proposal ${id}, approved by @bor)`,
    });
    expect(await newest(3)).toEqual([
      `@bor proposal.approved proposal ${id} done`,
      '@ana deny.added medium M2 done',
      `@ana proposal.made proposal ${id} done`,
    ]);
  });

  test('every change of the lists waits, and does what it says', async () => {
    const { lists, proposals } = central;
    const refund = idOf(await lists.order({ medium: 'M1', kind: 'refund', amount: amountOf(130) }, ANA));
    const limits = idOf(await lists.limit({ dayTapsMax: 20 }, ANA));
    const undeny = idOf(await lists.undeny('M1', ANA));
    const ride = { code: 'ride', name: { sl: 'Vožnja', en: 'Ride' }, amount: amountOf(130) };
    const tariff: Tariff = { validFrom: 5, currency: 'EUR', fares: [ride], products: [], parts: [] };
    const tariffs = idOf(await lists.setTariffs([tariff], ANA));
    const before = await lists.working();
    expect([before.actions.length, before.limits, before.deny]).toEqual([1, {}, ['M1', 'M2']]);
    expect(before.tariff).toEqual([]);
    for (const id of [refund, limits, undeny, tariffs]) await proposals.approve(id, BOR);
    const after = await lists.working();
    expect(after.actions).toContainEqual({ medium: 'M1', kind: 'refund', amount: 130, serial: 2 });
    expect([after.limits, after.deny]).toEqual([{ dayTapsMax: 20 }, ['M2']]);
    expect(after.tariff).toEqual([tariff]);
    expect(await lists.setTariffs([tariff], ANA)).toBe('unchanged');
    expect((await proposals.find(refund))?.result).toMatchObject({ serial: 2 });
  });

  test('what makes no sense is refused at once, and leaves nothing', async () => {
    const before = (await central.proposals.list({ limit: 100 })).length;
    const rows = () => sqlIn<{ count: number }>(database, 'select count(*)::integer as count from list_change');
    const [changes] = await rows();
    expect(await central.lists.deny('M2', ANA)).toEqual({ refusal: 'denied-already' });
    expect(await central.lists.limit({ dayTapsMax: 20 }, ANA)).toBe('unchanged');
    idOf(await central.lists.limit({ dayTapsMax: 21 }, ANA));
    expect(await rows()).toEqual([changes]);
    expect(await central.proposals.list({ limit: 100 })).toHaveLength(before + 1);
  });

  test('what makes no sense any more when it is approved changes nothing, and that is what came of it', async () => {
    const [first, second] = [idOf(await central.lists.deny('M3', ANA)), idOf(await central.lists.deny('M3', ANA))];
    await central.proposals.approve(first, BOR);
    expect(await central.proposals.approve(second, BOR)).toMatchObject({
      state: 'approved',
      result: { refusal: 'denied-already' },
    });
    expect((await denied()).filter((medium) => medium === 'M3')).toEqual(['M3']);
  });

  test('the code for a terminal that is in use is worth nothing until an administrator has approved', async () => {
    const { codeDigest } = newCode();
    const thief = new Device(17);
    const replacement = { terminal: 17, codeDigest, validMs: 1_000, as: null };
    const id = idOf(await central.registry.invite(replacement, { who: '@dan', why: 'its file is lost' }));
    expect(await thief.enrol(central, codeDigest)).toEqual({ refusal: 'enrolment-code-unknown' });
    const told = JSON.stringify([await central.proposals.find(id), await central.audit.entries({ limit: 99 })]);
    expect(told).toContain('terminal.replace-key');
    expect(told).not.toContain(Buffer.from(codeDigest).toString('hex'));
    now += 5_000; // its time runs from the approval
    expect(await central.proposals.approve(id, BOR)).toEqual({ refusal: 'not-allowed' });
    expect(await central.proposals.approve(id, CILKA)).toMatchObject({ result: 'invited' });
    now += 999;
    expect(await thief.enrol(central, codeDigest)).toMatchObject({ terminal: 17 });
  });

  test('somebody who lost every passkey gets a code by two people, or by whoever has the database', async () => {
    const { digest } = { digest: newCode().codeDigest };
    const code = { name: 'ana', digest, validMs: 1_000 };
    const known = () =>
      sqlIn<{ kind: string }>(database, 'select kind from entry where digest = $1', [Buffer.from(digest)]);
    const id = idOf(await central.people.proposeRecovery(code, { who: '@dan', why: 'lost her phone' }));
    expect(await known()).toEqual([]);
    const told = JSON.stringify([await central.proposals.find(id), await central.audit.entries({ limit: 99 })]);
    expect(told).not.toContain(Buffer.from(digest).toString('hex'));
    expect(await central.proposals.approve(id, CILKA)).toMatchObject({ object: 'person ana', result: 'recovering' });
    expect(await known()).toEqual([{ kind: 'code' }]);
    expect(await central.people.proposeRecovery({ ...code, name: 'nobody' }, ANA)).toEqual({
      refusal: 'person-unknown',
    });
    expect(await central.people.recover({ ...code, digest: newCode().codeDigest }, { who: 'root', why: '' })).toBe(
      'recovering',
    );
  });

  test('a new number is invited by one person: it is nobody yet', async () => {
    expect(await invite(central, 18, newCode().codeDigest)).toBe('invited');
  });
});

describe('who may decide', () => {
  let id = 0;
  beforeEach(async () => {
    id = idOf(await central.lists.deny(`M${now}`, ANA));
  });
  const state = async () => (await central.proposals.find(id))?.state;

  test.each([
    ['nobody approves what they proposed', 'approve', by('@ana', 'finance'), 'own-proposal'],
    ['… nor rejects it', 'reject', by('@ana', 'finance'), 'own-proposal'],
    ['it takes a role that brings the capability', 'approve', by('@bor', 'clerk', 'auditor'), 'not-allowed'],
    ['… for rejecting too', 'reject', by('@bor', 'clerk', 'administrator'), 'not-allowed'],
    ['only who proposed withdraws', 'withdraw', BOR, 'not-own-proposal'],
  ] as const)('%s', async (_, word, decider, refusal) => {
    expect(await central.proposals[word](id, decider)).toEqual({ refusal });
    expect(await state()).toBe('proposed');
    const what = { approve: 'approved', reject: 'rejected', withdraw: 'withdrawn' }[word];
    expect(await newest(1)).toEqual([`${decider.who} proposal.${what} proposal ${id} refused ${refusal}`]);
  });

  test.each([
    ['approve', BOR, 'approved'],
    ['reject', BOR, 'rejected'],
    ['withdraw', ANA as Decider, 'withdrawn'],
  ] as const)('once: after %s nothing else', async (word, decider, stays) => {
    expect(await central.proposals[word](id, decider)).toMatchObject({ state: stays, decidedWhy: decider.why });
    for (const other of ['approve', 'reject', 'withdraw'] as const) {
      expect(await central.proposals[other](id, BOR)).toEqual({ refusal: 'proposal-decided' });
    }
    expect(await state()).toBe(stays);
    expect((await denied()).includes(`M${now}`)).toBe(stays === 'approved');
  });

  test('none that is older than seven days', async () => {
    now += 7 * DAY - 1;
    expect(await state()).toBe('proposed');
    now += 1;
    expect(await state()).toBe('expired');
    expect(await central.proposals.approve(id, BOR)).toEqual({ refusal: 'proposal-expired' });
    expect(await central.proposals.approve(id, BOR)).toEqual({ refusal: 'proposal-expired' });
    expect((await newest(3)).at(2)).toBe(`centre proposal.expired proposal ${id} done`);
    expect(await central.proposals.list({ state: 'proposed', limit: 9 })).toEqual([]);
    expect(await central.proposals.expire()).toBeGreaterThan(0); // those of the tests before
    expect(await central.proposals.expire()).toBe(0);
  });

  test('there is no such proposal', async () => {
    expect(await central.proposals.approve(999_999, BOR)).toEqual({ refusal: 'proposal-unknown' });
    expect(await central.proposals.find(999_999)).toBeNull();
  });

  test('two at the same instant, on two processes: it is carried out once', async () => {
    const refund = { medium: 'M9', kind: 'refund', amount: amountOf(100) } as const;
    const other = await openCentral({ database, now: () => now, verifySignature });
    try {
      for (let round = 1; round <= 10; round += 1) {
        const proposal = idOf(await central.lists.order(refund, ANA));
        const all = await Promise.all([
          ...[BOR, by('@eva', 'operator')].map((decider) => central.proposals.approve(proposal, decider)),
          ...[BOR, by('@eva', 'operator')].map((decider) => other.proposals.approve(proposal, decider)),
          central.proposals.withdraw(proposal, ANA),
        ]);
        expect(all.filter((answer) => 'state' in answer)).toHaveLength(1);
        expect(all.filter((answer) => 'refusal' in answer && answer.refusal === 'proposal-decided')).toHaveLength(4);
        const { state: came, result } = (await central.proposals.find(proposal))!;
        const ordered = (await central.lists.actions()).filter(({ action }) => action.medium === 'M9');
        if (came === 'approved') expect(ordered.at(-1)?.action).toEqual(result);
      }
    } finally {
      await other.close();
    }
    const serials = (await central.lists.actions()).flatMap(({ action }) =>
      action.medium === 'M9' ? [action.serial] : [],
    );
    const approved = (await central.proposals.list({ state: 'approved', limit: 1_000 })).filter(
      ({ object }) => object === 'medium M9',
    );
    expect(serials).toEqual(Array.from({ length: approved.length }, (_, index) => index + 1));
  });

  test('killed in the middle of an approval: nothing of it is there, and it is done by the next', async () => {
    const proposal = idOf(await central.lists.order({ medium: 'K1', kind: 'block' }, ANA));
    const session = await openSession(database);
    await session.rows('select pg_advisory_lock(1919251569, 2)'); // the action list: whoever carries out waits for it
    const approving = central.proposals.approve(proposal, BOR);
    const killed = expect(approving).rejects.toMatchObject({ code: 'database-unreachable' });
    const waiting = "from pg_stat_activity where datname = current_database() and wait_event = 'advisory'";
    while ((await session.rows(`select ${waiting}`)).length === 0);
    await session.rows(`select pg_terminate_backend(pid) ${waiting}`);
    await killed;
    await session.close();
    expect((await central.proposals.find(proposal))?.state).toBe('proposed');
    expect((await central.lists.actions()).filter(({ action }) => action.medium === 'K1')).toEqual([]);
    expect(await newest(1)).toEqual([`@ana proposal.made proposal ${proposal} done`]);
    expect(await central.proposals.approve(proposal, BOR)).toMatchObject({ state: 'approved', result: { serial: 1 } });
    expect((await central.lists.actions()).filter(({ action }) => action.medium === 'K1')).toHaveLength(1);
  });

  test('whoever listens hears of it', async () => {
    const last = async () => {
      await central.events.place();
      const position = await central.events.last();
      const found = await central.events.after(position - 1, { limit: 1 });
      return found.map(({ type, data }) => [type, data.object, data.what, data.who]);
    };
    expect(await last()).toEqual([['proposal.made', `proposal ${id}`, 'proposal.made', '@ana']]);
    await central.proposals.reject(id, BOR);
    expect(await last()).toEqual([['proposal.decided', `proposal ${id}`, 'proposal.rejected', '@bor']]);
    await central.proposals.approve(id, BOR); // refused: nobody needs to hear of it
    expect(await last()).toEqual([['proposal.decided', `proposal ${id}`, 'proposal.rejected', '@bor']]);
  });

  test.each([
    "update proposal set state = 'proposed', decided_at = null, result = null where state = 'approved'",
    "update proposal set decided_by = '@zoe' where state = 'rejected'",
    'delete from proposal',
    "update proposal set state = 'approved', decided_by = proposed_by, decided_at = 1, result = 'null' where state = 'proposed'",
  ])('the database refuses: %s', async (statement) => {
    await central.proposals.approve(idOf(await central.lists.deny(`N${now}`, ANA)), BOR);
    await expect(sqlIn(database, statement)).rejects.toThrow(/never changed|proposal_by_another/);
  });
});
