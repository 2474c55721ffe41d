/** Every suite, in the order in which they are done. */
import type { Suite } from './suite.ts';
import { chain } from './suites/chain.ts';
import { consoleAnswers } from './suites/console.ts';
import { embedded } from './suites/embedded.ts';
import { fleet } from './suites/fleet.ts';
import { history } from './suites/history.ts';
import { memory } from './suites/memory.ts';
import { processors } from './suites/processors.ts';
import { RATES } from './suites/rates.ts';
import { simulator } from './suites/simulator.ts';
import { wire } from './suites/wire.ts';

export const SUITES: readonly Suite[] = [
  ...RATES,
  ...[chain, processors, wire, fleet, history, consoleAnswers, memory, embedded, simulator],
];
