/** All planted defects. None may live: each is caught by the swarm, and a test says by which invariant and after how many seeds. */
import type { Specimen } from './specimen.ts';
import { ALERTS } from './specimens/alerts.ts';
import { CHAIN } from './specimens/chain.ts';
import { JOURNAL } from './specimens/journal.ts';
import { RECORDING } from './specimens/recording.ts';
import { TERMINAL } from './specimens/terminal.ts';

export const ZOO: readonly Specimen[] = [...TERMINAL, ...JOURNAL, ...RECORDING, ...CHAIN, ...ALERTS];
