/** `truth.json`, written piece by piece: as one text, the truth about a million media is longer than a text may be. */
import { open } from 'node:fs/promises';
import type { Truth } from '@retap/simulator';

const TOGETHER = 2_000;

export async function writeTruth(file: string, truth: Truth): Promise<void> {
  const { media, ...rest } = truth;
  const handle = await open(file, 'w');
  try {
    await handle.writeFile(`${JSON.stringify(rest, asLists, 1).slice(0, -2)},\n "media": {`);
    const entries = Object.entries(media);
    for (let from = 0; from < entries.length; from += TOGETHER) {
      const lines = entries
        .slice(from, from + TOGETHER)
        .map(([medium, held]) => `"${medium}": ${JSON.stringify(held)}`);
      await handle.writeFile(`${from === 0 ? '' : ','}\n  ${lines.join(',\n  ')}`);
    }
    await handle.writeFile('\n }\n}\n');
  } finally {
    await handle.close();
  }
}

/** A set, as JSON has it. */
function asLists(_key: string, value: unknown): unknown {
  return value instanceof Set ? [...value] : value;
}
