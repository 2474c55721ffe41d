import { describe, expect, test } from 'vitest';
import type { StandingFlag, StandingQuery, TerminalStanding } from '../../src/index.ts';
import { pageOf } from '../../src/terminal-standing/page.ts';

function standing(terminal: number, more: Partial<TerminalStanding> = {}): TerminalStanding {
  return {
    ...{ terminal, name: `Stop ${terminal}`, role: 'gate', state: 'active', flags: [], seenAt: terminal, offset: null },
    ...{ expiresAt: 1, lastSerial: 1, missing: 0, owed: { transactions: 0, late: 0, amount: 0 as never }, cases: 0 },
    ...{ rate: { unverified: 0, transactions: 10, peers: null, isFar: false }, behind: {} },
    ...{ versions: { deny: 0, actions: 0, limits: 0, tariff: 0 } },
    ...more,
  };
}

const silent: readonly StandingFlag[] = ['silent'];
const fleet = [
  standing(1, { missing: 2, name: 'North gate' }),
  standing(2, { missing: 7, offset: -90, flags: silent }),
  standing(10, { missing: 2, offset: 30, state: 'suspended', role: 'refill' }),
  standing(12, { missing: 0, rate: { unverified: 3, transactions: 10, peers: 0.1, isFar: false } }),
];
const asked = { sort: 'terminal', descending: false, limit: 10 } as const;
const numbers = (query: Partial<StandingQuery>) =>
  pageOf(fleet, { ...asked, ...query }).terminals.map(({ terminal }) => terminal);

describe('the fleet is', () => {
  test.each<[string, Partial<StandingQuery>, number[]]>([
    ['all of it', {}, [1, 2, 10, 12]],
    ['of a state', { state: 'suspended' }, [10]],
    ['of a role', { role: 'gate' }, [1, 2, 12]],
    ['with something wrong', { flag: 'silent' }, [2]],
    ['by how a number begins', { text: '1' }, [1, 10, 12]],
    ['by a word of a name', { text: ' NORTH' }, [1]],
  ])('filtered: %s', (_, query, expected) => expect(numbers(query)).toEqual(expected));

  test.each<[Partial<StandingQuery>, number[]]>([
    [{ descending: true }, [12, 10, 2, 1]],
    [{ sort: 'missing', descending: true }, [2, 1, 10, 12]],
    [{ sort: 'missing' }, [12, 1, 10, 2]],
    // However far it is off, ahead or behind; those that never said come last.
    [{ sort: 'offset', descending: true }, [2, 10, 1, 12]],
    [{ sort: 'offset' }, [10, 2, 1, 12]],
    [{ sort: 'name' }, [1, 10, 12, 2]],
    [{ sort: 'rate', descending: true }, [12, 1, 2, 10]],
  ])('sorted: %j', (query, expected) => expect(numbers(query)).toEqual(expected));

  test.each(['terminal', 'offset', 'name', 'missing'] as const)(
    'paged by %s: each once, though one came between',
    (sort) => {
      for (const descending of [false, true]) {
        const seen: number[] = [];
        let [now, after]: [readonly TerminalStanding[], string | undefined] = [fleet, undefined];
        for (;;) {
          const page = pageOf(now, { ...asked, sort, descending, limit: 1, after });
          seen.push(...page.terminals.map(({ terminal }) => terminal));
          if (page.next === null) break;
          after = page.next;
          // Of the four none is told twice by it.
          now = [standing(0, { missing: 99, offset: 1, name: 'A' }), ...fleet];
        }
        expect(seen.filter((terminal) => terminal !== 0)).toEqual(numbers({ sort, descending }));
      }
    },
  );

  test('counted as a whole, whatever is asked for', () => {
    const { found, flags, states, next } = pageOf(fleet, { ...asked, role: 'gate', limit: 3 });
    expect([found, next, flags.silent, flags.owing]).toEqual([3, null, 1, 0]);
    expect(states).toEqual({ invited: 0, active: 3, suspended: 1, revoked: 0 });
  });

  test.each(['x', '[1]', '["a",{}]', '[{},1]'])('never begun anew by a place that is none: %s', (after) => {
    expect(() => numbers({ after })).toThrow(RangeError);
  });
});
