/** Defects of reconciling: who committed, who follows whom, what is settled. */
import { type Specimen, specimensOf } from '../specimen.ts';

export const CHAIN: readonly Specimen[] = [
  ...specimensOf(
    'packages/model/src/chain.ts',
    ['settles unverified as successful', "return 'unverified';\n}", "return 'successful';\n}"],
    ['settles unverified as unsuccessful', "return 'unverified';\n}", "return 'unsuccessful';\n}"],
    [
      'believes no log',
      'return log.some((entry) => entry.time === transaction.time && entry.terminal === transaction.terminal);',
      'return false;',
    ],
    ['refutes by anybody who read the same commit', 'sibling.effective || // two', 'sibling.time > 0 || // two'],
    ['is not refuted by whoever committed in its place', 'sibling.effective || // two', '// two'],
    [
      'refutes by an earlier record of the same terminal',
      'sibling.serial > unverified.serial',
      'sibling.serial < unverified.serial',
    ],
    [
      'refutes by what was seen within the tolerance of clocks',
      'sibling.time >= unverified.time + clockTolerance',
      'sibling.time >= unverified.time - clockTolerance',
    ],
    [
      'expects a reading to count as a commit',
      "return evidence.type === 'observation' ? predecessorSerial : predecessorSerial + 1;",
      'return predecessorSerial + 1;',
    ],
    [
      'takes a late reading for an old state',
      'node.time + clockTolerance <= evidence.time',
      'node.time <= evidence.time + clockTolerance',
    ],
  ),
  ...specimensOf(
    'packages/central/src/reconcile/careful/chain.ts',
    [
      'a torn tap is never confirmed by who followed it',
      'predecessorOf(evidence, candidates) === doubt)',
      'predecessorOf(evidence, candidates) === doubt && evidence.time < 0)',
    ],
    ['forgets who waited for a late record', '...changed.flatMap((moment) => hood.reading(moment))]', ']'],
    [
      'does not look at siblings of what arrived',
      'const concerned = new Set([...doubts, ...read.flatMap((moment) => hood.reading(moment)).filter(isDoubt)]);',
      'const concerned = new Set([...doubts]);',
    ],
    ['does not write what became of doubts', 'await hood.store.writeUncommitted([...resolved]);', ''],
    [
      'a late root takes the place of none',
      'if (account.root && !(former && isSame(former, account.root))) {',
      'if (account.root && former && !isSame(former, account.root)) {',
    ],
  ),
  ...specimensOf(
    'packages/central/src/reconcile/careful/nodes.ts',
    [
      'the balance is that of the last to arrive',
      'account.tip = last ? tipOf(last) : null;',
      'account.tip = last ? tipOf(careful.fresh.filter((fact) => fact.effective && fact.mediumId === account.mediumId).at(-1) ?? last) : null;',
    ],
    [
      'does not look at who comes after a late record',
      'const concerned = new Set([...entering, ...[...linked].filter((fact) => fact.effective), ...followers]);',
      'const concerned = new Set([...entering, ...[...linked].filter((fact) => fact.effective)]);',
    ],
    [
      'leaves a row of X′ standing that a late record explained',
      'if (!isFresh.has(gone)) changes.synchronizationGone.push(gone);',
      '',
    ],
  ),
  ...specimensOf(
    'packages/central/src/reconcile/straight.ts',
    [
      'takes a torn tap straight for a commit',
      "(fact.status === 'successful' &&\n        (fact.mediumSerial",
      "(fact.status !== 'unsuccessful' &&\n        (fact.mediumSerial",
    ],
    ['an observation moves the account', "if (fact.type === 'observation') return;\n  if (fact.type", 'if (fact.type'],
  ),
  ...specimensOf('packages/central/src/reconcile/account.ts', [
    'does not remember torn taps in the account',
    'account.doubtLastTime = Math.max(account.doubtLastTime, fact.lastTime);',
    '',
  ]),
  ...specimensOf(
    'packages/model/src/synchronization.ts',
    [
      'counts the amount of a node into what is not explained',
      'amountOf(node.balance - node.amount - (prev?.balance ?? ZERO))',
      'amountOf(node.balance - (prev?.balance ?? ZERO))',
    ],
    [
      'calls in sync whoever follows a missing one',
      "if (predecessor === undefined) return { time, amount, kind: 'gap' };",
      'if (predecessor === undefined) return undefined;',
    ],
  ),
];
