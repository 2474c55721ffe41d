/** Defects of the centre's first stage: what is received, and what of it is new. */
import { type Specimen, specimensOf } from '../specimen.ts';

export const RECORDING: readonly Specimen[] = [
  ...specimensOf(
    'packages/central/src/receive/record.ts',
    [
      'drops deduplication: takes a record as often as it comes',
      'if (!isInRun(runs, terminal, serial)) fresh.push(arrival);',
      'if (serial > 0) fresh.push(arrival);',
    ],
    [
      'takes nothing that comes in a second batch of a terminal',
      'if (!isInRun(runs, terminal, serial)) fresh.push(arrival);',
      'if ((runs.get(terminal) ?? []).length === 0) fresh.push(arrival);',
    ],
    ['keeps no conflict', 'for (const arrival of await store.differing(stored)) found.add(arrival);', ''],
    [
      'takes every repeat for a conflict',
      'for (const arrival of await store.differing(stored)) found.add(arrival);',
      'for (const arrival of stored) found.add(arrival);',
    ],
    [
      'drops records that overtook others',
      'if (!isInRun(runs, terminal, serial)) fresh.push(arrival);',
      'if (!isInRun(runs, terminal, serial) && (runs.get(terminal)?.at(-1)?.last ?? 0) < serial) fresh.push(arrival);',
    ],
  ),
  ...specimensOf(
    'packages/central/src/receive/journal-runs.ts',
    [
      'takes the first record of a run for missing',
      'return run !== undefined && serial <= run.last;',
      'return run !== undefined && serial <= run.last && serial > run.first;',
    ],
    ['joins over a hole', 'open.last + 1 !== piece.first', 'open.last + 2 < piece.first'],
  ),
  ...specimensOf(
    'packages/protocol/src/batch.ts',
    [
      'takes the whole records of a batch that was cut off',
      '    throw malformed(`its ',
      "    const end = body.lastIndexOf('},');\n    if (end > 0) return JSON.parse(body.slice(0, end + 1) + ']}');\n    throw malformed(`its ",
    ],
    [
      'loses the first record of a batch',
      'values.forEach((value, index) => {',
      'values.forEach((value, index) => { if (index === 0 && values.length > 2) return;',
    ],
  ),
];
