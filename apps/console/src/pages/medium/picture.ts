/**
 * The chain as a picture: records as beads on a string, in the order of time. Only where things stand and how they are joined; how they
 * are drawn is for `chain.tsx`.
 *
 * ```
 *   ●───●───◌   ●───●      lane 0: nodes, each on the string of the one that it carries on from; ◌ a transaction that has not arrived
 *        ╲                 (a hole), with the terminal that owes it
 *         ●───●            lane 1: a fork: it carries on from a record that another one has carried on from already
 *     ○       ×            hollow: in doubt. ×: refused, or an observation: aside, at the bottom
 * ```
 */
import type { ChainLink } from '@retap/central';

export type Shape =
  | 'node' // on the chain
  | 'doubt' // nobody knows yet whether it committed
  | 'refused' // it did not commit
  | 'seen' // an observation
  | 'hole'; // a transaction that has not arrived

export interface Bead {
  /** `17-4711`; of a hole with `hole-` before it. */
  readonly id: string;
  readonly shape: Shape;
  /** From 0, in the order of time. */
  readonly place: number;
  /** Which string, from 0; {@link Picture.lanes} is that of what stands aside. */
  readonly lane: number;
  /** Of a hole the one that follows it. */
  readonly link: ChainLink;
}

export interface Join {
  readonly from: Bead;
  readonly to: Bead;
  /** `chain` between nodes; `owed` into and out of a hole; `aside` to what did not commit. */
  readonly kind: 'chain' | 'owed' | 'aside';
}

export interface Picture {
  readonly beads: readonly Bead[];
  readonly joins: readonly Join[];
  /** Strings that there are. */
  readonly lanes: number;
  /** Places that there are. */
  readonly length: number;
}

export const identityOf = ({ record }: Pick<ChainLink, 'record'>): string => `${record.terminal}-${record.serial}`;

/** @param links a medium's records, newest first, as the centre tells them */
export function pictureOf(links: readonly ChainLink[]): Picture {
  const beads: Bead[] = [];
  const joins: Join[] = [];
  const byId = new Map<string, Bead>();
  /** The last node of each string. */
  const tips: (Bead | undefined)[] = [];
  let place = 0;
  const put = (bead: Omit<Bead, 'place'>): Bead => {
    const placed = { ...bead, place };
    place += 1;
    beads.push(placed);
    return placed;
  };
  const asides: { readonly bead: Bead; readonly before: Bead | undefined }[] = [];
  for (const link of [...links].reverse()) {
    const id = identityOf(link);
    const before = link.predecessor && byId.get(`${link.predecessor.terminal}-${link.predecessor.serial}`);
    if (link.node) {
      const isOwed = link.predecessor === null && link.record.type !== 'open';
      // A string that nobody has carried on from yet; else it forks off, on a string of its own.
      const lane = before ? freeLane(tips, before) : isOwed || tips.length === 0 ? 0 : freeLane(tips, undefined);
      const hole = isOwed ? put({ id: `hole-${id}`, shape: 'hole', lane, link }) : undefined;
      if (hole && tips[lane]) joins.push({ from: tips[lane], to: hole, kind: 'owed' });
      const bead = put({ id, shape: 'node', lane, link });
      if (hole) joins.push({ from: hole, to: bead, kind: 'owed' });
      else if (before) joins.push({ from: before, to: bead, kind: 'chain' });
      tips[lane] = bead;
      byId.set(id, bead);
      continue;
    }
    const shape = link.status === 'unverified' ? 'doubt' : link.status === null ? 'seen' : 'refused';
    const bead = put({ id, shape, lane: shape === 'doubt' ? (before?.lane ?? 0) : -1, link });
    byId.set(id, bead);
    asides.push({ bead, before: before ?? undefined });
  }
  const lanes = Math.max(1, tips.length);
  // Only now it is known how many strings there are, below which stands what is aside.
  const lowered = beads.map((bead) => (bead.lane < 0 ? { ...bead, lane: lanes } : bead));
  const at = (bead: Bead): Bead => lowered[bead.place] as Bead;
  for (const { bead, before } of asides) if (before) joins.push({ from: before, to: bead, kind: 'aside' });
  return {
    beads: lowered,
    joins: joins.map(({ from, to, kind }) => ({ from: at(from), to: at(to), kind })),
    lanes,
    length: place,
  };
}

/** The string that `before` is the end of; a new one where it is the end of none. */
function freeLane(tips: readonly (Bead | undefined)[], before: Bead | undefined): number {
  const own = tips.findIndex((tip) => tip !== undefined && tip.id === before?.id);
  return own >= 0 ? own : tips.length;
}
