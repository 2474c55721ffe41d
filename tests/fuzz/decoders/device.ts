/** What a terminal reads from its disk, its reader and its screen. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ConfigurationError } from '@retap/terminal-service';
import { readConfiguration } from '@retap/terminal-service/configuration';
import type { Decoder } from '@retap/testkit';
import { parseCommand } from '../../../apps/terminal/src/screen/command.ts';
import {
  firstCheckpoint,
  formatCheckpoint,
  takeCheckpoint,
} from '../../../packages/terminal/src/journal-checkpoint.ts';
import { formatEntry, parseEntry } from '../../../packages/terminal/src/journal-entry.ts';
import { framed, framesOf } from '../../../packages/terminal/src/journal-frame.ts';
import { JournalError } from '../../../packages/terminal/src/journal-port.ts';
import { bytesOf, json, latinOf, refusedBy } from './bytes.ts';
import { folderOf } from './folder.ts';

const isJournalError = refusedBy(JournalError);
const checkpoint = formatCheckpoint(
  firstCheckpoint(17, '{"retaps":[],"days":{}}', () => new Uint8Array(32).fill(0xaa)),
);
const entries = [
  formatEntry({ kind: 'outcome', serial: 5, status: 'successful', chain: 'A'.repeat(64) }),
  formatEntry({ kind: 'shown', serial: 5 }),
  formatEntry({ kind: 'sealed', to: 5 }),
  formatEntry({ kind: 'acknowledged', to: 5, unsentAmount: 120, oldestTime: null }),
  'record AB {"terminal":17,"serial":5,"type":"open","medium":"M1","time":1000,"amount":5,"balance":5,"status":"successful"}',
  'intent {"terminal":17,"serial":6,"type":"debit","medium":"M1","time":2000,"lastTime":1000,"lastTerminal":17,"amount":-1,"balance":4,"status":"unverified"}',
];

const example = readFileSync(path.join(import.meta.dirname, '../../../apps/terminal/examples/in-process.json'));

function segmentOf(bytes: Uint8Array): number {
  const { texts } = framesOf(bytes, 1);
  takeCheckpoint(texts, 1, 17);
  let count = 0;
  for (let next = texts.next(); !next.done; next = texts.next(), count += 1) parseEntry(next.value);
  return count;
}

async function configurationOf(bytes: Uint8Array): Promise<unknown> {
  const file = path.join(folderOf(), 'terminal.json');
  writeFileSync(file, bytes);
  return readConfiguration(file);
}

export const DEVICE_DECODERS: readonly Decoder[] = [
  {
    name: 'journal-entry',
    seeds: entries.map(bytesOf),
    decode: (bytes) => parseEntry(latinOf(bytes)),
    isRefusal: isJournalError,
  },
  {
    name: 'journal-checkpoint',
    seeds: [bytesOf(checkpoint.join('\n'))],
    decode: (bytes) => takeCheckpoint(latinOf(bytes).split('\n').values(), 1, 17),
    isRefusal: isJournalError,
  },
  {
    name: 'journal-segment',
    seeds: [framed([...checkpoint, ...entries], 1, 0)],
    decode: segmentOf,
    isRefusal: isJournalError,
  },
  {
    name: 'configuration',
    seeds: [Uint8Array.from(example)],
    decode: configurationOf,
    isRefusal: refusedBy(ConfigurationError),
  },
  {
    name: 'screen-command',
    seeds: [
      json({ do: 'enter', type: 'debit', amount: 120 }),
      json({ do: 'hold', card: 'anna', leaves: 'when-pulled' }),
    ],
    decode: (bytes) => parseCommand(latinOf(bytes)),
    isRefusal: () => false,
  },
];
