/** The case that the careful path decides. */
import type { AccountRow } from '../account.ts';
import type { Changes } from '../changes.ts';
import type { Fact } from '../fact.ts';
import type { Neighbourhood } from '../neighbourhood.ts';
import type { Products } from '../products.ts';

/** What a round decided so far about the media on the careful path. */
export interface Case {
  readonly hood: Neighbourhood;
  readonly accounts: ReadonlyMap<number, AccountRow>;
  readonly clockTolerance: number;
  readonly products: Products;
  readonly changes: Changes;
  /** The records that arrived, in order of medium and time. */
  readonly fresh: readonly Fact[];
  readonly isFresh: ReadonlySet<Fact>;
}
