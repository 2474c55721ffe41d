/** How a balance comes about: W′ = opening + Σ (amount + X′ row), node by node. */
import type { ChainLink } from '@retap/central';

export type Line =
  | { readonly kind: 'brought-forward'; readonly amount: number; readonly balance: number }
  | { readonly kind: 'record'; readonly link: ChainLink; readonly amount: number; readonly balance: number }
  /** Credit that no transaction received explains. */
  | {
      readonly kind: 'gap' | 'fork' | 'mismatch';
      readonly link: ChainLink;
      readonly amount: number;
      readonly balance: number;
    };

export interface Explanation {
  /** From the oldest to the newest; `balance` is what it comes to with this line. */
  readonly lines: readonly Line[];
  /** What all lines come to. */
  readonly total: number;
}

/**
 * (10)  w(n) = w(prev) + D + a(n): each node stands on the one before it, and D is what stands in X′.
 * @param links newest first @param isWhole whether nothing older is left to be read
 */
export function explanationOf(links: readonly ChainLink[], isWhole: boolean): Explanation {
  const nodes = links.filter(({ node }) => node).reverse();
  const lines: Line[] = [];
  let balance = 0;
  const add = (
    line: { readonly kind: 'brought-forward' } | Omit<Exclude<Line, { kind: 'brought-forward' }>, 'balance'>,
    amount: number,
  ) => {
    balance += amount;
    lines.push({ ...line, amount, balance } as Line);
  };
  const [first] = nodes;
  if (first && !isWhole) {
    const before = first.record.balance - amountOf(first) - (first.synchronization?.amount ?? 0);
    add({ kind: 'brought-forward' }, before);
  }
  for (const link of nodes) {
    const moved = link.synchronization;
    if (moved && moved.amount !== 0) add({ kind: moved.kind, link, amount: moved.amount }, moved.amount);
    add({ kind: 'record', link, amount: amountOf(link) }, amountOf(link));
  }
  return { lines, total: balance };
}

function amountOf({ record }: ChainLink): number {
  return record.type === 'observation' ? 0 : record.amount;
}
