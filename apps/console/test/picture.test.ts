import type { ChainLink } from '@retap/central';
import { expect, test } from 'vitest';
import { explanationOf } from '../src/pages/medium/explanation.ts';
import { pictureOf } from '../src/pages/medium/picture.ts';

/** `1-1 open 500`, `2-1 -100 after 1-1`, … `?` in doubt, `x` refused, `o` an observation; newest last. */
function chainOf(...lines: string[]): ChainLink[] {
  let balance = 0;
  return lines
    .map((line, i) => {
      const [, id = '', what = '', after = '', moved = ''] =
        /^(\S+) (\S+)(?: after (\S+))?(?: (\w+[+-]\d+))?$/.exec(line) ?? [];
      const [terminal, serial] = id.split('-').map(Number) as [number, number];
      const predecessor = after === '' || after === '-' ? null : after.split('-').map(Number);
      const [, kind, amountMoved] = /^(\w+?)([+-]\d+)$/.exec(moved) ?? [];
      const isOpen = what.startsWith('open');
      const isNode = !/^[?xo]$/.test(what[0] ?? '') || isOpen;
      const amount = Number(what.replace(/[^\d-]/g, '')) || 0;
      if (isNode) balance += amount + Number(amountMoved ?? 0);
      return {
        record: {
          terminal,
          serial,
          type: isOpen ? 'open' : what === 'o' ? 'observation' : 'debit',
          time: i,
          amount,
          balance,
        },
        status:
          what === 'o'
            ? null
            : what.startsWith('?')
              ? 'unverified'
              : what.startsWith('x')
                ? 'unsuccessful'
                : 'successful',
        node: isNode,
        predecessor: predecessor && { terminal: predecessor[0], serial: predecessor[1] },
        receipt: i,
        proof: null,
        synchronization: kind ? { kind, amount: Number(amountMoved) } : null,
      } as unknown as ChainLink;
    })
    .reverse();
}

const drawn = (...lines: string[]) => {
  const { beads, joins, lanes } = pictureOf(chainOf(...lines));
  return {
    lanes,
    beads: beads.map(({ id, shape, lane }) => `${id} ${shape} ${lane}`),
    joins: joins.map(({ from, to, kind }) => `${from.id} ${kind} ${to.id}`),
  };
};

test('an honest chain is one string', () => {
  expect(drawn('1-1 open500', '2-1 -100 after 1-1', '3-1 -100 after 2-1')).toEqual({
    lanes: 1,
    beads: ['1-1 node 0', '2-1 node 0', '3-1 node 0'],
    joins: ['1-1 chain 2-1', '2-1 chain 3-1'],
  });
});

test('what has not arrived is a hole on the string, before the one that names it', () => {
  expect(drawn('1-1 open500', '3-1 -100 after - gap-50')).toEqual({
    lanes: 1,
    beads: ['1-1 node 0', 'hole-3-1 hole 0', '3-1 node 0'],
    joins: ['1-1 owed hole-3-1', 'hole-3-1 owed 3-1'],
  });
});

test('a chain whose opening never arrived begins with a hole', () => {
  expect(drawn('3-1 -100 after - gap+500').beads).toEqual(['hole-3-1 hole 0', '3-1 node 0']);
});

test('a fork is a second string, and goes on there', () => {
  expect(
    drawn('1-1 open500', '2-1 -100 after 1-1', '3-1 -100 after 1-1 fork+100', '4-1 -10 after 3-1', '5-1 -10 after 2-1'),
  ).toEqual({
    lanes: 2,
    beads: ['1-1 node 0', '2-1 node 0', '3-1 node 1', '4-1 node 1', '5-1 node 0'],
    joins: ['1-1 chain 2-1', '1-1 chain 3-1', '3-1 chain 4-1', '2-1 chain 5-1'],
  });
});

test('what is in doubt hangs on the string; what was refused or only seen stands aside, below all strings', () => {
  expect(
    drawn('1-1 open500', '2-1 ?-100 after 1-1', '3-1 x-100 after 1-1', '4-1 o after 1-1', '5-1 -10 after 1-1'),
  ).toEqual({
    lanes: 1,
    beads: ['1-1 node 0', '2-1 doubt 0', '3-1 refused 1', '4-1 seen 1', '5-1 node 0'],
    joins: ['1-1 chain 5-1', '1-1 aside 2-1', '1-1 aside 3-1', '1-1 aside 4-1'],
  });
});

test('a predecessor on a page not read yet is no hole', () => {
  expect(drawn('7-1 -100 after 6-9', '8-1 -100 after 7-1').beads).toEqual(['7-1 node 0', '8-1 node 0']);
});

test('nothing is no picture', () => {
  expect(pictureOf([])).toEqual({ beads: [], joins: [], lanes: 1, length: 0 });
});

test('a balance is its opening, each amount, and what X′ says, line by line', () => {
  const links = chainOf('1-1 open500', '2-1 -100 after 1-1', '3-1 x-100 after 2-1', '4-1 -10 after - gap-50');
  const { lines, total } = explanationOf(links, true);
  expect(lines.map(({ kind, amount, balance }) => `${kind} ${amount} ${balance}`)).toEqual([
    'record 500 500',
    'record -100 400',
    'gap -50 350',
    'record -10 340',
  ]);
  expect(total).toBe(340);
});

test('what is older than the page is brought forward, and the total is the same', () => {
  const links = chainOf('1-1 open500', '2-1 -100 after 1-1', '4-1 -10 after - gap-50', '5-1 -20 after 4-1');
  const whole = explanationOf(links, true);
  for (let count = 1; count < links.length; count += 1) {
    const part = explanationOf(links.slice(0, count), false);
    expect(part.total).toBe(whole.total);
    expect(part.lines[0]?.kind).toBe('brought-forward');
  }
});

test('a fork of no amount adds no line', () => {
  const links = chainOf('1-1 open500', '2-1 0 after 1-1', '3-1 -100 after 1-1 fork+0');
  expect(explanationOf(links, true).lines.map(({ kind }) => kind)).toEqual(['record', 'record', 'record']);
});
