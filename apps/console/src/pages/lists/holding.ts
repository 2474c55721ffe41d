/** How many terminals hold the newest version of a list, and who does not. */
import type { ListStatus } from '@retap/central';
import type { ListKind } from './types.ts';

interface Behind {
  readonly terminal: number;
  /** 0: none. */
  readonly version: number;
  readonly versions: number;
  readonly since: number;
  /** When it said so; null: never. */
  readonly at: number | null;
}

export interface Holding {
  readonly all: number;
  readonly newest: number;
  readonly older: number;
  readonly none: number;
  /** The longest first. */
  readonly behind: readonly Behind[];
}

export function holdingOf({ terminals }: ListStatus, kind: ListKind): Holding {
  const behind = terminals.flatMap(({ terminal, versions, at, behind: of }): Behind[] => {
    const own = of[kind];
    return own ? [{ terminal, version: versions[kind], at, ...own }] : [];
  });
  const none = behind.filter(({ version }) => version === 0).length;
  return {
    all: terminals.length,
    newest: terminals.length - behind.length,
    older: behind.length - none,
    none,
    behind: behind.sort((one, other) => one.since - other.since),
  };
}
