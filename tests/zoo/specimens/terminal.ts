/** Defects of terminals: the tap, the clock, the memory of torn taps. */
import { type Specimen, specimensOf } from '../specimen.ts';

export const TERMINAL: readonly Specimen[] = [
  ...specimensOf(
    'packages/terminal/src/clock.ts',
    [
      'forgets the hybrid clock: stamps its own time, though the medium is ahead',
      'Math.max(now, lastTime + 1, previous + 1)',
      'Math.max(now, previous + 1)',
    ],
    [
      'stamps two records with one time',
      'Math.max(now, lastTime + 1, previous + 1)',
      'Math.max(now, lastTime + 1, previous)',
    ],
    ['stamps the time of the commit it read', 'lastTime + 1, previous', 'lastTime, previous'],
  ),
  ...specimensOf(
    'packages/terminal/src/retap.ts',
    [
      'forgets torn taps: whoever comes back pays again',
      'return record !== undefined && isSameRequest(record, request);',
      'return false;',
    ],
    [
      'knows no sibling: whoever walks to the next gate pays again',
      'if (!this.#options.siblings.has(account.lastTerminal)) return false;',
      'if (account.lastTerminal !== 0) return false;',
    ],
    ['lets through whose last commit was long ago', 'if (now - lastTime > this.#window) return false;', ''],
  ),
  ...specimensOf(
    'packages/terminal/src/terminal.ts',
    [
      'calls a torn tap unsuccessful',
      'this.#journal.settle(commitStatusOf(answer), proof);',
      "this.#journal.settle(answer === 'torn' ? 'unsuccessful' : commitStatusOf(answer), proof);",
    ],
    [
      'calls a torn tap successful',
      'this.#journal.settle(commitStatusOf(answer), proof);',
      "this.#journal.settle(answer === 'torn' ? 'successful' : commitStatusOf(answer), proof);",
    ],
    [
      'calls a declined tap successful',
      'this.#journal.settle(commitStatusOf(answer), proof);',
      "this.#journal.settle(answer === 'declined' ? 'successful' : commitStatusOf(answer), proof);",
    ],
    [
      'says nothing of who was let through on an earlier commit',
      '      const record = await this.#observed(reading);\n      // The same',
      '      const record = { ...(await this.#observed(reading)), lastTime: 0 };\n      // The same',
    ],
    [
      'ends a torn tap without settling it, and serves the next',
      'const settled = await this.#journal.settle(commitStatusOf(answer), proof);',
      "const settled = await this.#journal.settle(commitStatusOf(answer), proof); if (answer === 'torn') return { outcome: 'successful', record: settled } as never;",
    ],
  ),
  ...specimensOf(
    'packages/terminal/src/record-of.ts',
    ['tells another balance than it wrote', 'balance: after.balance,', 'balance: account.balance,'],
    [
      'tells itself as the terminal of the last commit',
      'lastTerminal: account.lastTerminal,\n    amount',
      'lastTerminal: identity.terminal,\n    amount',
    ],
    [
      'tells a commit counter that stands still',
      'record.mediumSerial = after.mediumSerial;',
      'record.mediumSerial = account.mediumSerial;',
    ],
    [
      'an observation tells of a balance one less',
      '    balance,\n    mediumSerial,\n  } as const;\n  return reading',
      '    balance: (balance - 1) as typeof balance,\n    mediumSerial,\n  } as const;\n  return reading',
    ],
  ),
  ...specimensOf('packages/terminal/src/decision.ts', [
    'uses a product that is spent',
    "held.find((product) => isValid(product, time)) ?? 'product-not-valid'",
    'held[0] as HeldProduct',
  ]),
  ...specimensOf(
    'packages/model/src/transaction.ts',
    [
      'takes a debit’s amount twice from the medium',
      'const w = amountOf(account.balance + a);',
      'const w = amountOf(account.balance + (a < 0 ? 2 * a : a));',
    ],
    ['does not count a use on the medium', '{ ...p, uses: p.uses + 1 }', '{ ...p }'],
    [
      'does not write itself as the last terminal',
      'lastTerminal: terminal, mediumSerial, log',
      'lastTerminal: account.lastTerminal, mediumSerial, log',
    ],
    [
      'leaves itself out of the medium’s log',
      'const log = [entry, ...account.log.slice(0, LOG_ENTRIES_MAX - 1)];',
      'void entry;\n  const log = account.log;',
    ],
  ),
];
