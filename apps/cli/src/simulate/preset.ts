/** The preset that a command names: one that comes with Retap, or somebody's own file. */
import { readFile } from 'node:fs/promises';
import { PRESET_NAMES, type Preset, parsePreset, presetFile } from '@retap/simulator';
import { InvalidArgumentError } from 'commander';
import { UsageError } from '../failure.ts';

/** @throws UsageError which says what is wrong with it */
export async function loadPreset(named: string): Promise<Preset> {
  const shipped = PRESET_NAMES.find((name) => name === named);
  if (shipped === undefined && !/[./\\]/.test(named)) {
    throw new UsageError(
      `--preset ${named}: there is none of this name; there are ${PRESET_NAMES.join(', ')}, or FILE.json`,
    );
  }
  const text = await readFile(shipped === undefined ? named : presetFile(shipped), 'utf8').catch(
    (error: NodeJS.ErrnoException) => {
      throw new UsageError(`--preset ${named}: it cannot be read (${error.code})`, { cause: error });
    },
  );
  try {
    return parsePreset(text);
  } catch (error) {
    throw error instanceof RangeError ? new UsageError(`--preset ${named}: ${error.message}`) : error;
  }
}

/** `--scale`: a share of the city, or some of them. */
export function parseScale(text: string): number {
  const scale = /^\d*\.?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (scale >= 0.0001 && scale <= 10) return scale;
  throw new InvalidArgumentError('Give a scale from 0.0001 to 10, as 0.05.');
}
