import { describe, expect, test } from 'vitest';
import { closedQuestion, groupsQuestion, isFiltered, showsSome, viewOf } from '../src/pages/alerts/question.ts';
import { isFiltered as isFleetFiltered, standingQuestion } from '../src/pages/terminals/question.ts';

const group = { cause: 'terminal:17', lastAppearance: 9 };

describe('what the address asks of alerts', () => {
  test.each([
    [{}, 'alerts/groups?silenced=no&sort=cases&limit=30'],
    [{ view: 'silenced', kind: 'stale-medium' }, 'alerts/groups?kind=stale-medium&silenced=yes&sort=cases&limit=30'],
    [{ assigned: 'ana', sort: 'newest' }, 'alerts/groups?assigned=ana&silenced=no&sort=newest&limit=30'],
    // What else stands there is for the screen alone.
    [{ open: 'terminal:17', case: '4' }, 'alerts/groups?silenced=no&sort=cases&limit=30'],
  ])('%j', (search, question) => expect(groupsQuestion(search, null)).toBe(question));

  test('the page after the one before', () => {
    expect(groupsQuestion({}, '3-7')).toContain('before=3-7');
    expect(closedQuestion({ medium: 'A' }, '12')).toBe(
      'alert-cases?state=resolved%2Ccured&medium=A&before=12&limit=50',
    );
    expect(closedQuestion({ state: 'cured' }, null)).toContain('state=cured&');
  });

  test('a view that there is not is the open one', () => {
    expect([viewOf({}), viewOf({ view: 'x' }), viewOf({ view: 'closed' })]).toEqual(['open', 'open', 'closed']);
  });

  test('what is done together is offered only where all of a cause may be shown', () => {
    expect([{}, { kind: 'x' }, { terminal: '1' }].map(showsSome)).toEqual([false, false, false]);
    expect([{ state: 'new' }, { medium: 'A' }, { assigned: 'ana' }].map(showsSome)).toEqual([true, true, true]);
    expect([isFiltered({}), isFiltered({ open: 'x' }), isFiltered({ kind: 'x' })]).toEqual([false, false, true]);
  });
});

test('what the address asks of the fleet', () => {
  expect(standingQuestion({}, null)).toBe('terminals/standing?sort=terminal&order=up&limit=100');
  expect(standingQuestion({ sort: '-owed', flag: 'owing' }, '[1,2]')).toBe(
    'terminals/standing?flag=owing&sort=owed&order=down&after=%5B1%2C2%5D&limit=100',
  );
  expect([isFleetFiltered({ sort: 'owed' }), isFleetFiltered({ flag: 'owing' })]).toEqual([false, true]);
});

describe('what is done about a cause is asked', () => {
  // It listens for keys as soon as it is there.
  const workOn = async (answers: { done: number; left: number }[]) => {
    const asked: unknown[] = [];
    Object.assign(globalThis, { addEventListener: () => {} });
    const work = await import('../src/pages/alerts/work.ts');
    const count = await work.workOn(group, 'assignment', { to: 'ana' }, async (path, body) => {
      asked.push([path, body]);
      return answers[asked.length - 1] as never;
    });
    return { asked, count };
  };

  test('as often as it takes, up to what was seen', async () => {
    const { asked, count } = await workOn([
      { done: 1_000, left: 448 },
      { done: 448, left: 0 },
    ]);
    expect(count).toBe(1_448);
    expect(asked).toEqual(Array(2).fill(['alerts/groups/terminal%3A17/assignment', { to: 'ana', through: 9 }]));
  });

  test('and no more where nothing comes of it', async () => {
    expect(await workOn([{ done: 0, left: 3 }])).toMatchObject({ count: 0, asked: [expect.anything()] });
  });
});
