/** Defects of the journal and of its upload. */
import { type Specimen, specimensOf } from '../specimen.ts';

export const JOURNAL: readonly Specimen[] = [
  ...specimensOf(
    'packages/terminal/src/journal.ts',
    [
      'commits before the intent is on the disk',
      "return this.#appendNext(() => ({ kind: 'intent', record }));",
      "void this.#appendNext(() => ({ kind: 'intent', record })).catch(() => undefined);",
    ],
    [
      'forgets an open intent at the next start',
      "if (state.intent) await journal.settle('unverified');",
      "if (state.intent) await journal.settle('unsuccessful');",
    ],
    [
      'takes an open intent for committed at the next start',
      "if (state.intent) await journal.settle('unverified');",
      "if (state.intent) await journal.settle('successful');",
    ],
    ['leaves a torn tail on the disk', 'if (torn) await store.truncate(last, end);', ''],
  ),
  ...specimensOf(
    'packages/terminal/src/journal-state.ts',
    [
      're-mints an id: a serial is given again',
      'state.nextSerial = record.serial + 1;',
      'state.nextSerial = record.serial + (record.serial % 40 === 0 ? 0 : 1);',
    ],
    [
      'leaves holes in its serials',
      'state.nextSerial = record.serial + 1;',
      'state.nextSerial = record.serial + (record.serial % 40 === 0 ? 2 : 1);',
    ],
    ['forgets the time of the last record', 'state.time = record.time;', ''],
    [
      'takes more for acknowledged than was',
      'state.acknowledgedTo = entry.to;',
      'state.acknowledgedTo = entry.to + 1;',
    ],
    ['takes nothing for acknowledged', 'state.acknowledgedTo = entry.to;', ''],
  ),
  ...specimensOf('packages/terminal/src/journal-batches.ts', [
    'leaves the last record of a batch out',
    'const records = await this.#segments.records(from, to, state);',
    'const records = (await this.#segments.records(from, to, state)).slice(0, from === to ? 1 : -1);',
  ]),
  ...specimensOf('packages/terminal/src/upload.ts', [
    'drops a batch that the link failed',
    "if (answer === 'acknowledged') await",
    "if (answer === 'acknowledged' || answer === 'fault') await",
  ]),
];
