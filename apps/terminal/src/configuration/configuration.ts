/** Reads the configuration of a terminal: the file, and the lists that it names. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { ZodType } from 'zod';
import { ConfigurationError, messagesOf } from './faults.ts';
import { type ActionEntry, actionList, type ConfigurationFile, configurationSchema, denyList } from './schema.ts';

export type Configuration = Omit<ConfigurationFile, 'denyList' | 'actions'> & {
  readonly denyList: readonly string[];
  readonly actions: readonly ActionEntry[];
};

/** @throws ConfigurationError, with every fault that was found */
export async function readConfiguration(configurationPath: string): Promise<Configuration> {
  const parsed = parse(configurationSchema, configurationPath, await contentOf(configurationPath));
  const at = (relative: string): string => path.resolve(path.dirname(configurationPath), relative);
  const deny = await listOf(parsed.denyList, denyList, at);
  const actions = await listOf(parsed.actions, actionList, at);
  assertActionsOnce(actions, configurationPath);
  const { reader, clock, keys, identity, licence } = parsed;
  return {
    ...parsed,
    denyList: deny,
    actions,
    journal: at(parsed.journal),
    keys: 'store' in keys ? { store: at(keys.store) } : { ...keys, pkcs11: at(keys.pkcs11) },
    ...(identity !== undefined && { identity: at(identity) }),
    ...(licence && { licence: { ...licence, file: at(licence.file) } }),
    reader: reader.kind === 'in-process' ? { ...reader, cards: at(reader.cards) } : reader,
    clock: { ...clock, source: typeof clock.source === 'string' ? clock.source : { file: at(clock.source.file) } },
  };
}

async function listOf<Entry>(
  given: readonly Entry[] | string,
  schema: ZodType<Entry[]>,
  at: (relative: string) => string,
): Promise<readonly Entry[]> {
  if (typeof given !== 'string') return given;
  return parse(schema, at(given), await contentOf(at(given)));
}

/** A medium carries out the next action only: of two with one serial, one would be lost without a word. */
function assertActionsOnce(actions: readonly ActionEntry[], source: string): void {
  const seen = new Set<string>();
  for (const { medium, serial } of actions) {
    const key = `${medium} ${serial}`;
    if (seen.has(key)) {
      throw new ConfigurationError([
        `${source}: actions: medium ${medium} has two of serial ${serial}; number them 1, 2, 3, …`,
      ]);
    }
    seen.add(key);
  }
}

function parse<Value>(schema: ZodType<Value>, source: string, content: unknown): Value {
  const result = schema.safeParse(content);
  if (result.success) return result.data;
  throw new ConfigurationError(messagesOf(source, result.error.issues));
}

const WHY_NOT_READ: Readonly<Record<string, string>> = {
  ENOENT: 'no such file; check the name',
  EISDIR: 'it is a directory; name a file',
  EACCES: 'this user may not read it; see its mode and owner',
};

async function contentOf(source: string): Promise<unknown> {
  const text = await readFile(source, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new ConfigurationError([`${source}: ${WHY_NOT_READ[error.code ?? ''] ?? error.message}`]);
  });
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ConfigurationError([`${source}: it is not JSON: ${(error as Error).message}`]);
  }
}
